"""Who stands at the road's desk: many at one moment are let in, and who only stands there is sent away."""

import asyncio
import contextlib
import socket
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from pipeline import desk as desks
from pipeline.desk import Desk
from pipeline.desk_client import ask_desk_soon
from tests.pipeline.test_desk import Clerk, conversation


def test_fifty_phones_at_one_moment_are_all_let_in(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk.sock")
    clerk = Clerk(desk)

    async def fifty() -> list[dict[str, Any]]:
        return await asyncio.gather(*(ask_desk_soon(tmp_path / "desk.sock", {"n": n}) for n in range(50)))

    assert sorted(reply["number"] for reply in asyncio.run(fifty())) == list(range(1, 51))
    clerk.leave()
    desk.close()
    path = str(tmp_path / "busy.sock")
    with desks._Listener(path, Queue()), contextlib.ExitStack() as callers:  # nobody is let in yet
        for _ in range(50):
            caller = callers.enter_context(socket.socket(socket.AF_UNIX))
            caller.setblocking(False)
            caller.connect(path)  # BlockingIOError where the queue at the door is full


def test_more_than_the_desk_can_keep_are_refused_and_do_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "MOST_WAITING", 1)
    monkeypatch.setattr(desks, "PATIENCE_SECONDS", 0.1)
    desk = Desk(tmp_path / "desk.sock")
    whys = [reply["why"] for reply in conversation(tmp_path / "desk.sock", b"{}\n{}\n", 2)]
    desk.close()
    assert whys == ["the road did not answer in time", "too many orders wait already"]


def test_a_conversation_that_says_nothing_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks._Conversation, "timeout", 0.05)
    desk = Desk(tmp_path / "desk.sock")
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(tmp_path / "desk.sock"))
        assert line.recv(1) == b""
    desk.close()
