"""The demonstration's pages: the wall with a phone beside it, the clock's controls, and the score of the day."""

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.web.board import Board
from dashboards.web.form import fields
from dashboards.web.wall_page import wall_shown

PACES = (0, 1, 60)
FIGURES = ("delay_p50", "delay_p95", "device_days", "false_per_1000_device_days")
MESSAGES = ("received", "accepted", "duplicates", "rejected", "redelivered", "readings", "late")


def demo_routes(board: Board) -> list[Route]:
    def demo(request: Request) -> Response:
        return board.page(request, "wall.html", **wall_shown(board), phone=True)

    async def pace(request: Request) -> Response:
        wanted = (await fields(request)).get("speed", "")
        if wanted not in {str(pace) for pace in PACES}:
            return await run_in_threadpool(board.fault, request, 400, "not_now")
        why = await board.order(request, {"do": "pace", "speed": int(wanted)})
        if why:
            return await run_in_threadpool(board.fault, request, 503, why)
        return RedirectResponse("/demo", 303)

    def score(request: Request) -> Response:
        state = board.watcher.demo()
        return board.page(request, "score.html", **score_shown(state), totals=totals_shown(board.reader.totals()))

    return [
        Route("/demo", demo),
        Route("/pace", pace, methods=["POST"]),
        Route("/score", score),
    ]


def score_shown(state: dict[str, Any]) -> dict[str, Any]:
    """The score, and whether all of it is good; none before the day is over."""
    score = state.get("score")
    return {
        "score": score,
        "figures": [(name, score.get(name)) for name in FIGURES] if score else [],
        "verdict": "verdict_missed" if score and score["missed"] else "verdict_all",
    }


def totals_shown(totals: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
    """The totals that people read: of messages, of events by what they say, of refusals by reason, the most first."""
    parts = {part: by_part(totals, part) for part in ("events", "rejected", "refused_values")}
    return {"messages": [(name, totals.get(name, 0)) for name in MESSAGES], **parts}


def by_part(totals: Mapping[str, int], part: str) -> list[tuple[str, int]]:
    found = [(name.removeprefix(f"{part}."), count) for name, count in totals.items() if name.startswith(f"{part}.")]
    return sorted(found, key=lambda one: (-one[1], one[0]))
