"""The alerts role: PostgreSQL holds what the embedded road would hold, killed or not, the database away or not."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.store import Database, Reader
from ingest.topics import TICK, UP_FILTER
from pipeline.cluster.topics import EVENTS, READINGS, REJECTED
from pipeline.run_road import connect
from pipeline.site import example_site, load_site
from tests.cluster.roles import Events, Roles
from tests.parts.brokers import Mosquitto
from tests.parts.kafka import Kafka as KafkaServer
from tests.parts.live_road import exported, fengshao
from tests.parts.postgres import Postgres

pytestmark = [pytest.mark.part("kafka"), pytest.mark.part("postgres"), pytest.mark.part("mosquitto")]

LEDGER = ("events", "alerts", "hazards", "tickets", "notices")
BEIJING = 480


@pytest.fixture
def roles(kafka: KafkaServer, database: str, mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Roles]:
    with Roles(kafka, example_site(), mosquitto.url, 4, tmp_path, database) as running:
        yield running


@pytest.fixture
def embedded(feed: Path, mosquitto: Mosquitto, tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    """What the embedded road keeps of the same feed."""
    data = tmp_path / "embedded"
    site = load_site(example_site())
    first = connect(site, mosquitto.url, "feed")
    assert first.connect(), first.refusal
    assert {UP_FILTER, TICK} <= set(first._filters)
    for _ in range(5):
        first.receive(0.02)
    first.close()
    replay = subprocess.Popen(fengshao("replay", str(feed), "--mqtt", mosquitto.url, "--speed", "max"))
    road = fengshao("road", "--data", str(data), "--mqtt", mosquitto.url, "--clock", "feed", "--until-end")
    subprocess.run(road, check=True, timeout=120, capture_output=True)
    assert replay.wait(30) == 0
    return {kind: by_id(exported(kind, site.folder, data)) for kind in LEDGER}


def by_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In one order, without what depends on when a channel was tried."""
    tried = ("tries", "next_try_at", "sent_at", "delivered_at", "state", "failure")
    spoken: list[dict[str, Any]] = json.loads(msgspec.json.encode(rows))
    kept = [{name: value for name, value in row.items() if name not in tried} for row in spoken]
    return sorted(kept, key=lambda row: str(sorted(row.items())))


def stored(database: str) -> dict[str, list[dict[str, Any]]]:
    with Reader(Database(database)) as reader:
        return {kind: by_id(list(reader.export(kind, offset_minutes=BEIJING))) for kind in LEDGER}


def wait_for_events(roles: Roles, database: str, count: int, seconds: float = 90.0) -> None:
    """Until the database has so many; a moment more for one too many."""
    until = time.monotonic() + seconds
    with Reader(Database(database)) as reader:
        while len(list(reader.export("events"))) < count:
            assert time.monotonic() < until, [roles.said(role) for role in ("ingest", "worker", "alerts")]
            roles.revive()
            time.sleep(0.3)
    time.sleep(2.0)


def test_the_database_holds_what_the_embedded_road_holds_and_poison_is_set_aside(
    roles: Roles, database: str, feed: Path, right: Events, embedded: dict[str, list[dict[str, Any]]]
) -> None:
    roles.put(READINGS, 0, b"poison")
    roles.put(EVENTS, 1, b'{"version": 1')
    roles.put(REJECTED, 0, b"\xff")
    roles.worker()
    roles.ingest()
    roles.alerts()
    roles.at_work()
    roles.replay(feed, "max")
    wait_for_events(roles, database, len(right))
    assert stored(database) == embedded
    with Reader(Database(database)) as reader:
        aside = [row["topic"] for row in reader.export("rejected") if row["reason"] == "bad_packet"]
    assert sorted(topic.rpartition(".")[2] for topic in aside) == ["alert-events/1/0", "readings/0/0", "rejected/0/0"]


def test_kill_9_and_a_database_that_goes_away_lose_nothing_and_store_nothing_twice(
    roles: Roles,
    database: str,
    feed: Path,
    right: Events,
    embedded: dict[str, list[dict[str, Any]]],
    postgres: Postgres,
) -> None:
    roles.worker()
    roles.ingest()
    alerts = roles.alerts()
    roles.at_work()
    roles.replay(feed)
    roles.wait_for_packets(20)
    alerts.kill()
    roles.alerts()
    roles.wait_for_packets(40)
    postgres.stop()
    time.sleep(3)
    postgres.start()
    wait_for_events(roles, database, len(right))
    assert stored(database) == embedded


def test_an_old_database_and_wrong_credentials_are_named(roles: Roles, database: str, tmp_path: Path) -> None:
    words = ("alerts", "--mqtt", "mqtt://127.0.0.1:1", "--data", str(tmp_path / "d"))
    wrong = database.replace("of-the-tests", "wrong")
    ran = roles.run(*words, more={"FENGSHAO_DATABASE": wrong})
    assert ran.returncode == 1
    assert "correct the user or the password" in ran.stderr
    assert "wrong" not in ran.stderr + ran.stdout
    none = roles.run(*words, more={"FENGSHAO_DATABASE": ""})
    assert none.returncode == 1
    assert "FENGSHAO_DATABASE: found nothing; expected postgresql://" in none.stderr
