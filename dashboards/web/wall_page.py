"""``/``: the wall for the duty room's screen, ``/hazards``: everything that is open, with filters in the address."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.web.board import Board
from dashboards.web.wall import hazard_rows
from dashboards.web.words import TABLES

MOST = 200


def wall_routes(board: Board) -> list[Route]:
    async def wall(request: Request) -> Response:
        return board.page(request, "wall.html", **wall_shown(board), phone=False)

    async def hazards(request: Request) -> Response:
        now = board.reader.clock()
        rows = hazard_rows(board.site, board.reader.open_hazards(), board.reader.open_alerts(), now)
        wanted = {key: request.query_params.get(key, "") for key in ("level", "kind", "area")}
        found = [row for row in rows if fits(row, wanted)]
        return board.page(request, "hazards.html", rows=found[:MOST], count=len(found), wanted=wanted)

    return [Route("/", wall), Route("/hazards", hazards)]


def fits(row: dict[str, Any], wanted: dict[str, str]) -> bool:
    """Whether a row is of the level, kind and district or township that the address names."""
    return (
        wanted["level"] in ("", row["level"])
        and wanted["kind"] in ("", row["kind"])
        and row["township"].startswith(wanted["area"])
    )


def wall_shown(board: Board) -> dict[str, Any]:
    """What the wall's template needs beside the words."""
    names = {kind: {"zh": row.zh, "en": row.en} for kind, row in board.site.plan.kinds.items()}
    duty = [person.name for person in board.site.on_duty("") if person.step == "city"]
    return {"city": board.city, "kinds": names, "duty": duty, "tables": TABLES, "build": board.watcher.build}
