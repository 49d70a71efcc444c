"""Both embedded brokers deliver again what a killed road had not acknowledged, and nothing of it counts twice."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.topics import TICK, UP
from pipeline.broker import embedded_broker
from pipeline.run_road import connect
from pipeline.site import Site, example_site, load_site
from simulators.mqtt import MqttLink
from tests.parts.brokers import Mosquitto
from tests.parts.killed_road import BETWEEN
from tests.parts.live_road import BROKERS, LiveRoad

START = 1_785_772_800_000
MESSAGES = 6_000
KILLS = [("after receive", 1), ("before commit", 2), ("after commit", 1), (BETWEEN, 1)]
"""One after another: the first two leave messages that are not stored, the last two some that are."""
Line = tuple[str, bytes, str]


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(example_site())


@pytest.fixture(scope="module")
def lines(site: Site) -> list[Line]:
    """Topic, payload, ``at``: no time and no number in them, many word for word the same; a fire now and then."""
    devices = [device.device_id for device in site.places.devices.values() if device.type == "smoke"]
    fire = b'{"values": {"smoke": 0.01}, "flags": ["fire"]}'
    return [
        (f"{UP}{devices[number % 7]}", fire if number % 300 == 150 else b'{"values": {"smoke": 0.01}}', str(at))
        for number, at in enumerate(range(START, START + MESSAGES * 2_000, 2_000))
    ]


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


def run(site: Site, lines: list[Line], broker: str, folder: Path, kills: Sequence[tuple[str, int]]) -> LiveRoad:
    """All of it waits at the broker; roads that are killed, one after another; a road that ends.

    The end is told when the readings have arrived: rumqttd keeps order within a filter only.
    """
    with embedded_broker(folder / "broker", broker) as running:
        leave_session(site, running.url)
        field = MqttLink(running.url, "field")
        assert field.connect(), field.refusal
        for line in lines:
            while not field.room():
                field.turn(1.0)
            field.publish(*line)
        assert field.drain(20.0)
        for point, nth in kills:
            arguments = [str(folder / "data"), running.url, str(folder / "again"), point, str(nth)]
            killed = subprocess.run([sys.executable, "-m", "tests.parts.killed_road", *arguments], timeout=60)
            assert killed.returncode == -signal.SIGKILL, point
        road = LiveRoad(site.folder, folder / "data", running.url, "feed", "--until-end").start()
        road.wait_for("received", MESSAGES)
        field.publish(TICK, b'{"at": %s, "end": true}' % lines[-1][2].encode())
        assert field.drain(10.0)
        road.finish(60)
        field.close()
    return road


@pytest.mark.parametrize("broker", BROKERS)
def test_what_is_not_acknowledged_comes_again_and_counts_once(
    broker: str, site: Site, lines: list[Line], tmp_path: Path
) -> None:
    unkilled = run(site, lines, broker, tmp_path / "unkilled", ())
    killed = run(site, lines, broker, tmp_path / "killed", KILLS)
    assert unkilled.totals()["accepted"] == MESSAGES
    assert unkilled.totals()["redelivered"] == 0
    assert killed.totals()["redelivered"] >= 2
    assert len(kept(killed)["events"]) > 5
    assert kept(killed) == kept(unkilled)


EQUAL, UNLIKE = '{"flags": []}', '{"values": {"rssi": -%d}}'
"""mosquitto says what it delivers again, so equal words are told apart; of rumqttd only unlike ones (decision 3)."""


@pytest.mark.parametrize(
    ("broker", "words"),
    [
        pytest.param("mosquitto", EQUAL, marks=pytest.mark.part("mosquitto")),
        pytest.param("mosquitto", UNLIKE, marks=pytest.mark.part("mosquitto")),
        ("iotcore", UNLIKE),
    ],
    ids=["mosquitto-equal", "mosquitto-unlike", "iotcore-unlike"],
)
def test_on_the_wall_clock_all_count_as_often_as_they_were_sent(
    broker: str, words: str, site: Site, tmp_path: Path
) -> None:
    """No time, no number; the road is killed with some of them stored and unacknowledged, and more come after them."""
    topic = f"{UP}{next(iter(site.places.devices))}"
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
        killed = subprocess.Popen(
            [sys.executable, "-m", "tests.parts.killed_road", *folder, "after commit", "9", "wall"]
        )
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


@pytest.mark.part("mosquitto")
def test_an_equal_message_after_a_broker_that_forgot_us_is_not_taken_for_an_old_one(
    site: Site, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    topic = f"{UP}{next(iter(site.places.devices))}"
    leave_session(site, mosquitto.url)

    def send() -> None:
        field = MqttLink(mosquitto.url, "field")
        assert field.connect(), field.refusal
        field.publish(topic, EQUAL.encode())
        assert field.drain(10.0)
        field.close()

    send()
    arguments = [str(tmp_path / "data"), mosquitto.url, str(tmp_path / "again"), "after commit", "1", "wall"]
    killed = subprocess.run([sys.executable, "-m", "tests.parts.killed_road", *arguments], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    mosquitto.lose()
    mosquitto.start()
    road = LiveRoad(site.folder, tmp_path / "data", mosquitto.url, "wall").start()
    send()
    road.wait_for("received", 2)
    road.stop()
    assert road.totals()["redelivered"] == 0
