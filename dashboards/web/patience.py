"""How long and how many: a connection says what it wants in time or is closed, and there are never too many of them."""

import asyncio
import errno
import logging
import resource
import time
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
MOST_CONNECTIONS = 500
BACKLOG = 64
"""How many are taken at one look, before any of them is counted."""
SAY_AGAIN_SECONDS = 60.0
NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


def most_connections() -> int:
    """Half of what the system lets us open, for the store and its kind need their files too."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // 2)


class PatientProtocol(H11Protocol):
    """Closed where a request is not whole in time; where there are too many, the one that has waited longest goes."""

    asks_since = 0.0
    """When it was last to begin a request; 0 while it is being answered."""
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > most_connections():
            asking = [one for one in self.connections if isinstance(one, PatientProtocol) and one.asks_since]
            longest = min(asking, key=lambda one: one.asks_since)
            longest.transport.abort()
            self.connections.discard(longest)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            self._wait()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._patience is None:
            self.asks_since = time.monotonic()
            self._patience = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
            self.asks_since = 0.0


class Tells:
    """The event loop's faults in the log; that there is no room left is said in one line, once a minute."""

    def __init__(self) -> None:
        self._said = -SAY_AGAIN_SECONDS

    def __call__(self, loop: asyncio.AbstractEventLoop, fault: dict[str, Any]) -> None:
        cause = fault.get("exception")
        if not isinstance(cause, OSError) or cause.errno not in NO_ROOM:
            loop.default_exception_handler(fault)
        elif time.monotonic() - self._said >= SAY_AGAIN_SECONDS:
            self._said = time.monotonic()
            logging.getLogger("uvicorn.error").error("no connection can be taken: %s", cause.strerror)
