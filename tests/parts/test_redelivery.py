"""Both embedded brokers deliver again what a killed road had not acknowledged, and nothing of it counts twice."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.broker import embedded_broker
from pipeline.run_road import connect
from pipeline.site import Site, example_site, load_site
from simulators.mqtt import MqttLink
from simulators.replay import Replay
from tests.parts.killed_road import BETWEEN
from tests.parts.live_road import BROKERS, LiveRoad

START = 1_785_772_800_000
MESSAGES = 1_500
UNSTORED = ["after receive", "before commit"]
STORED = ["after commit", BETWEEN]


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(example_site())


@pytest.fixture(scope="module")
def feed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Readings without time and number, many of them word for word the same; a fire now and then."""
    path = tmp_path_factory.mktemp("feed") / "plain.jsonl"
    devices = [device.device_id for device in site.places.devices.values() if device.type == "smoke"][:5]
    with path.open("w") as file:
        for number in range(MESSAGES):
            payload: dict[str, Any] = {"values": {"smoke": 0.01}}
            if number % 300 == 150:
                payload["flags"] = ["fire"]
            line = {"at": START + number * 2_000, "topic": f"fengshao/v1/up/{devices[number % 5]}", "payload": payload}
            file.write(json.dumps(line) + "\n")
    return path


def leave_session(site: Site, url: str) -> None:
    """The broker knows the road from now on, and keeps for it what comes."""
    source = connect(site, url, "feed")
    assert source.connect(), source.refusal
    for _ in range(5):
        source.receive(0.02)
    source.close()


def kept(road: LiveRoad) -> dict[str, Any]:
    """What is stored, but for how often something came again."""
    totals = road.totals()
    for name in ("redelivered", "events_published"):
        totals.pop(name, None)
    return {"totals": totals, **{kind: road.exported(kind) for kind in ("events", "readings", "alerts")}}


def run(site: Site, feed: Path, broker: str, folder: Path, point: str = "", nth: int = 0) -> LiveRoad:
    """The whole feed waits at the broker; a road that is killed at ``point``, if there is one; a road that ends."""
    with embedded_broker(folder / "broker", broker) as running:
        leave_session(site, running.url)
        Replay(running.url, feed, "max").run()
        if point:
            arguments = [str(folder / "data"), running.url, str(folder / "again"), point, str(nth)]
            killed = subprocess.run([sys.executable, "-m", "tests.parts.killed_road", *arguments], timeout=60)
            assert killed.returncode == -signal.SIGKILL
        road = LiveRoad(site.folder, folder / "data", running.url, "feed", "--until-end").start()
        road.finish(60)
    return road


@pytest.fixture(scope="module", params=BROKERS)
def broker(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def unkilled(broker: str, site: Site, feed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = kept(run(site, feed, broker, tmp_path_factory.mktemp("unkilled")))
    assert found["totals"]["received"] == found["totals"]["accepted"] == MESSAGES
    assert len(found["events"]) == 10
    return found


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", UNSTORED)
def test_what_was_not_stored_comes_again(
    point: str, nth: int, broker: str, unkilled: dict[str, Any], site: Site, feed: Path, tmp_path: Path
) -> None:
    assert kept(run(site, feed, broker, tmp_path, point, nth)) == unkilled


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", STORED)
def test_what_was_stored_comes_again_and_counts_once(
    point: str, nth: int, broker: str, unkilled: dict[str, Any], site: Site, feed: Path, tmp_path: Path
) -> None:
    road = run(site, feed, broker, tmp_path, point, nth)
    assert road.totals()["redelivered"] >= 1
    assert kept(road) == unkilled


EQUAL, UNLIKE = '{"flags": []}', '{"values": {"rssi": -%d}}'
"""mosquitto says what it delivers again, so equal words are told apart; of rumqttd only unlike ones (decision 3)."""


@pytest.mark.parametrize(("broker", "words"), [("mosquitto", EQUAL), ("mosquitto", UNLIKE), ("iotcore", UNLIKE)])
def test_on_the_wall_clock_all_count_as_often_as_they_were_sent(
    broker: str, words: str, site: Site, tmp_path: Path
) -> None:
    """No time, no number; the road is killed with some of them stored and unacknowledged, and more come after them."""
    topic = f"fengshao/v1/up/{next(iter(site.places.devices))}"
    sent = 0

    def send() -> int:
        for number in range(sent, sent + 7):
            field.publish(topic, (words % (number % 100) if "%" in words else words).encode())
        assert field.drain(10.0)
        time.sleep(0.02)
        return sent + 7

    with embedded_broker(tmp_path / "broker", broker) as running:
        leave_session(site, running.url)
        field = MqttLink(running.url, "field")
        assert field.connect(), field.refusal
        folder = [str(tmp_path / "data"), running.url, str(tmp_path / "again")]
        killed = subprocess.Popen([sys.executable, "-m", "tests.parts.killed_road", *folder, "after commit", "9", "wall"])
        while killed.poll() is None:
            sent = send()
        for _ in range(10):
            sent = send()
        road = LiveRoad(site.folder, tmp_path / "data", running.url, "wall").start()
        road.wait_for("received", sent)
        time.sleep(0.5)  # whatever more comes would be one too many
        road.stop()
        field.close()
    assert killed.returncode == -signal.SIGKILL
    assert road.totals()["redelivered"] >= 1
    assert road.totals()["received"] == sent
