"""The ingest role as a program on real parts: large messages, a second program beside it, a Kafka that is away."""

import time
from pathlib import Path
from typing import Any

import pytest

from ingest.topics import UP
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.lead import Lead
from pipeline.cluster.refusals import MOST_BYTES, unpack_refusal
from pipeline.cluster.topics import READINGS, REJECTED
from simulators.mqtt import MqttLink
from tests.cluster.roles import Roles
from tests.cluster.test_heartbeat import until
from tests.parts.brokers import Mosquitto
from tests.parts.kafka import Kafka as KafkaServer

pytestmark = [pytest.mark.part("kafka"), pytest.mark.part("mosquitto")]

LEAVE_SECONDS = 5.0


class Preferred(Kafka):
    """Kafka names a member by its client's id, so this one comes first wherever members are sorted by name."""

    def client(self) -> dict[str, Any]:
        return super().client() | {"client_id": "0"}


def test_messages_larger_than_a_record_are_refused_and_the_next_one_counts(roles: Roles, mosquitto: Mosquitto) -> None:
    ingest = roles.ingest()
    roles.at_work()
    link = MqttLink(mosquitto.url, "device")
    assert link.connect(), link.refusal
    large = [b'{"note": "' + b"x" * size + b'"}' for size in (2_200_000, 10 << 20)]
    for payload in [*large, b'{"values": {"smoke": 0.05}}']:
        link.publish(f"{UP}T1", payload)
    assert link.drain(20.0)
    link.close()
    until(lambda: any(b"T1" in packet for _, packet in roles.records(READINGS)), roles)
    found = [one for _, value in roles.records(REJECTED) for one in unpack_refusal(value)]
    assert [(one.reason, one.payload) for one in found] == [("too_large", one[:MOST_BYTES]) for one in large]
    assert "trying on" not in roles.said("ingest")
    assert ingest.poll() is None


def test_one_that_joins_stands_by_until_the_first_is_killed(roles: Roles) -> None:
    first = roles.ingest()
    roles.at_work()
    joins = Lead(Preferred(roles.kafka.bootstrap, roles.kafka.shards, roles.kafka.prefix), "field")
    try:
        patience = time.monotonic() + LEAVE_SECONDS
        assert not joins.wait(lambda: time.monotonic() > patience)
        assert first.poll() is None
        first.kill()
        patience = time.monotonic() + 30
        assert joins.wait(lambda: time.monotonic() > patience)
    finally:
        joins.close()


@pytest.mark.parametrize("standing_by", [False, True])
def test_one_that_is_to_leave_while_kafka_is_away_does(
    roles: Roles, mosquitto: Mosquitto, kafka: KafkaServer, tmp_path: Path, standing_by: bool
) -> None:
    words = ("ingest", "--mqtt", mosquitto.url, "--clock", "wall")
    programs = [roles.start(*words)]
    until(lambda: bool(roles.records(READINGS)), roles)
    if standing_by:
        programs.append(roles.start(*words))
        until(lambda: "standing by" in roles.said("ingest"), roles)
    kafka.stop()
    time.sleep(2.0)
    began = time.monotonic()
    for program in programs:
        program.terminate()
    assert [program.wait(LEAVE_SECONDS) for program in programs] == [0] * len(programs)
    assert time.monotonic() < began + LEAVE_SECONDS
    assert "Traceback" not in roles.said("ingest")
    assert "destroyed" not in roles.said("ingest")
