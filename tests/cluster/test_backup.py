"""A cluster's database, restored: what Kafka holds since the backup is read again, nothing is missing or double."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.site import example_site
from tests.cluster.roles import Events, Roles
from tests.cluster.test_alerts import stored, wait_for_events
from tests.parts.brokers import Mosquitto
from tests.parts.kafka import Kafka as KafkaServer
from tests.parts.postgres import Postgres

pytestmark = [pytest.mark.part("kafka"), pytest.mark.part("postgres"), pytest.mark.part("mosquitto")]


@pytest.fixture
def databases(postgres: Postgres) -> Iterator[list[str]]:
    """Three empty ones: of the installation, and to restore into."""
    names = [f"backup_{uuid4().hex}" for _ in range(3)]
    for name in names:
        postgres.execute(f"CREATE DATABASE {name}")
    yield [postgres.url(name) for name in names]
    for name in names:
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def at_work(roles: Roles, feed: Path, speed: str) -> None:
    """All roles, and the feed on its way."""
    roles.worker()
    roles.ingest()
    roles.alerts()
    roles.at_work()
    roles.replay(feed, speed)


def test_events_after_the_backup_are_read_again_from_this_kafka_or_a_new_one(
    kafka: KafkaServer, mosquitto: Mosquitto, databases: list[str], feed: Path, right: Events, tmp_path: Path
) -> None:
    first, second, third = databases
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    file = str(tmp_path / "file")
    with Roles(kafka, example_site(), mosquitto.url, 4, folders[0], first) as one:
        at_work(one, feed, "5000")
        wait_for_events(one, first, 20)
        assert one.run("backup", file, "--data", str(folders[0])).returncode == 0
        wait_for_events(one, first, len(right))
        expected = stored(first)
        one.environment["FENGSHAO_DATABASE"] = second
        restored = one.run("restore", file, "--data", str(folders[0]))
        assert restored.returncode == 0, restored.stderr
        assert 0 < len(stored(second)["events"]) < len(right), "the backup is of the midst"
        one.alerts()
        wait_for_events(one, second, len(right))
        assert stored(second) == expected
    with Roles(kafka, example_site(), mosquitto.url, 4, folders[1], third) as anew:
        # `init` made the tables; of the old topics there are none here.
        assert anew.run("restore", file, "--data", str(folders[1]), "--new-kafka").returncode == 0
        at_work(anew, feed, "max")
        wait_for_events(anew, third, len(right))
        assert stored(third)["events"] == expected["events"]
        assert stored(third)["alerts"] == expected["alerts"]
