"""``/a/{token}``: the officer's page. One small request, no script; opening it changes nothing, a button does."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.links import Link, read_link
from alerts.model import Hazard
from alerts.words import is_rain
from dashboards.web.answers import answers_on_phone, calls_119
from dashboards.web.board import Board
from dashboards.web.form import fields
from dashboards.web.history import history
from dashboards.web.rows import hazard_row, is_taken


def phone_routes(board: Board) -> list[Route]:
    def page(request: Request, found: tuple[Link, Hazard] | None, status: int = 200, why: str = "") -> Response:
        if found is None:
            return board.page(request, "phone.html", 410, link=None, why="")
        return board.page(request, "phone.html", status, **phone_shown(board, *found), why=why)

    def show(request: Request) -> Response:
        return page(request, _found(board, request))

    async def answer(request: Request) -> Response:
        said = (await fields(request)).get("answer", "")
        found = await run_in_threadpool(_found, board, request)
        if found is None:
            return await run_in_threadpool(page, request, None)
        link, hazard = found
        why = (
            ""
            if said == "accept" and is_taken(hazard) and hazard.owner == link.person
            else await _hand_in(board, request, link, hazard, said)
        )
        if why:
            return await run_in_threadpool(page, request, found, 409, why)
        return RedirectResponse(request.url.path, 303)

    return [Route("/a/{token}", show, methods=["GET"]), Route("/a/{token}", answer, methods=["POST"])]


def _found(board: Board, request: Request) -> tuple[Link, Hazard] | None:
    """Whom the link belongs to and about what; None where it is forged, too old or of nothing that is kept."""
    link = read_link(board.secret, request.path_params["token"], board.reader.clock())
    hazard = board.reader.hazard(link.hazard_id) if isinstance(link, Link) else None
    return (link, hazard) if isinstance(link, Link) and hazard else None


async def _hand_in(board: Board, request: Request, link: Link, hazard: Hazard, said: str) -> str:
    if said not in answers_on_phone(hazard, link.person):
        return "not_now"
    return await board.order(
        request,
        {
            "do": "answer",
            "hazard_id": hazard.id,
            "person": link.person,
            "answer": said,
            "via": "link",
            "note": "",
            "notice_id": link.notice_id,
        },
    )


def phone_shown(board: Board, link: Link, hazard: Hazard) -> dict[str, Any]:
    """What the page shows; a rain page carries amount and window, no colour word and no level's shape."""
    alerts = board.reader.alerts_of(hazard.id)
    notice = board.reader.notice(link.notice_id)
    rain = is_rain(hazard.kind)
    steps = board.reader.steps_of(hazard.id)
    return {
        "link": link,
        "hazard": hazard,
        "notice": notice,
        "row": hazard_row(board.site, hazard, alerts, board.reader.clock()),
        "kind": board.site.kind(hazard.kind),
        "place": board.site.place(hazard.township, hazard.site, alerts[0].subject if alerts else ""),
        "owner": board.site.plan.name(hazard.owner) if is_taken(hazard) else "",
        "buttons": answers_on_phone(hazard, link.person),
        "steps": [one for one in history(board.site, hazard, steps) if not (rain and one["kind"] == "alert")][-8:],
        "rain": rain,
        "call_119": calls_119(hazard),
    }
