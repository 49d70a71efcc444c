"""The road's desk and its other end: orders in, a reply each, and neither side can hang the other."""

import asyncio
import contextlib
import json
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import desk as desks
from pipeline import desk_client
from pipeline.desk import Desk
from pipeline.desk_client import ask_desk, ask_desk_soon
from pipeline.paths import LONGEST_SOCKET_PATH, DataFolder


class Clerk:
    """Stands for the road: takes what was handed in and replies with its number in the order of arrival."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.seen: list[dict[str, Any]] = []
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._gone.wait(0.005):
            for request in self._desk.requests():
                self.seen.append(request.order)
                request.reply({"ok": True, "number": len(self.seen)})

    def leave(self) -> None:
        self._gone.set()
        self._thread.join()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    open_desk = Desk(tmp_path / "desk.sock")
    yield open_desk
    open_desk.close()


@pytest.fixture
def clerk(desk: Desk) -> Iterator[Clerk]:
    working = Clerk(desk)
    yield working
    working.leave()


def conversation(path: Path, lines: bytes, replies: int) -> list[dict[str, Any]]:
    """What is said back to these very bytes."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(path))
        line.sendall(lines)
        with line.makefile("rb") as back:
            return [json.loads(back.readline()) for _ in range(replies)]


def test_an_order_gets_its_reply(tmp_path: Path, clerk: Clerk) -> None:
    assert ask_desk(tmp_path / "desk.sock", {"do": "answer", "note": "火情属实"}) == {"ok": True, "number": 1}
    assert clerk.seen == [{"do": "answer", "note": "火情属实"}]


def test_the_board_asks_without_holding_up_others(tmp_path: Path, clerk: Clerk) -> None:
    async def five() -> list[dict[str, Any]]:
        return await asyncio.gather(*(ask_desk_soon(tmp_path / "desk.sock", {"n": n}) for n in range(5)))

    replies = asyncio.run(five())
    assert sorted(reply["number"] for reply in replies) == [1, 2, 3, 4, 5]
    assert sorted(order["n"] for order in clerk.seen) == [0, 1, 2, 3, 4]


def test_orders_of_one_conversation_are_answered_in_their_order(tmp_path: Path, clerk: Clerk) -> None:
    lines = b"".join(b'{"n": %d}\n' % n for n in range(20))
    assert [reply["number"] for reply in conversation(tmp_path / "desk.sock", lines, 20)] == list(range(1, 21))
    assert [order["n"] for order in clerk.seen] == list(range(20))


NO_ORDERS = {
    "cut off": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[1]",
    "a number": b"7",
    "nothing": b"",
    "far too deep": b"[" * 60_000,
    "half a surrogate pair": b'{"do": "answer", "note": "\\ud800"}',
    "the other half": b'{"do": "answer", "note": "\\udc00 x"}',
    "a surrogate as bytes": b'{"do": "answer", "note": "\xed\xa0\x80"}',
    "a number without end": b'{"do": ' + b"9" * 6000 + b"}",
}


@pytest.mark.parametrize("name", NO_ORDERS)
def test_what_is_no_order_is_refused_and_the_conversation_goes_on(tmp_path: Path, clerk: Clerk, name: str) -> None:
    refusal, reply = conversation(tmp_path / "desk.sock", NO_ORDERS[name] + b'\n{"do": "ping"}\n', 2)
    assert refusal["ok"] is False
    assert "expected one object a line" in refusal["why"]
    assert reply == {"ok": True, "number": 1}
    assert clerk.seen == [{"do": "ping"}]


