"""``/``: the wall for the duty room's screen, ``/hazards``: everything that is open, with filters in the address."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.store import Wanted
from dashboards.web.board import Board
from dashboards.web.rows import listed_row
from dashboards.web.words import TABLES

MOST = 200
"""Rows on the page; of the others their number is said."""
LONGEST = 40
"""Characters of a filter: more than any level, kind or code has."""


def wall_routes(board: Board) -> list[Route]:
    def wall(request: Request) -> Response:
        return board.page(request, "wall.html", **wall_shown(board), phone=False)

    def hazards(request: Request) -> Response:
        now = board.reader.clock()
        wanted = Wanted(**{key: request.query_params.get(key, "")[:LONGEST] for key in ("level", "kind", "area")})
        rows = [listed_row(board.site, one, now) for one in board.reader.open_list(now, MOST, wanted)]
        count = board.reader.count_open(wanted)
        more = max(count - len(rows), 0)
        return board.page(request, "hazards.html", rows=rows, count=count, more=more, wanted=wanted)

    return [Route("/", wall), Route("/hazards", hazards)]


def wall_shown(board: Board) -> dict[str, Any]:
    """What the wall's template needs beside the words."""
    names = {kind: {"zh": row.zh, "en": row.en} for kind, row in board.site.plan.kinds.items()}
    duty = [person.name for person in board.site.on_duty("") if person.step == "city"]
    return {"city": board.city, "kinds": names, "duty": duty, "tables": TABLES, "build": board.watcher.build}
