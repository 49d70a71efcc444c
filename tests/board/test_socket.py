"""The board on a Unix socket: for a server before it that asks for a password, and for nobody else."""

import http.client
import socket
import threading
import time
from pathlib import Path

import pytest
import typer

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from dashboards.web.serve import Server
from pipeline.addresses import loopback, loopback_or_socket
from tests.board.day import Morning


def asked(path: Path) -> int:
    """The status of the wall, as a server on this machine gets it."""
    board = http.client.HTTPConnection("localhost")
    board.sock = socket.socket(socket.AF_UNIX)
    board.sock.connect(str(path))
    board.request("GET", "/")
    status = board.getresponse().status
    board.close()
    return status


def test_a_board_answers_on_its_socket_and_so_does_the_next_one_there(
    told: Morning, reader: Reader, city: BoardSite, tmp_path: Path
) -> None:
    path = tmp_path / "board.socket"
    with socket.socket(socket.AF_UNIX) as killed:  # its file stays
        killed.bind(str(path))
    server = Server(create_app(reader, city, told.road.ask, b"", False), str(path), 0)
    thread = threading.Thread(target=server.run, name="board")
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        assert asked(path) == 200
    finally:
        server.should_exit = True
        thread.join(10)


def test_only_a_whole_path_is_a_socket_and_the_other_addresses_stay_loopback() -> None:
    assert loopback_or_socket("unix:/run/board") == ("/run/board", 0)
    assert loopback_or_socket("127.0.0.1:8080") == ("127.0.0.1", 8080)
    for http_address in ("unix:run/board", "unix:", "0.0.0.0:8080", "/run/board"):
        with pytest.raises(typer.BadParameter, match=r"expected 127\.0\.0\.1:PORT"):
            loopback_or_socket(http_address)
    with pytest.raises(typer.BadParameter):
        loopback("unix:/run/board")
