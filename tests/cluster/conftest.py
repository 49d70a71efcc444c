"""A feed, what the backtest says of it, and an installation of the cluster's roles."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.instants import instant
from pipeline.site import example_site
from tests.cluster.roles import Events, Roles
from tests.parts.brokers import Mosquitto
from tests.parts.kafka import Kafka as KafkaServer
from tests.parts.live_road import fengshao

RECORDS = "12000"


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feed") / "day.jsonl"
    subprocess.run(fengshao("feed", "--records", RECORDS, "--out", str(path)), check=True, capture_output=True)
    subprocess.run(fengshao("backtest", str(path), "--events", f"{path}.events"), check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def right(feed: Path) -> Events:
    """What the backtest says."""
    lines = [json.loads(line) for line in Path(f"{feed}.events").read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 100
    return {json.dumps([one["id"], one["event"], one["level"], moment(one["at"])]): one for one in lines}


def moment(text: str) -> int:
    found = instant(text)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def last(feed: Path) -> int:
    """When the feed ends."""
    *_, line = feed.read_text(encoding="utf-8").splitlines()
    return moment(json.loads(line)["at"])


@pytest.fixture
def roles(request: pytest.FixtureRequest, kafka: KafkaServer, mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Roles]:
    shards = getattr(request, "param", 4)
    with Roles(kafka, example_site(), mosquitto.url, shards, tmp_path) as running:
        yield running
