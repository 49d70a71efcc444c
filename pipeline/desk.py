"""The road's desk: a local socket where the board hands in answers and orders, answered after the commit.

One JSON object a line each way. It listens on a Unix socket that only this user may open.
"""

import contextlib
import os
import socketserver
import threading
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any

import msgspec

from ingest.json_faults import NOT_JSON
from pipeline.asking import Reply

LONGEST_LINE = 64_000
PATIENCE_SECONDS = 10.0
IDLE_SECONDS = 60.0
"""How long a conversation may say nothing."""
MOST_WAITING = 1000
CALLERS = 128
"""How many may knock at one moment: a board hands in a call for every phone that answers just then."""
LOOK_SECONDS = 0.05
"""How often it looks whether it shall close."""


class Request:
    """One order from the board, and the place where its reply is waited for."""

    row: None = None

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.late = False
        self._reply: Reply = {"ok": False, "why": "the road did not answer in time"}
        self._done = threading.Event()

    def reply(self, reply: Reply) -> None:
        """Say what came of it; the board is told now."""
        self._reply = reply
        self._done.set()

    def wait(self) -> Reply:
        """The reply, or that there was none in time; then the road is not to do it any more."""
        self.late = not self._done.wait(PATIENCE_SECONDS)
        return self._reply


class Desk:
    """Listens at ``path`` in its own thread; the road takes what came with :meth:`requests`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: Queue[Request] = Queue(MOST_WAITING)
        path.unlink(missing_ok=True)
        self._server = _Listener(str(path), self._waiting)
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


class _Listener(socketserver.ThreadingUnixStreamServer):
    """A thread for each conversation."""

    daemon_threads = True
    request_queue_size = CALLERS

    def __init__(self, path: str, waiting: Queue[Request]) -> None:
        self.waiting = waiting
        super().__init__(path, _Conversation)


class _Conversation(socketserver.StreamRequestHandler):
    timeout = IDLE_SECONDS
    server: _Listener

    def handle(self) -> None:
        """Until the caller leaves, at whatever moment, or says more in a line than any order is long."""
        with contextlib.suppress(OSError):
            while line := self.rfile.readline(LONGEST_LINE + 1):
                too_long = len(line) > LONGEST_LINE
                answer = _refusal(f"found more than {LONGEST_LINE} bytes") if too_long else self._answer(line)
                self.wfile.write(msgspec.json.encode(answer) + b"\n")
                if too_long:
                    return

    def _answer(self, line: bytes) -> Reply:
        try:
            order = msgspec.json.decode(line)
        except NOT_JSON:
            return _refusal("found no JSON in UTF-8, or half a surrogate pair")
        if not isinstance(order, dict):
            return _refusal("found no object")
        request = Request(order)
        try:
            self.server.waiting.put_nowait(request)
        except Full:
            return {"ok": False, "why": "too many orders wait already"}
        return request.wait()


def _refusal(found: str) -> Reply:
    return {"ok": False, "why": f"{found}; expected one object a line"}
