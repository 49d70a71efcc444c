"""The sink: InfluxDB holds every reading and event of a feed, once, whatever ends or goes away on the way."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from dashboards.influx import InfluxSink
from ingest.inputs import COLUMN_TYPES, inputs_of
from ingest.packets import Packet, pack_packet
from ingest.vocabulary import Vocabulary
from pipeline.cluster.topics import EVENTS, READINGS
from pipeline.site import example_site, load_site
from tests.cluster.influx_bucket import Bucket
from tests.cluster.roles import Events, Roles
from tests.cluster.sink_feed import Record, SinkFeed, happened
from tests.dashboards.scripted import Answer, scripted
from tests.parts.brokers import Mosquitto
from tests.parts.influx import Influx
from tests.parts.kafka import Kafka as KafkaServer

pytestmark = [pytest.mark.part("kafka"), pytest.mark.part("influx")]

SHARDS = 4


@pytest.fixture(scope="module")
def said(feed: Path) -> SinkFeed:
    found = SinkFeed(load_site(example_site()), feed, SHARDS)
    assert len(found.readings) > 10_000
    return found


@pytest.fixture
def kept(influx: Influx, bucket: str) -> Bucket:
    return Bucket(influx, bucket)


@pytest.fixture
def roles(kafka: KafkaServer, kept: Bucket, tmp_path: Path) -> Iterator[Roles]:
    with Roles(kafka, example_site(), "", SHARDS, tmp_path) as running:
        running.environment |= kept.environment
        yield running


def put(roles: Roles, records: Sequence[Record]) -> None:
    """Into Kafka, all in their order."""

    async def send() -> None:
        async with AIOKafkaProducer(**roles.kafka.client(), linger_ms=5) as producer:
            for topic, partition, value in records:
                await producer.send(roles.kafka.topic(topic), value, partition=partition)
            await producer.flush()

    asyncio.run(send())


def wait_until(roles: Roles, true: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, [path.read_text() for path in roles.log("x").parent.glob("*.log")]
        roles.revive()
        time.sleep(0.1)


def wait_for_all(roles: Roles, kept: Bucket, said: SinkFeed) -> None:
    """Until InfluxDB holds all of it, and no more than that."""
    wait_until(roles, lambda: kept.events() >= said.events and len(kept.readings()) >= len(said.readings))
    assert kept.readings() == said.readings
    assert kept.events() == said.events


@pytest.mark.part("mosquitto")
def test_influxdb_holds_what_came_over_the_whole_road_as_the_backtest_has_it(
    kafka: KafkaServer, kept: Bucket, mosquitto: Mosquitto, tmp_path: Path, feed: Path, said: SinkFeed, right: Events
) -> None:
    with Roles(kafka, example_site(), mosquitto.url, SHARDS, tmp_path) as roles:
        roles.environment |= kept.environment
        roles.worker()
        roles.ingest()
        roles.sink()
        roles.at_work()
        roles.replay(feed, "max")
        wait_for_all(roles, kept, said)
        assert kept.events() == happened(right)


def hold_up(roles: Roles, kept: Bucket, influx: Influx, first: Sequence[Record], rest: Sequence[Record]) -> None:
    """The sink has written some of ``first``, and cannot write what it has read of ``rest``."""
    put(roles, first)
    wait_until(roles, lambda: bool(kept.readings()))
    influx.stop()
    put(roles, rest)
    wait_until(roles, lambda: "InfluxDB cannot be reached" in roles.said("sink"))


def test_kill_9_loses_nothing_of_what_was_read_and_not_yet_written(
    roles: Roles, kept: Bucket, said: SinkFeed, influx: Influx
) -> None:
    middle = len(said.records) // 2
    sink = roles.sink()
    hold_up(roles, kept, influx, said.records[:middle], said.records[middle:])
    sink.kill()
    influx.start()
    roles.sink()
    wait_for_all(roles, kept, said)


def test_an_influxdb_that_goes_away_is_waited_for_and_said_once(
    roles: Roles, kept: Bucket, said: SinkFeed, influx: Influx
) -> None:
    middle = len(said.records) // 2
    roles.sink()
    hold_up(roles, kept, influx, said.records[:middle], said.records[middle:])
    time.sleep(2)
    influx.start()
    wait_for_all(roles, kept, said)
    assert roles.said("sink").count("InfluxDB cannot be reached") == 1
    assert "InfluxDB takes lines again" in roles.said("sink")


def test_a_kafka_that_goes_away_is_waited_for(roles: Roles, kept: Bucket, said: SinkFeed, kafka: KafkaServer) -> None:
    middle = len(said.records) // 2
    roles.sink()
    put(roles, said.records[:middle])
    wait_until(roles, lambda: bool(kept.readings()))
    kafka.stop()
    time.sleep(2)
    kafka.start()
    put(roles, said.records[middle:])
    wait_for_all(roles, kept, said)


def test_a_second_sink_joins_and_the_first_leaves_without_a_gap(
    roles: Roles, kept: Bucket, said: SinkFeed, influx: Influx
) -> None:
    quarter = len(said.records) // 4
    first = roles.sink()
    hold_up(roles, kept, influx, said.records[:quarter], said.records[quarter : 2 * quarter])
    roles.sink()
    wait_until(roles, lambda: roles.said("sink").count("at work") == 2)
    influx.start()
    for start in range(2 * quarter, 3 * quarter, 40):
        put(roles, said.records[start : min(start + 40, 3 * quarter)])
        time.sleep(0.1)
    first.terminate()
    assert first.wait(5) == 0
    put(roles, said.records[3 * quarter :])
    wait_for_all(roles, kept, said)


def test_what_cannot_be_read_and_what_influxdb_refuses_is_skipped_and_said(
    roles: Roles, kept: Bucket, said: SinkFeed, influx: Influx
) -> None:
    (at, *_) = sorted(ts for _, _, ts in said.readings)
    before = InfluxSink(influx.url, influx.token, influx.org, kept.name)
    before.write([b"reading,device=other odd=3i %d" % at])
    before.close()
    put(roles, [(READINGS, 0, b"poison"), (EVENTS, 1, b'{"version": 1'), (READINGS, 2, packet("odd", 1.5, at))])
    put(roles, said.records)
    roles.sink()
    wait_until(roles, lambda: len(kept.readings()) > len(said.readings))
    assert {key: value for key, value in kept.readings().items() if key[1] != "odd"} == said.readings
    told = roles.said("sink")
    assert "skipped: " in told
    assert "InfluxDB refuses a line: " in told
    assert "partial write: field type conflict" in told
    assert "reading,device=D1," in told


def packet(metric: str, value: float, at: int) -> bytes:
    """One reading of the device D1."""
    words = Vocabulary()
    row = {"device": words.device("D1"), "metric": words.metric(metric), "value": value, "ts": at, "at": at}
    inputs = inputs_of({name: [row.get(name, 0)] for name in COLUMN_TYPES})
    return pack_packet(Packet("field", 1, inputs), words)


def test_a_bucket_that_is_missing_is_said_and_init_makes_it_under_a_running_sink(
    roles: Roles, kept: Bucket, influx: Influx
) -> None:
    now = time.time_ns() // 1_000_000
    made = Bucket(influx, f"{kept.name}-made")
    roles.environment |= made.environment
    put(roles, [(READINGS, 0, packet("smoke", 1.5, now))])
    roles.sink()
    wait_until(roles, lambda: "no such organisation or bucket (404): run fengshao init" in roles.said("sink"))
    told = [roles.run("init").stdout.splitlines()[-1] for _ in range(2)]
    assert told == [f"bucket  {made.name}  made", f"bucket  {made.name}  was there"]
    wait_until(roles, lambda: made.readings() == {("D1", "smoke", now): 1.5})


def test_a_wrong_token_is_said_and_not_shown_and_nothing_is_lost_by_it(roles: Roles, kept: Bucket) -> None:
    put(roles, [(READINGS, 0, packet("smoke", 1.5, 1_790_000_000_000))])
    right = dict(roles.environment)
    roles.environment["FENGSHAO_INFLUX_TOKEN"] = "mistaken"
    wrong = roles.sink()
    wait_until(roles, lambda: "token not accepted (401): renew FENGSHAO_INFLUX_TOKEN" in roles.said("sink"))
    assert roles.run("init").returncode == 1
    assert "mistaken" not in roles.said("sink")
    wrong.terminate()
    assert wrong.wait(5) == 0
    roles.environment |= right
    roles.sink()
    wait_until(roles, lambda: kept.readings() == {("D1", "smoke", 1_790_000_000_000): 1.5})


def test_a_stop_does_not_wait_for_an_influxdb_that_does_not_answer(roles: Roles, said: SinkFeed) -> None:
    put(roles, said.records[:20])

    gone = threading.Event()

    def silent(_: object) -> Answer:
        gone.wait(20)
        return Answer(204)

    with scripted(silent) as server:
        roles.environment["FENGSHAO_INFLUX_URL"] = server.url
        sink = roles.sink()
        wait_until(roles, lambda: bool(server.asked))
        sink.terminate()
        assert sink.wait(5) == 0
        gone.set()