def test_a_line_longer_than_any_order_is_refused_and_ends_the_conversation(tmp_path: Path, clerk: Clerk) -> None:
    longest = b'{"do": "ping"}'.ljust(desks.LONGEST_LINE - 1) + b"\n"
    assert conversation(tmp_path / "desk.sock", longest, 1)[0]["ok"] is True
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(tmp_path / "desk.sock"))
        line.sendall(b" " + longest + b'{"do": "hidden"}\n')
        with line.makefile("rb") as back:
            assert "found more than 64000 bytes" in json.loads(back.readline())["why"]
            with contextlib.suppress(ConnectionResetError):
                assert back.readline() == b""
    assert clerk.seen == [{"do": "ping"}]


def test_somebody_who_leaves_before_the_reply_disturbs_nobody(
    tmp_path: Path, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    talks = threading.active_count()
    for said in (b"", b'{"do": "ping"', b'{"do": "ping"}\n'):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(tmp_path / "desk.sock"))
            line.sendall(said)
    clerk = Clerk(desk)
    assert ask_desk(tmp_path / "desk.sock", {"do": "ping"})["ok"] is True
    clerk.leave()
    until = time.monotonic() + 5
    while threading.active_count() > talks and time.monotonic() < until:
        time.sleep(0.005)
    assert threading.active_count() == talks
    assert capfd.readouterr().err == ""


def test_a_road_that_does_not_answer_in_time_says_so(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "PATIENCE_SECONDS", 0.1)
    assert ask_desk(tmp_path / "desk.sock", {}) == {"ok": False, "why": "the road did not answer in time"}
    (request,) = desk.requests()
    assert request.late


def test_a_desk_that_hangs_is_not_waited_for_longer_than_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_client, "PATIENCE_SECONDS", 0.1)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        assert ask_desk(tmp_path / "deaf.sock", {})["why"].startswith("the road is away")
        with pytest.raises(TimeoutError):
            asyncio.run(ask_desk_soon(tmp_path / "deaf.sock", {}))


def test_a_road_that_is_away_is_a_refusal_and_an_oserror_for_the_board(tmp_path: Path) -> None:
    reply = ask_desk(tmp_path / "desk.sock", {})
    assert reply["ok"] is False
    assert reply["why"].startswith("the road is away: ")
    with pytest.raises(FileNotFoundError):
        asyncio.run(ask_desk_soon(tmp_path / "desk.sock", {}))


def test_a_road_that_left_without_a_word(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "left.sock"))
        listening.listen()
        leaver = threading.Thread(target=lambda: listening.accept()[0].close())
        leaver.start()
        reply = ask_desk(tmp_path / "left.sock", {})
        leaver.join()
    assert reply["ok"] is False
    assert "left" in reply["why"] or "away" in reply["why"]


def test_a_road_that_ends_within_its_reply(tmp_path: Path) -> None:
    def half(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(1000)
            line.sendall(b'{"ok": tr')

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "half.sock"))
        listening.listen()
        road = threading.Thread(target=half, args=(listening,))
        road.start()
        reply = ask_desk(tmp_path / "half.sock", {})
        road.join()
    assert reply == {"ok": False, "why": "the road left without a word"}


def test_only_this_user_may_open_it_and_a_closed_desk_leaves_no_socket(tmp_path: Path) -> None:
    path = tmp_path / "own.sock"
    desk = Desk(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    desk.close()
    assert not path.exists()


def test_what_a_killed_road_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "own.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    desk = Desk(path)
    clerk = Clerk(desk)
    assert ask_desk(path, {})["ok"] is True
    clerk.leave()
    desk.close()


def test_a_data_folder_too_deep_for_a_socket_has_its_desk_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("很深" * 20) / ("很深" * 20)
    first, second = DataFolder(deep).desk, DataFolder(deep / "other").desk
    assert len(str(first).encode()) <= LONGEST_SOCKET_PATH
    assert first != second
    assert first == DataFolder(deep).desk
    desk = Desk(first)
    clerk = Clerk(desk)
    assert ask_desk(DataFolder(deep).desk, {})["ok"] is True
    clerk.leave()
    desk.close()
    assert ask_desk(tmp_path / ("x" * 200), {})["why"].startswith("the road is away")
