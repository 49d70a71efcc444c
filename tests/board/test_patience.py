"""Connections that never say what they want: they are closed in time, and the board goes on for everybody else."""

import asyncio
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboards.web import patience
from dashboards.web.hub import Hub
from dashboards.web.patience import most_connections
from tests.board.served import free_port, served

HALF = b"GET / HTTP/1.1\r\nHost: board\r\nX-Endless: "


@pytest.fixture
def board() -> Starlette:
    async def wall(_: Request) -> Response:
        return PlainTextResponse("wall")

    async def slow(request: Request) -> Response:
        request.app.state.begun.set()
        await asyncio.sleep(0.6)
        return PlainTextResponse("slow")

    async def form(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    app = Starlette(routes=[Route("/", wall), Route("/slow", slow), Route("/form", form, methods=["POST"])])
    app.state.hub = Hub()
    app.state.begun = threading.Event()
    return app


@contextmanager
def line(url: str, said: bytes) -> Iterator[socket.socket]:
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=5) as opened:
        opened.sendall(said)
        yield opened


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_closed(opened: socket.socket) -> bool:
    """Whether the far side has let go of it by now."""
    opened.setblocking(False)
    try:
        return opened.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("said", [b"", HALF, b"POST /form HTTP/1.1\r\nHost: board\r\nContent-Length: 9\r\n\r\nhalf"])
def test_a_request_that_is_not_whole_in_time_ends_its_connection(
    board: Starlette, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(patience, "REQUEST_SECONDS", 0.3)
    with served(board) as url, line(url, said) as opened:
        until = time.monotonic() + 5
        while not is_closed(opened):
            assert time.monotonic() < until, "it is never closed"
            time.sleep(0.05)


def test_one_that_is_begun_on_a_connection_that_was_answered_before_ends_too(
    board: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "REQUEST_SECONDS", 0.3)
    with served(board) as url, line(url, b"GET / HTTP/1.1\r\nHost: board\r\n\r\n") as opened:
        said = b""
        while not said.endswith(b"wall"):
            said += opened.recv(1000)
        opened.sendall(HALF)
        until = time.monotonic() + 5
        while not is_closed(opened):
            assert time.monotonic() < until, "it is never closed"
            opened.setblocking(True)
            time.sleep(0.05)


def test_an_answer_may_take_longer_than_a_question(board: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "REQUEST_SECONDS", 0.2)
    with served(board) as url:
        assert httpx.get(f"{url}/slow").text == "slow"


def test_where_there_are_too_many_the_one_that_waits_longest_goes_and_those_in_work_stay(
    board: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "MOST_CONNECTIONS", 10)
    with served(board) as url, ExitStack() as stack:
        working = stack.enter_context(line(url, b"GET /slow HTTP/1.1\r\nHost: board\r\n\r\n"))
        assert board.state.begun.wait(5)
        half = [stack.enter_context(line(url, HALF)) for _ in range(30)]
        assert httpx.get(url).text == "wall"
        said = b""
        while not said.endswith(b"slow"):
            more = working.recv(1000)
            assert more, "it was closed while it was answered"
            said += more
        assert sum(not is_closed(one) for one in half) <= 9


def test_half_of_what_the_system_allows_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for soft, most in ((256, 128), (1024, 500), (1 << 20, 500), (resource.RLIM_INFINITY, 500)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, soft=soft: (soft, soft))
        assert most_connections() == most


FEW_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from dashboards.web.hub import Hub
from dashboards.web.serve import serve
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("wall"))])
app.state.hub = Hub()
serve(app, "127.0.0.1", int(sys.argv[1]))
"""


def test_a_flood_neither_ends_the_board_nor_fills_the_log() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    board = subprocess.Popen([sys.executable, "-c", FEW_FILES, str(port)], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 20
        while not answers(port):
            assert time.monotonic() < until
            time.sleep(0.05)
        with ExitStack() as stack:
            for _ in range(70):
                stack.enter_context(line(url, HALF))
            assert httpx.get(url, timeout=10).text == "wall"
    finally:
        board.terminate()
        _, said = board.communicate(timeout=10)
    assert len(said) < 2000, said.decode()[:2000]
