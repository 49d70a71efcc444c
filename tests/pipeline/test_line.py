"""The line to the broker: kept, told once, and no race between two programs of one name."""

import time

import pytest

from ingest.mqtt import MqttSource
from pipeline import line
from pipeline.line import Line
from tests.parts.brokers import Mosquitto

pytestmark = pytest.mark.part("mosquitto")


def turn(kept: Line, source: MqttSource, seconds: float) -> int:
    """How often it connected meanwhile."""
    before = source.connections
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        kept.keep()
        source.receive(0.02)
    return source.connections - before


def test_a_broker_that_goes_and_comes_is_told_once_each(
    mosquitto: Mosquitto, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "STEADY_SECONDS", 0.1)
    source = MqttSource(mosquitto.url, "road", [])
    kept = Line(source)
    assert turn(kept, source, 0.3) == 1
    mosquitto.stop()
    assert turn(kept, source, 0.7) == 0
    mosquitto.start()
    assert turn(kept, source, 1.5) == 1
    source.close()
    lost, away, back = capsys.readouterr().out.splitlines()
    assert lost.endswith("; connecting again")
    assert away.endswith("Connection refused; trying on")
    assert back == "broker: connected"


def test_two_programs_of_one_name_do_not_race(mosquitto: Mosquitto, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = MqttSource(mosquitto.url, "road", []), MqttSource(mosquitto.url, "road", [])
    lines = Line(one), Line(other)
    connections = 0
    end = time.monotonic() + 4
    while time.monotonic() < end:
        for kept, source in zip(lines, (one, other), strict=True):
            connections += turn(kept, source, 0.04)
    assert 2 <= connections <= 12
    assert "does another program use the same client id?" in capsys.readouterr().out
    one.close()
    other.close()
