"""The cluster says what the backtest says: to the last event, on any number of shards and workers, killed or not."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.site import example_site
from tests.cluster.roles import Events, Roles
from tests.parts.brokers import Mosquitto
from tests.parts.kafka import Kafka as KafkaServer
from tests.parts.live_road import fengshao

pytestmark = [pytest.mark.part("kafka"), pytest.mark.part("mosquitto")]

RECORDS = "12000"
SPEED = "20000"


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import subprocess

    path = tmp_path_factory.mktemp("feed") / "day.jsonl"
    subprocess.run(fengshao("feed", "--records", RECORDS, "--out", str(path)), check=True, capture_output=True)
    subprocess.run(fengshao("backtest", str(path), "--events", f"{path}.events"), check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def right(feed: Path) -> Events:
    """What the backtest says."""
    lines = [json.loads(line) for line in Path(f"{feed}.events").read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 100
    return {json.dumps([one["id"], one["event"], one["level"], _ms(one["at"])]): one for one in lines}


def _ms(text: str) -> int:
    from ingest.instants import instant

    found = instant(text)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def last(feed: Path) -> int:
    """When the feed ends."""
    *_, line = feed.read_text(encoding="utf-8").splitlines()
    return _ms(json.loads(line)["at"])


@pytest.fixture
def roles(request: pytest.FixtureRequest, kafka: KafkaServer, mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Roles]:
    shards = getattr(request, "param", 4)
    with Roles(kafka, example_site(), mosquitto.url, shards, tmp_path) as running:
        yield running


def replay(roles: Roles, feed: Path, mosquitto: Mosquitto, speed: str = SPEED) -> None:
    words = ["replay", str(feed), "--mqtt", mosquitto.url, "--speed", speed]
    roles.start(*words)


def at_work(roles: Roles) -> None:
    """Ingest has subscribed: what is published from now on waits for it, whatever happens to it."""
    until = time.monotonic() + 30
    while "at work" not in roles.said("ingest"):
        assert time.monotonic() < until, roles.said("ingest")
        time.sleep(0.1)
    time.sleep(1.0)


@pytest.mark.parametrize(("roles", "workers"), [(1, 1), (16, 2)], indirect=["roles"])
def test_the_events_are_those_of_the_backtest(
    roles: Roles, workers: int, feed: Path, right: Events, last: int, mosquitto: Mosquitto
) -> None:
    for _ in range(workers):
        roles.worker()
    roles.ingest()
    at_work(roles)
    replay(roles, feed, mosquitto, "max")
    roles.wait_for(last)
    assert roles.events() == right


def test_kill_9_of_a_worker_and_of_ingest_loses_and_changes_nothing(
    roles: Roles, feed: Path, right: Events, last: int, mosquitto: Mosquitto
) -> None:
    worker = roles.worker()
    ingest = roles.ingest()
    at_work(roles)
    replay(roles, feed, mosquitto)
    roles.wait_for_packets(40)
    worker.kill()
    roles.worker()
    ingest.kill()
    roles.ingest()
    roles.wait_for(last)
    assert roles.events() == right


def test_a_worker_that_joins_and_one_that_leaves_change_nothing(
    roles: Roles, feed: Path, right: Events, last: int, mosquitto: Mosquitto
) -> None:
    first = roles.worker()
    roles.ingest()
    at_work(roles)
    replay(roles, feed, mosquitto)
    roles.wait_for_packets(20)
    roles.worker()
    time.sleep(3)
    first.terminate()
    roles.wait_for(last)
    assert roles.events() == right


def test_a_kafka_that_goes_away_for_a_while_loses_nothing(
    roles: Roles, feed: Path, right: Events, last: int, mosquitto: Mosquitto, kafka: KafkaServer
) -> None:
    roles.worker()
    roles.ingest()
    at_work(roles)
    replay(roles, feed, mosquitto)
    roles.wait_for_packets(20)
    kafka.stop()
    time.sleep(5)
    kafka.start()
    roles.wait_for(last)
    assert roles.events() == right
