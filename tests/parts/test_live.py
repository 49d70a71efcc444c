"""One meaning: the live road, the backtest at any batch size and the plain model say the same events."""

import json
import os
import random
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ingest.decode import Decoder
from ingest.feed_file import read_feed
from ingest.inputs import END, NO_SEQ, TICK
from ingest.message import Message
from ingest.topics import UP
from ingest.vocabulary import Vocabulary
from pipeline.backtest import Backtest
from pipeline.broker import embedded_broker
from pipeline.demo_feed import PreparedFeed, prepare_feed
from pipeline.site import Site, example_site, load_site
from rules.events import Event, outside
from simulators.replay import Replay
from tests.parts.live_road import BROKERS, LiveRoad, exported, fengshao
from tests.parts.small_site import DEVICES, write_small_site
from tests.reference.feed import rows_of
from tests.reference.model import Reference
from tests.reference.reading import Reading

RECORDS, SEED = 68_000, 7
BATCHES = (1, 7, 500, 68_000)
RAIN = (("20:05", "20:30"), ("20:45", "20:50"))
"""A storm and its cooking smoke; a quarter of an hour is left out, in which the replay must tell the time."""
START = 1_785_772_800_000


class Played(NamedTuple):
    """A site and a feed of it."""

    site: Site
    feed: Path


class Day(NamedTuple):
    """What a run of the whole day left: the figures, and the events that were exported."""

    summary: dict[str, Any]
    events: list[dict[str, Any]]


def shown(site: Site, events: Iterable[Event]) -> list[dict[str, Any]]:
    """In full, as the public JSON has them."""
    return [json.loads(json.dumps(outside(event, site.offset))) for event in events]


def backtested(played: Played, batch: int) -> list[dict[str, Any]]:
    return shown(played.site, Backtest(played.site, batch).events(read_feed(played.feed)))


def clock_row(kind: int, at: int) -> Reading:
    return Reading(-1, kind, 0.0, at, at, NO_SEQ, at)


def plainly(played: Played) -> Iterator[Event]:
    """One input at a time: each second's tick before its first message, each reading by itself, the end."""
    site, vocabulary = played.site, Vocabulary()
    vocabulary.register(site.places.devices)
    decoder = Decoder(vocabulary, site.timing)
    reference = Reference(site.rulebook, site.places, vocabulary, site.timing)
    second = at = 0
    for record in read_feed(played.feed):
        assert isinstance(record, Message)
        at = record.at
        if record.mqtt_topic.startswith(UP):
            if at // 1000 > second:
                second = at // 1000
                yield from reference.take(clock_row(TICK, second * 1000))
            for reading in rows_of(decoder.decode([record]).inputs):
                yield from reference.take(reading)
    yield from reference.take(clock_row(END, at))


@pytest.fixture(scope="module")
def prepared() -> PreparedFeed:
    return prepare_feed(load_site(example_site()), RECORDS, SEED)


@pytest.fixture(scope="module")
def whole(prepared: PreparedFeed) -> Played:
    return Played(load_site(example_site()), prepared.feed)


@pytest.fixture(scope="module")
def said(whole: Played) -> list[dict[str, Any]]:
    """The events of the whole day by the backtest as the command runs it."""
    events = backtested(whole, 4096)
    assert len(events) > 300
    return events


