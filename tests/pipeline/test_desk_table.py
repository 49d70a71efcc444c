"""Answers through the database: done and replied to in one transaction through any kill; what is too late, not done."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alerts.store import Database, Reader, Requests, Store
from ingest.message import Message
from ingest.mqtt import MqttSource
from pipeline import desk_client
from pipeline.arrivals import Turn
from pipeline.asking import TOO_LATE
from pipeline.clocks import NO_ROWS, FeedClock
from pipeline.desk_table import DeskTable, DeskTableClient
from pipeline.outbox import Outbox
from pipeline.road import Road
from pipeline.site import load_site
from pipeline.start import start
from pipeline.stepping import Arrived
from tests.parts.postgres import Postgres

pytestmark = pytest.mark.part("postgres")

AT = 1_785_823_200_000
NOBODY = "mqtt://127.0.0.1:1"


class Killed(Exception):
    pass


class Town:
    """A road on a server's store with a fire that waits for an answer, started again and again."""

    def __init__(self, folder: Path, place: Database) -> None:
        self.site = load_site(folder)
        self.place = place
        self.requests = Requests(place)
        self.store: Store | None = None
        self.road = self.start()
        step = self.road._step
        fire = Message("fengshao/v1/up/T1", b'{"flags": ["fire"]}', AT)
        self.road._commit(step(Arrived([fire], NO_ROWS, NO_ROWS, AT)), Turn(messages=[fire]))
        with Reader(place) as reader:
            (self.hazard,) = reader.open_hazards()

    def start(self, dies_at: str = "") -> Road:
        """As after a kill: what was not stored is gone. ``dies_at`` is the point that this one does not survive."""

        def passing(point: str) -> None:
            if point == dies_at:
                raise Killed

        if self.store is not None:
            self.store.close()
        self.store = Store(self.place)
        loaded = self.store.load()
        source = MqttSource(NOBODY, "road", [])
        outbox = Outbox(self.site, source, b"key", None, "")
        started = start(self.site, loaded, self.store)
        clock, desk = FeedClock(loaded.clock, False), DeskTable(self.store)
        self.road = Road(self.site, self.store, source, clock, loaded, started, outbox, desk, passing)
        return self.road

    def order(self, said: str = "accept") -> dict[str, Any]:
        who = {"hazard_id": self.hazard.id, "person": self.hazard.told[0]}
        return {"do": "answer", **who, "answer": said, "via": "board", "note": "", "notice_id": ""}

    def answered(self) -> int:
        with Reader(self.place) as reader:
            return [step.kind for step in reader.steps_of(self.hazard.id)].count("answered")

    def close(self) -> None:
        self.requests.close()
        if self.store is not None:
            self.store.close()


@pytest.fixture
def town(small_site: Path, database: str) -> Iterator[Town]:
    made = Town(small_site, Database(database))
    yield made
    made.close()


def test_an_answer_is_done_once_and_replied_to(town: Town) -> None:
    number = town.requests.put(town.order())
    for _ in range(2):
        town.start().turn(0.0)
    assert town.requests.reply(number) == {"ok": True}
    assert town.answered() == 1


@pytest.mark.parametrize(("point", "done"), [("before commit", 0), ("after commit", 1)])
def test_a_kill_leaves_both_or_neither_and_the_next_road_does_what_is_left(town: Town, point: str, done: int) -> None:
    number = town.requests.put(town.order())
    with pytest.raises(Killed):
        town.start(dies_at=point).turn(0.0)
    assert (town.answered(), town.requests.reply(number) is not None) == (done, bool(done))
    town.start().turn(0.0)
    assert town.requests.reply(number) == {"ok": True}
    assert town.answered() == 1


def test_what_nobody_waits_for_any_more_is_not_done(town: Town, database: str) -> None:
    late, in_time = town.requests.put(town.order()), town.requests.put(town.order())
    with psycopg.connect(database, autocommit=True) as shell:
        shell.execute("UPDATE requests SET asked_at = asked_at - 10001 WHERE number = %s", [late])
    town.start().turn(0.0)
    assert town.requests.reply(late) == TOO_LATE
    assert town.requests.reply(in_time) == {"ok": True}
    assert town.answered() == 1


ORDERS = {
    "a question": ({"do": "ping"}, {"ok": True}),
    "no order": ({}, {"ok": False, "why": "Object missing required field `hazard_id`"}),
    "nobody listens for a pace": ({"do": "pace", "speed": 1}, {"ok": False}),
}


@pytest.mark.parametrize("name", ORDERS)
def test_what_is_no_answer_is_replied_to_as_well(town: Town, name: str) -> None:
    order, reply = ORDERS[name]
    number = town.requests.put(order)
    town.start().turn(0.0)
    assert town.requests.reply(number) == reply


def test_why_an_answer_changes_nothing_is_said_in_both_languages(town: Town) -> None:
    number = town.requests.put(town.order("close"))
    town.start().turn(0.0)
    refused = town.requests.reply(number)
    assert refused == {
        "ok": False,
        "why": "警情尚未解除,不能销号",
        "why_en": "The incident is not lifted, so it cannot be closed",
    }


@pytest.fixture
def turning(town: Town) -> Iterator[Callable[[], None]]:
    """Starts a road that turns in a thread until the test ends."""
    gone = threading.Event()
    road = town.road

    def turn() -> None:
        while not gone.is_set():
            road.turn(0.01)

    thread = threading.Thread(target=turn)
    yield thread.start
    gone.set()
    thread.join()


def test_many_who_ask_at_once_each_get_their_reply(town: Town, turning: Callable[[], None]) -> None:
    client = DeskTableClient(town.requests)

    async def all_at_once() -> list[dict[str, Any]]:
        return await asyncio.gather(*(client.ask({"do": "ping"} if n % 2 else {}) for n in range(30)))

    turning()
    assert [reply["ok"] for reply in asyncio.run(all_at_once())] == [False, True] * 15


def test_a_road_that_is_away_is_a_timeout_and_a_database_that_is_away_an_oserror(
    town: Town, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_client, "PATIENCE_SECONDS", 0.1)
    client = DeskTableClient(town.requests)
    with pytest.raises(TimeoutError):
        asyncio.run(client.ask({"do": "ping"}))
    postgres.stop()
    with pytest.raises(ConnectionError, match="see that PostgreSQL runs there"):
        asyncio.run(client.ask({"do": "ping"}))


def test_a_reply_is_found_though_the_database_was_away_meanwhile(town: Town, postgres: Postgres) -> None:
    client = DeskTableClient(town.requests)

    async def story() -> dict[str, Any]:
        asking = asyncio.create_task(client.ask(town.order()))
        assert town.store is not None
        while not town.store.asked():
            await asyncio.sleep(0.01)
        town.store.close()
        postgres.stop()
        await asyncio.sleep(0.2)
        postgres.start()
        town.store = None
        town.start().turn(0.0)
        return await asking

    assert asyncio.run(story()) == {"ok": True}
    assert town.answered() == 1


def test_the_table_is_not_asked_at_every_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert town.store is not None
    asked: list[float] = []
    monkeypatch.setattr(town.store, "asked", lambda: asked.append(time.monotonic()) or [])
    desk = DeskTable(town.store)
    for _ in range(1000):
        desk.requests()
    assert len(asked) == 1
