"""``/healthz``: well while the store can be read, the road answers and its clock moves; else 503 and why."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Client

from alerts.store import Reader, StoreError
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from dashboards.web.live import Watcher
from dashboards.web.vital import LIMIT_SECONDS, Vital
from tests.board.day import Morning
from tests.board.road import SECRET
from tests.board.served import served


class Probe:
    """A board whose two clocks the story moves; the road ticks and answers as long as it is there."""

    def __init__(self, told: Morning, reader: Reader, city: BoardSite, wall: bool = True) -> None:
        self.road = told.road
        self.real = 1000.0
        self.watcher = Watcher(reader, city, dict, "build")
        self.vital = Vital(self.watcher, self.road.ask, (lambda: self.wall) if wall else None, lambda: self.real)
        self.wall = self.road.clock
        self.passes(0)

    def passes(self, seconds: float, ticks: bool = True, looks: bool = True) -> None:
        self.real += seconds
        self.wall += int(seconds * 1000)
        if ticks:
            self.road.clock = self.wall
            self.road.commit([])
        if looks:
            self.watcher.tell(self.watcher.look(), self.real)
        asyncio.run(self.vital.look())

    def shown(self) -> tuple[int, str]:
        status, body = self.vital.shown()
        assert body["ok"] is (status == 200)
        return status, " ".join(body["why"])


@pytest.fixture
def probe(told: Morning, reader: Reader, city: BoardSite) -> Probe:
    return Probe(told, reader, city)


def test_a_road_that_ticks_and_answers_is_well(probe: Probe) -> None:
    for _ in range(4):
        probe.passes(20)
        assert probe.shown() == (200, "")
    _, body = probe.vital.shown()
    ages = ("store_readable", "store_seconds", "road_answers", "road_seconds", "moved_seconds")
    assert [body[age] for age in ages] == [True, 0.0, True, 0.0, 0.0]
    assert body["clock"] == probe.road.clock


def test_a_road_that_is_away_is_given_half_a_minute_to_come_back(probe: Probe) -> None:
    probe.road.away = True
    probe.passes(LIMIT_SECONDS)
    assert probe.shown() == (200, "")
    assert probe.vital.shown()[1]["road_answers"] is False
    probe.passes(1)
    assert probe.shown() == (503, "后台已 31 秒没有应答 · the road has not answered for 31 s")
    probe.road.away = False
    probe.passes(1)
    assert probe.shown() == (200, "")


def test_a_road_that_answers_but_stands_still_is_not_well_on_the_walls_clock(
    probe: Probe, told: Morning, reader: Reader, city: BoardSite
) -> None:
    probe.passes(31, ticks=False)
    assert probe.shown() == (503, "后台时钟已停 31 秒 · the road's clock has stood still for 31 s")
    began_later = Probe(told, reader, city)
    began_later.wall += 3_600_000
    began_later.passes(1, ticks=False)
    assert began_later.shown()[1] == "后台时钟已停 3601 秒 · the road's clock has stood still for 3601 s"
    resting = Probe(told, reader, city, wall=False)
    resting.passes(3600, ticks=False)
    assert resting.shown() == (200, "")


def test_a_wall_clock_that_went_back_hides_no_standstill(probe: Probe) -> None:
    probe.wall -= 3_600_000
    probe.passes(31, ticks=False)
    assert probe.shown()[0] == 503


def test_a_road_whose_clock_is_ahead_of_the_walls_is_not_well(probe: Probe) -> None:
    probe.road.clock = probe.wall + 3_600_000
    probe.road.commit([])
    probe.passes(1, ticks=False)
    assert probe.shown() == (
        503,
        "后台时钟比实际快 3599 秒 · the road's clock is 3599 s ahead: correct this machine's clock",
    )
    for _ in range(4):
        probe.passes(900, ticks=False)
    assert "ahead" not in probe.shown()[1]


def test_a_look_at_the_store_that_never_ends_is_a_store_that_cannot_be_read(probe: Probe) -> None:
    probe.passes(31, looks=False)
    assert probe.shown()[1].startswith("数据库无法读取,已 31 秒 · the store has not been readable for 31 s")


def until(done: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_served_board_says_at_once_that_the_store_cannot_be_read_and_when_it_can_again(
    told: Morning, reader: Reader, city: BoardSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    async def ask(order: dict[str, Any]) -> dict[str, Any]:
        asked.append(order)
        return {"ok": True}

    def unread() -> int:
        raise StoreError("the disk is gone")

    app = create_app(reader, city, ask, SECRET, False, wall=lambda: told.road.clock)
    with served(app) as address, Client(base_url=address) as client:
        until(lambda: client.get("/healthz").json()["road_answers"])
        assert client.get("/healthz").status_code == 200
        with monkeypatch.context() as broken:
            broken.setattr(reader, "change", unread)
            until(lambda: client.get("/healthz").status_code == 503)
            assert "数据库无法读取" in client.get("/healthz").json()["why"][0]
        until(lambda: client.get("/healthz").status_code == 200)
    assert asked[0] == {"do": "ping"}


def test_shards_of_which_nothing_is_told_are_named_until_they_move_again(probe: Probe) -> None:
    stuck: dict[str, float] = {"3": 17.2}

    async def ask(_: dict[str, Any]) -> dict[str, Any]:
        if probe.road.away:
            raise ConnectionRefusedError
        return {"ok": True, "stuck": stuck}

    probe.vital.ask = ask
    probe.passes(1)
    said = "分片 3 有输入而已 17 秒没有动静 · shard 3: its input moves and nothing is told of it for 17 s"
    assert probe.shown() == (503, said)
    assert probe.vital.shown()[1]["stuck_shards"] == {"3": 17.2}
    probe.road.away = True
    probe.passes(1)
    assert probe.shown() == (200, "")
    probe.road.away = False
    stuck.clear()
    probe.passes(1)
    assert probe.shown() == (200, "")
