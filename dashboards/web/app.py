"""The duty board as one Starlette app: the wall, the pages behind it, the phone page and the live stream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from alerts.store import Reader
from dashboards.web.board import HERE, Ask, Board, environment
from dashboards.web.board_site import BoardSite
from dashboards.web.build import build_of, style_hash
from dashboards.web.demo import demo_routes
from dashboards.web.hazard import hazard_routes
from dashboards.web.headers import Safe
from dashboards.web.live import Watcher
from dashboards.web.map import city_map
from dashboards.web.phone import phone_routes
from dashboards.web.stream import Stream
from dashboards.web.wall_page import wall_routes

LONGEST_FORM = 64_000


def create_app(
    reader: Reader,
    site: BoardSite,
    ask: Ask,
    secret: bytes,
    demo: bool,
    demo_state: Callable[[], dict[str, Any]] = dict,
) -> Starlette:
    """``demo_state`` is asked four times a second: ``{"pace", "phone": "/a/…" | None, "ends", "score": … | None}``."""
    watcher = Watcher(reader, site, demo_state, build_of(HERE))
    board = Board(reader, site, ask, secret, demo, watcher, city_map(site), environment())
    routes = [
        *wall_routes(board),
        *hazard_routes(board),
        *phone_routes(board),
        *(demo_routes(board) if demo else ()),
        Route("/stream", Stream(watcher)),
        Route("/wall.json", lambda _: _json(watcher.wall)),
        Route("/healthz", lambda _: _json({"ok": True, "change": watcher.number, **watcher.beat})),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watcher.run())
        yield
        watcher.hub.close()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    async def fault(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return board.fault(request, status, "not_found" if status == 404 else str(getattr(error, "detail", error)))

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: fault},
        middleware=[Middleware(Safe, style_hash=style_hash(HERE / "templates" / "phone.html"))],
        max_body_size=LONGEST_FORM,
    )
    app.state.hub = watcher.hub
    return app


def _json(shown: dict[str, Any]) -> JSONResponse:
    return JSONResponse(shown)
