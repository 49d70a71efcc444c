"""A role waits for a Kafka that is away; what waiting cannot mend ends it with a word (test_doctor.py)."""

import time
from pathlib import Path

import pytest

from pipeline.site import example_site
from tests.cluster.roles import Roles
from tests.cluster.test_heartbeat import until
from tests.parts.kafka import Kafka as KafkaServer

pytestmark = pytest.mark.part("kafka")


def test_roles_that_start_before_kafka_wait_for_it_and_one_that_is_to_leave_does(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    with Roles(kafka, example_site(), "mqtt://127.0.0.1:1", 2, tmp_path) as roles:
        kafka.stop()
        roles.ingest()
        leaves = roles.worker()
        roles.environment["FENGSHAO_DATABASE"] = "postgresql://nobody@127.0.0.1:1/none"
        asked = roles.alerts()
        for role in ("ingest", "worker", "alerts"):
            until(lambda role=role: "nobody answers; is Kafka running there" in roles.said(role), roles)
        asked.terminate()
        leaves.terminate()
        assert asked.wait(5) == 0
        leaves.wait(5)
        time.sleep(1.5)
        kafka.start()
        until(lambda: "at work" in roles.said("ingest"), roles)
        assert roles.said("ingest").count("trying on") == 1


def test_more_copies_than_kafka_has_machines_and_numbers_that_are_none_are_named(
    kafka: KafkaServer, tmp_path: Path
) -> None:
    with Roles(kafka, example_site(), "", 2, tmp_path) as roles:
        three = {"FENGSHAO_KAFKA_COPIES": "3", "FENGSHAO_KAFKA_PREFIX": f"{roles.kafka.prefix}-of-three"}
        ran = roles.run("init", more=three)
        assert ran.returncode == 1
        assert "Kafka does not make it" in ran.stderr
        assert "FENGSHAO_KAFKA_COPIES" in ran.stderr
        for told in ("0", "none", "٣"):
            ran = roles.run("init", more={"FENGSHAO_KAFKA_COPIES": told})
            assert ran.returncode == 1
            assert f"FENGSHAO_KAFKA_COPIES: found {told!r}; expected a number from 1 to 9" in ran.stderr
