"""The embedded duty board as a program of its own: reads the store, hands answers to the road."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from dashboards.web.serve import serve
from pipeline.addresses import loopback
from pipeline.desk_client import ask_desk_soon
from pipeline.orphan import leave_with_supervisor
from pipeline.paths import DataFolder
from pipeline.secret import link_key
from pipeline.site import DISTRICTS, Site, load_site

STORE_SECONDS = 30
CLOCK_NAME = "FENGSHAO_CLOCK"
"""Names the clock that the road goes by; the wall's where it is not set."""


def now_ms() -> int:
    """The wall clock in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def wall_of(environment: Mapping[str, str]) -> Callable[[], int] | None:
    """The clock that the road goes by; None where that is a feed's, which may rest."""
    return None if environment.get(CLOCK_NAME) == "feed" else now_ms


def board_site(site: Site) -> BoardSite:
    """What the board needs of the site."""
    districts = json.loads((site.folder / DISTRICTS).read_text(encoding="utf-8-sig"))
    rules = {rule.id: rule for rule in site.rulebook.rules}
    return BoardSite(site.name, site.places, site.plan, districts, rules)


def run_board(folder: Path, data: Path, http: str, demo_state: Path | None) -> int:
    """Serve until a signal; waits for the road to make the store."""
    leave_with_supervisor()
    host, port = loopback(http)
    site = load_site(folder)
    place = DataFolder(data)
    for _ in range(STORE_SECONDS * 10):
        if place.store.exists():
            break
        time.sleep(0.1)
    else:
        print(f"found no {place.store} after {STORE_SECONDS} s; expected the road to make it", flush=True)
        return 1

    async def ask(order: dict[str, Any]) -> dict[str, Any]:
        if demo_state is not None and order.get("do") == "pace":
            await asyncio.to_thread((place.folder / "demo-wish.json").write_text, json.dumps(order))
            return {"ok": True}
        return await ask_desk_soon(place.desk, order)

    def shown() -> dict[str, Any]:
        if demo_state is None:
            return {}
        state: dict[str, Any] = json.loads(demo_state.read_text(encoding="utf-8"))
        return state

    demo = demo_state is not None
    wall = None if demo else wall_of(os.environ)
    app = create_app(Reader(place.store), board_site(site), ask, link_key(os.environ, data), demo, shown, wall)
    serve(app, host, port)
    return 0
