"""A scripted HTTP server: each request is answered by a function of the test, and remembered."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request; ``body`` is what its JSON says, or None."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as JSON, or as it is where it is bytes."""

    status: int
    body: Any = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Scripted:
    """The running server."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    def writes(self) -> list[Asked]:
        """What was asked to change something."""
        return [one for one in self.asked if one.method != "GET"]


@contextlib.contextmanager
def scripted(answer: Callable[[Asked], Answer]) -> Iterator[Scripted]:
    """Runs it on a free port until the end of the block."""

    class Script(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                body = json.loads(content) if content else None
            except ValueError:
                body = None
            asked = Asked(self.command, self.path, dict(self.headers), body)
            server_.asked.append(asked)
            told = answer(asked)
            plain = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            with contextlib.suppress(ConnectionError):  # who asked has gone
                self.send_response(told.status)
                for name, value in told.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(plain)))
                self.end_headers()
                self.wfile.write(plain)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        server_ = Scripted(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server_
        server.shutdown()
        thread.join()
