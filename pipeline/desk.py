"""The road's desk: a local socket where the board hands in answers and orders, answered after the commit.

One JSON object a line each way. It listens on a Unix socket that only this user may open.
"""

import json
import os
import socketserver
import threading
from pathlib import Path
from queue import Empty, Queue
from typing import Any

LONGEST_LINE = 64_000
PATIENCE_SECONDS = 10.0
LOOK_SECONDS = 0.05
"""How often it looks whether it shall close."""


class Request:
    """One order from the board, and the place where its reply is waited for."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self._reply: dict[str, Any] = {"ok": False, "why": "the road did not answer in time"}
        self._done = threading.Event()

    def reply(self, answer: dict[str, Any]) -> None:
        """Say what came of it; the board is told now."""
        self._reply = answer
        self._done.set()

    def wait(self) -> dict[str, Any]:
        """The reply, or that there was none in time."""
        self._done.wait(PATIENCE_SECONDS)
        return self._reply


class Desk:
    """Listens at ``path`` in its own thread; the road takes what came with :meth:`requests`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: Queue[Request] = Queue(maxsize=1000)
        path.unlink(missing_ok=True)
        waiting = self._waiting

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in iter(lambda: self.rfile.readline(LONGEST_LINE), b""):
                    self.wfile.write(json.dumps(_answer(line, waiting), ensure_ascii=False).encode() + b"\n")

        self._server = socketserver.ThreadingUnixStreamServer(str(path), Conversation)
        self._server.daemon_threads = True
        os.chmod(path, 0o600)
        threading.Thread(target=self._server.serve_forever, args=(LOOK_SECONDS,), name="desk", daemon=True).start()

    def requests(self) -> list[Request]:
        """What was handed in since the last call."""
        found = []
        while True:
            try:
                found.append(self._waiting.get_nowait())
            except Empty:
                return found

    def close(self) -> None:
        """Stop listening; whoever looks for the socket finds none."""
        self._path.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()


def _answer(line: bytes, waiting: "Queue[Request]") -> dict[str, Any]:
    try:
        order = json.loads(line)
    except (ValueError, RecursionError):
        return {"ok": False, "why": "found no JSON; expected one object a line"}
    if not isinstance(order, dict):
        return {"ok": False, "why": "found no object; expected one object a line"}
    request = Request(order)
    waiting.put(request)
    return request.wait()
