"""The duty board as one Starlette app: the wall, the pages behind it, the phone page and the live stream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from alerts.store import Reader, StoreError
from dashboards.metrics_text import CONTENT_TYPE, metrics_text
from dashboards.web.board import HERE, Ask, Board, environment
from dashboards.web.board_site import BoardSite
from dashboards.web.build import build_of, style_hash
from dashboards.web.demo import demo_routes
from dashboards.web.hazard import hazard_routes
from dashboards.web.headers import Safe
from dashboards.web.live import Watcher
from dashboards.web.map import city_map
from dashboards.web.metrics import board_rows
from dashboards.web.phone import phone_routes
from dashboards.web.stream import Stream
from dashboards.web.vital import Vital
from dashboards.web.wall_page import wall_routes

LONGEST_FORM = 64_000


def create_app(
    reader: Reader,
    site: BoardSite,
    ask: Ask,
    secret: bytes,
    demo: bool,
    demo_state: Callable[[], dict[str, Any]] = dict,
    wall: Callable[[], int] | None = None,
    cluster: bool = False,
) -> Starlette:
    """``demo_state`` is asked four times a second: ``{"pace", "phone": "/a/…" | None, "ends", "score": … | None}``.

    ``wall`` is the time in epoch milliseconds where the road goes by it, and so must not stand still.
    ``cluster``: readings pass by the store, so what it counted of them is nothing to tell.
    """
    watcher = Watcher(reader, site, demo_state, build_of(HERE))
    vital = Vital(watcher, ask, wall)
    board = Board(reader, site, ask, secret, demo, watcher, city_map(site), environment())

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(watcher.run()), asyncio.create_task(vital.run())]
        yield
        watcher.hub.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def fault(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return board.fault(request, status, "not_found" if status == 404 else str(getattr(error, "detail", error)))

    app = Starlette(
        routes=_routes(board, vital, cluster),
        lifespan=lifespan,
        exception_handlers={HTTPException: fault, StoreError: _unread},
        middleware=[Middleware(Safe, style_hash=style_hash(HERE / "templates" / "phone.html"))],
        max_body_size=LONGEST_FORM,
    )
    app.state.hub = watcher.hub
    return app


def _routes(board: Board, vital: Vital, cluster: bool) -> list[BaseRoute]:
    async def health(_: Request) -> Response:
        status, shown = vital.shown()
        return JSONResponse(shown, status)

    def metrics(_: Request) -> Response:  # in a thread, for it asks the store
        return Response(metrics_text(board_rows(vital, board.reader, cluster)), media_type=CONTENT_TYPE)

    async def wall(_: Request) -> Response:
        return JSONResponse(board.watcher.wall)

    return [
        *wall_routes(board),
        *hazard_routes(board),
        *phone_routes(board),
        *(demo_routes(board) if board.demo else ()),
        Route("/stream", Stream(board.watcher), methods=["GET"]),
        Route("/wall.json", wall),
        Route("/healthz", health),
        Route("/metrics", metrics),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
    ]


def _unread(_: Request, error: Exception) -> Response:
    """A page of ours is made of the store, so this one is plain."""
    return PlainTextResponse("数据库暂时无法读取 · the store cannot be read just now", 503)