@pytest.fixture(scope="module")
def storm(whole: Played, tmp_path_factory: pytest.TempPathFactory) -> Played:
    path = tmp_path_factory.mktemp("storm") / "storm.jsonl"
    with whole.feed.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as kept:
        for line in lines:
            clock = json.loads(line)["at"][11:16]
            if any(start <= clock < stop for start, stop in RAIN):
                kept.write(line)
    return Played(whole.site, path)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Eight detectors that speak each few seconds, late and twice at times; twice all are quiet for fifteen minutes."""
    folder = tmp_path_factory.mktemp("street")
    chance = random.Random(7)
    at = START
    with (folder / "street.jsonl").open("w", encoding="utf-8") as feed:
        for number in range(400):
            at += 900_000 if number % 150 == 149 else chance.randrange(1, 9_000)
            payload: dict[str, Any] = {"values": {"smoke": chance.choice([0.05, 0.05, 0.3, 0.3, 1.5])}}
            if chance.random() < 0.7:
                payload |= {"ts": at - chance.randrange(0, 20_000), "seq": number}
            if chance.random() < 0.3:
                payload["flags"] = chance.choice([[], ["fire"], ["fault"]])
            line = json.dumps({"at": at, "topic": f"{UP}{chance.choice(DEVICES)}", "payload": payload}) + "\n"
            feed.write(line * chance.choice([1, 1, 1, 2]))
    return Played(load_site(write_small_site(folder)), folder / "street.jsonl")


@pytest.fixture(scope="module", params=BROKERS)
def day(request: pytest.FixtureRequest, prepared: PreparedFeed, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """``fengshao demo --exit --speed max``: broker, road and replay as the demonstration runs them."""
    folder = tmp_path_factory.mktemp(request.param)
    command = fengshao("demo", "--exit", "--speed", "max", "--seed", str(SEED))
    command += ["--summary", str(folder / "summary.json"), "--data", str(folder / "data")]
    ran = subprocess.run(
        command, env=os.environ | {"FENGSHAO_BROKER": request.param}, capture_output=True, text=True, timeout=150
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Day(json.loads((folder / "summary.json").read_text()), exported("events", example_site(), folder / "data"))


def test_the_whole_day_live_at_full_speed_is_what_the_backtest_says(day: Day, said: list[dict[str, Any]]) -> None:
    assert day.events == said


def test_every_message_of_the_day_is_counted_once_and_the_truth_is_found(day: Day, prepared: PreparedFeed) -> None:
    summary = day.summary
    assert summary["published"] == summary["received"] == RECORDS
    assert summary["accepted"] + sum(summary["rejected"].values()) + summary["duplicates"] == RECORDS
    assert summary["duplicates"] == prepared.truth["totals"]["duplicates"]
    assert sum(summary["rejected"].values()) == prepared.truth["totals"]["messages_malformed"]
    assert summary["truth"] == {"found": len(prepared.truth["episodes"]), "missed": 0, "false": 0}
    assert sum(summary["events"].values()) == len(day.events)


def test_the_whole_day_one_input_at_a_time_by_the_plain_model(whole: Played, said: list[dict[str, Any]]) -> None:
    assert shown(whole.site, plainly(whole)) == said


@pytest.mark.parametrize("batch", [500, RECORDS])
def test_the_whole_day_in_batches_of_any_size(batch: int, whole: Played, said: list[dict[str, Any]]) -> None:
    assert backtested(whole, batch) == said


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("feed", ["storm", "street"])
def test_a_slice_in_batches_of_any_size(feed: str, batch: int, request: pytest.FixtureRequest) -> None:
    played: Played = request.getfixturevalue(feed)
    assert backtested(played, batch) == shown(played.site, plainly(played))


def test_the_street_has_what_time_alone_causes(street: Played) -> None:
    caused = {(event["rule"], event["reason"]) for event in backtested(street, 1)}
    assert caused == {("smoke", "reading"), ("fire", "reading"), ("quiet", "time"), ("quiet", "reading")}


@pytest.mark.parametrize("broker", BROKERS)
@pytest.mark.parametrize("feed", ["storm", "street"])
def test_live_at_six_hundred_times_the_speed_of_life(
    feed: str, broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    played: Played = request.getfixturevalue(feed)
    with embedded_broker(tmp_path / "broker", broker) as running:
        road = LiveRoad(played.site.folder, tmp_path / "data", running.url, "feed", "--until-end").start()
        counts = Replay(running.url, played.feed, 600).run()
        road.finish(20)
    assert counts["ticks"] >= 2, "the replay never told the time in its pause"
    events = road.exported("events")
    assert len(events) > 10
    assert events == backtested(played, 4096)
