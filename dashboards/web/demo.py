"""The demonstration's pages: the wall with a phone beside it, the clock's controls, and the score of the day."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboards.web.board import Board
from dashboards.web.wall_page import wall_shown

PACES = (0, 1, 60)
FIGURES = (
    "found",
    "missed",
    "false",
    "delay_p50",
    "delay_p95",
    "device_days",
    "false_per_1000_device_days",
)


def demo_routes(board: Board) -> list[Route]:
    async def demo(request: Request) -> Response:
        return board.page(request, "wall.html", **wall_shown(board), phone=True)

    async def pace(request: Request) -> Response:
        wanted = str((await request.form()).get("speed", ""))
        if wanted not in {str(pace) for pace in PACES}:
            return board.fault(request, 400, "not_now")
        why = await board.order({"do": "pace", "speed": int(wanted)})
        return board.fault(request, 503, why) if why else RedirectResponse("/demo", 303)

    async def score(request: Request) -> Response:
        state = board.watcher.demo()
        return board.page(request, "score.html", **score_shown(state), totals=board.reader.totals())

    return [
        Route("/demo", demo),
        Route("/pace", pace, methods=["POST"]),
        Route("/score", score),
    ]


def score_shown(state: dict[str, Any]) -> dict[str, Any]:
    """The score's figures in their order, and the names of what was found and missed; none before the day is over."""
    score = state.get("score") or {}
    return {
        "figures": [(name, score[name]) for name in FIGURES if name in score],
        "found_ids": score.get("found_ids", []),
        "missed_ids": score.get("missed_ids", []),
        "false_events": score.get("false_events", []),
    }
