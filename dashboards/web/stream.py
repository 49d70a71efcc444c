"""``/stream``: one screen's event stream, as plain ASGI so that a frozen or vanished screen cannot hold it open."""

import asyncio
import contextlib
import re

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from dashboards.web.hub import Queue
from dashboards.web.live import Watcher

SEND_WITHIN = 10.0
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
"""Of a change; what is none was never ours, and nothing was missed."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
]


class Stream:
    """The endpoint. A screen says what it saw last by ``Last-Event-ID``, or ``?after=`` where it opened anew."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = _seen(Request(scope))
        queue = self.watcher.hub.join()
        writing = asyncio.create_task(self._write(send, queue, seen))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.watcher.hub.leave(queue)
            for task in (writing, leaving):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, TimeoutError):
                await writing

    async def _write(self, send: Send, queue: Queue, seen: int | None) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        frame: bytes | None = b"".join(self.watcher.joining(seen))
        while frame is not None:
            body = {"type": "http.response.body", "body": frame, "more_body": True}
            await asyncio.wait_for(send(body), SEND_WITHIN)
            frame = await queue.get()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _seen(request: Request) -> int | None:
    said = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    return int(said) if NUMBER.fullmatch(said) else None
