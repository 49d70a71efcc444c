import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.applications import Starlette

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from dashboards.web.health import Health
from dashboards.web.hub import DEPTH, Hub
from dashboards.web.live import BEAT, Watcher
from dashboards.web.serve import NotLoopback, Server
from dashboards.web.stream import Stream
from tests.board.day import Morning


def events(frames: Sequence[bytes | None]) -> list[str]:
    lines = b"".join(frame for frame in frames if frame).decode().split("\n")
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


def drained(queue: asyncio.Queue[bytes | None]) -> list[bytes | None]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_a_screen_that_does_not_keep_up_is_let_go_and_the_others_are_not() -> None:
    hub = Hub()
    slow, quick = hub.join(), hub.join()
    for number in range(DEPTH + 1):
        hub.send(str(number).encode())
        assert quick.get_nowait() == str(number).encode()
    assert drained(slow) == [None]
    assert hub.queues == {quick}


def test_closing_ends_every_stream_and_those_that_come_after() -> None:
    hub = Hub()
    early = hub.join()
    hub.send(b"x")
    hub.close()
    assert drained(early) == [None]
    assert drained(hub.join()) == [None]


@pytest.fixture
def watcher(told: Morning, reader: Reader, city: BoardSite) -> Watcher:
    return Watcher(reader, city, lambda: {"pace": 60}, "build")


def test_the_wall_is_sent_when_it_looks_different_and_the_beat_when_the_clock_moves(
    watcher: Watcher, told: Morning
) -> None:
    queue = watcher.hub.join()
    watcher.tell(watcher.look(), 0.0)
    assert events(drained(queue)) == ["beat", "wall"]
    watcher.tell(watcher.look(), 0.25)
    assert drained(queue) == []
    told.road.clock += 1000
    told.road.commit([])
    watcher.tell(watcher.look(), 0.5)
    assert events(drained(queue)) == ["beat"]
    hazard = told.road.ledger.rows.hazards[told.hazards["red"]]
    assert told.road.answer(hazard.id, hazard.told[0], "accept")
    watcher.tell(watcher.look(), 0.75)
    assert events(drained(queue)) == ["beat", "wall"]


def test_a_beat_comes_each_five_seconds_though_nothing_moves_and_says_for_how_long(watcher: Watcher) -> None:
    watcher.tell(watcher.look(), 100.0)
    queue = watcher.hub.join()
    for quarter in range(int(BEAT * 4) + 1):
        watcher.tell(watcher.look(), 100.0 + quarter / 4)
    (beat,) = drained(queue)
    assert beat is not None
    assert json.loads(beat.split(b"data: ")[1])["still"] == BEAT


def test_a_screen_that_has_missed_something_is_told_to_start_anew(watcher: Watcher) -> None:
    watcher.tell(watcher.look(), 0.0)
    assert events(watcher.joining(None)) == ["beat", "wall"]
    assert events(watcher.joining(watcher.number)) == ["beat", "wall"]
    assert events(watcher.joining(watcher.number - 1)) == ["reset", "beat", "wall"]


def test_a_store_that_cannot_be_read_for_a_moment_does_not_end_the_stream(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [OSError("busy")] * 3

    def change() -> int:
        if faults:
            raise faults.pop()
        return 7

    monkeypatch.setattr(watcher.reader, "change", change)

    async def story() -> None:
        running = asyncio.create_task(watcher.run())
        while watcher.number != 7:
            watcher.nudged.set()
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(asyncio.wait_for(story(), 5))
    assert caplog.text.count("could not be read") == 1


class Screen:
    """The far end of one stream: what it was sent, and whether it still reads."""

    def __init__(self, frozen: bool = False) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.frozen = frozen

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self.frozen and self.sent:
            await asyncio.sleep(3600)
        self.sent.append(message)

    def scope(self, query: bytes = b"") -> dict[str, Any]:
        return {"type": "http", "method": "GET", "path": "/stream", "headers": [], "query_string": query}


def test_a_stream_ends_when_the_hub_closes_and_when_the_screen_goes(watcher: Watcher) -> None:
    async def story() -> None:
        watcher.tell(watcher.look(), 0.0)
        stream, stays, goes = Stream(watcher), Screen(), Screen()
        tasks = [asyncio.create_task(stream(one.scope(b"after=1"), one.receive, one.send)) for one in (stays, goes)]
        await asyncio.sleep(0.01)
        assert b"event: reset" in stays.sent[1]["body"]
        goes.gone.set()
        await tasks[1]
        assert len(watcher.hub.queues) == 1
        watcher.hub.close()
        await tasks[0]
        assert stays.sent[-1]["more_body"] is False

    asyncio.run(asyncio.wait_for(story(), 5))


def test_a_frozen_screen_is_given_up(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.web.stream.SEND_WITHIN", 0.05)

    async def story() -> None:
        watcher.tell(watcher.look(), 0.0)
        screen = Screen(frozen=True)
        await Stream(watcher)(screen.scope(), screen.receive, screen.send)
        assert watcher.hub.queues == set()

    asyncio.run(asyncio.wait_for(story(), 5))


def test_rates_are_per_real_second_over_the_last_five() -> None:
    health = Health()
    for second in range(11):
        health.note(float(second), second, 0, 0, {"received": 100 * second, "readings": 0})
    assert health.shown()["per_second"] == 100
    assert health.shown()["received"] == 1000


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "board.example"])
def test_nothing_listens_beyond_this_machine(told: Morning, reader: Reader, city: BoardSite, host: str) -> None:
    app: Starlette = create_app(reader, city, told.road.ask, b"", False)
    with pytest.raises(NotLoopback, match=r"expected 127\.0\.0\.1"):
        Server(app, host, 8080)
