"""Serves the board with uvicorn, on this machine only: until accounts exist nothing listens beyond loopback.

In place of a host the path of a Unix socket may be named: whoever may open that file is on this machine too.
"""

import asyncio
import ipaddress
import socket

import uvicorn
from starlette.applications import Starlette

from dashboards.web.patience import BACKLOG, PatientProtocol, Tells


class NotLoopback(ValueError):
    """The address would be reachable from elsewhere."""


class Server(uvicorn.Server):
    """Ends the open streams first, for a stop waits for what is open."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        path = host if is_path(host) else None
        if path is None and not is_loopback(host):
            raise NotLoopback(f"found {host}; expected 127.0.0.1, ::1 or localhost")
        self.hub = app.state.hub
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                uds=path,
                http=PatientProtocol,
                backlog=BACKLOG,
                log_level="warning",
                access_log=False,  # the address of a phone page is the right to answer
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(Tells())
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.hub.close()
        await super().shutdown(sockets)


def serve(app: Starlette, host: str, port: int) -> None:
    """Serve until the process is told to stop."""
    Server(app, host, port).run()


def is_path(host: str) -> bool:
    """Whether it is no host but the path of a Unix socket."""
    return host.startswith("/")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
