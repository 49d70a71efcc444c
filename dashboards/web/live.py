"""The one watcher of the store: reads it when it has changed, and tells every screen what looks different.

``wall``   the whole wall, id = change number
``beat``   the road's clock, pace and health whenever they move, and at least each five seconds: proof of life
``reset``  said on joining to a screen that has missed something, so that it does not play the past as news
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from alerts.store import Reader
from dashboards.web.board_site import BoardSite
from dashboards.web.health import Health
from dashboards.web.hub import Hub
from dashboards.web.wall import DAY, WallRows, day_start, wall_view

POLL = 0.25
BEAT = 5.0
RECENT = 60
log = logging.getLogger(__name__)


def frame(event: str, body: Any, number: int | None = None) -> bytes:
    """One event as it goes over the wire."""
    head = f"event: {event}\n" + (f"id: {number}\n" if number is not None else "")
    return head.encode() + b"data: " + msgspec.json.encode(body) + b"\n\n"


RETRY = b"retry: 2000\n\n"


def result(score: dict[str, Any] | None) -> dict[str, int] | None:
    """What the wall says of the score; its page shows the rest."""
    return {name: score.get(name, 0) for name in ("found", "missed", "false")} if score else None


def read_wall(reader: Reader, site: BoardSite) -> dict[str, Any]:
    """The wall as the store has it now."""
    now = reader.clock()
    start = day_start(now, site.offset_minutes)
    rows = WallRows(
        hazards=reader.open_hazards(),
        alerts=reader.open_alerts(),
        tickets=reader.open_tickets(),
        recent=reader.recent_alerts(RECENT),
        quarters=reader.raised_per_quarter(start, start + DAY),
        notices_of=reader.notices_of,
    )
    return wall_view(site, rows, now)


class Watcher:
    """What every screen was told last, and what it is told next."""

    def __init__(self, reader: Reader, site: BoardSite, demo: Callable[[], dict[str, Any]], build: str) -> None:
        self.reader, self.site, self.demo, self.build = reader, site, demo, build
        self.hub = Hub()
        self.number = -1
        self.wall: dict[str, Any] = {}
        self.beat: dict[str, Any] = {}
        self.health = Health()
        self.nudged = asyncio.Event()
        self._beat_at = 0.0

    async def run(self) -> None:
        """Look four times a second, at once after an answer, until cancelled; a store that is away is asked again."""
        loop = asyncio.get_running_loop()
        while True:
            self.nudged.clear()
            try:
                self.look(loop.time())
            except Exception:
                log.exception("the store could not be read; asking again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.nudged.wait(), POLL)

    def look(self, real: float) -> None:
        """``real`` is a monotonic clock in seconds: rates and staleness are about real time, nothing else is."""
        number = self.reader.change()
        wall = self.wall
        if number != self.number:
            self.number = number
            self.health.note(real, number, self.reader.clock(), self.reader.newest_at(), self.reader.totals())
            wall = read_wall(self.reader, self.site)
        news = self._beat(real)
        if wall != self.wall:
            self.wall = wall
            news += frame("wall", wall, number)
        if news:
            self.hub.send(news)

    def joining(self, seen: int | None) -> list[bytes]:
        """What a screen is told first; ``seen`` is the number of the last wall that it had."""
        missed = [frame("reset", {})] if seen is not None and seen != self.number else []
        return [RETRY, *missed, frame("beat", self.beat), frame("wall", self.wall, self.number)]

    def _beat(self, real: float) -> bytes:
        """The clock goes before the wall that is to be read by it; empty where there is nothing to say."""
        demo = self.demo()
        demo = {**demo, "score": result(demo.get("score"))}
        beat = {"build": self.build, "pace": demo.get("pace", 1), "demo": demo, **self.health.shown()}
        changed = beat != {key: value for key, value in self.beat.items() if key != "still"}
        if not changed and real - self._beat_at < BEAT:
            return b""
        self._beat_at = real
        self.beat = {**beat, "still": round(real - self.health.moved)}
        return frame("beat", self.beat)
