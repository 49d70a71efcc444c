"""The cluster says what the backtest says: to the last event, on any number of shards and workers, killed or not."""

import time
from pathlib import Path

import pytest

from pipeline.cluster.kafka import STATE
from pipeline.cluster.topics import INGEST_STATE
from tests.cluster.roles import Events, Roles
from tests.parts.kafka import Kafka as KafkaServer

pytestmark = [pytest.mark.part("kafka"), pytest.mark.part("mosquitto")]


@pytest.mark.parametrize(("roles", "workers"), [(1, 1), (16, 2)], indirect=["roles"])
def test_the_events_are_those_of_the_backtest(roles: Roles, workers: int, feed: Path, right: Events, last: int) -> None:
    for _ in range(workers):
        roles.worker()
    roles.ingest()
    roles.at_work()
    roles.replay(feed, "max")
    roles.wait_for(last)
    assert roles.events() == right


def test_kill_9_of_a_worker_and_of_ingest_and_poison_in_their_states_lose_and_change_nothing(
    roles: Roles, feed: Path, right: Events, last: int
) -> None:
    worker = roles.worker()
    roles.worker()
    ingest = roles.ingest()
    roles.at_work()
    roles.replay(feed)
    roles.wait_for_packets(40)
    roles.put(INGEST_STATE, 0, b"poison", b"field")
    for key in (b"\xff", b"0/manifest"):
        roles.put(STATE, 0, b"\xc1poison", key)
    worker.kill()
    roles.worker()
    ingest.kill()
    roles.ingest()
    roles.wait_for(last)
    assert roles.events() == right
    assert "shard 0 is judged again from the beginning" in roles.said("worker")
    assert "ingest-state, offset" in roles.said("ingest")
    assert "stuck" not in roles.said("worker")


def test_a_worker_that_joins_and_one_that_leaves_change_nothing(
    roles: Roles, feed: Path, right: Events, last: int
) -> None:
    first = roles.worker()
    roles.ingest()
    roles.at_work()
    roles.replay(feed)
    roles.wait_for_packets(20)
    roles.worker()
    time.sleep(3)
    first.terminate()
    roles.wait_for(last)
    assert roles.events() == right
    assert "stuck" not in roles.said("worker")


def test_a_kafka_that_goes_away_for_a_while_loses_nothing(
    roles: Roles, feed: Path, right: Events, last: int, kafka: KafkaServer
) -> None:
    roles.worker()
    roles.ingest()
    roles.at_work()
    roles.replay(feed)
    roles.wait_for_packets(20)
    kafka.stop()
    time.sleep(5)
    kafka.start()
    roles.wait_for(last)
    assert roles.events() == right
