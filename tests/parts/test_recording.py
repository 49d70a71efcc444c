"""A recording of the wall clock, breaks included, backtests to the events that were live."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alerts.store import Reader, json_lines
from ingest.feed_file import read_feed
from ingest.mqtt import MqttSource
from pipeline.backtest import Backtest
from pipeline.broker import embedded_broker
from pipeline.paths import DataFolder
from pipeline.site import load_site
from rules.events import outside
from tests.parts.small_site import DEVICES, write_small_site

SECONDS = 6.0


class Live:
    """Our road on the wall clock, and somebody who publishes to it."""

    def __init__(self, folder: Path, data: Path, url: str) -> None:
        self._arguments = ["road", "--site", str(folder), "--data", str(data), "--mqtt", url, "--clock", "wall"]
        self._publisher = MqttSource(url, "field", [])
        assert self._publisher.connect(), self._publisher.refusal
        self._chance = random.Random(3)
        self._place = DataFolder(data)
        self._road: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._place.desk.unlink(missing_ok=True)
        self._road = subprocess.Popen([sys.executable, "-m", "pipeline.cli", *self._arguments])
        for _ in range(600):
            if self._place.desk.exists():
                return
            time.sleep(0.05)
        pytest.fail("the road did not start")

    def kill(self) -> None:
        assert self._road is not None
        self._road.kill()
        self._road.wait()

    def stop(self) -> None:
        assert self._road is not None
        self._road.terminate()
        assert self._road.wait(20) == 0

    def publish(self, seconds: float) -> None:
        """Readings that raise, hold, clear, fall silent; some late, some twice, some wrong."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            device = self._chance.choice(DEVICES[:6])
            now = time.time_ns() // 1_000_000
            smoke = self._chance.choice([0.05, 0.05, 0.3, 0.3, 1.5])
            reading: dict[str, object] = {"values": {"smoke": smoke}}
            if self._chance.random() < 0.7:
                reading |= {"ts": now - self._chance.randrange(0, 1500), "seq": self._chance.randrange(1000)}
            if self._chance.random() < 0.3:
                reading["flags"] = self._chance.choice([[], ["fire"], ["fault"]])
            payload = json.dumps(reading).encode() if self._chance.random() > 0.05 else b"{broken"
            for _ in range(self._chance.choice([1, 1, 1, 2])):
                self._publisher.publish(f"fengshao/v1/up/{device}", payload)
            self._publisher.receive(0)
            time.sleep(0.02)


@pytest.mark.part("mosquitto")
def test_a_recording_of_the_wall_clock_backtests_to_the_events_that_were_live(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    site = load_site(write_small_site(folder))
    data = tmp_path / "data"
    with embedded_broker(tmp_path / "broker", "mosquitto") as broker:
        live = Live(folder, data, broker.url)
        live.start()
        live.publish(SECONDS)
        live.kill()
        live.publish(1.0)
        time.sleep(2.0)
        live.start()
        live.publish(SECONDS)
        time.sleep(3.5)
        live.stop()
    with Reader(data / "fengshao.sqlite") as reader:
        events = list(reader.export("events", offset_minutes=site.offset))
        recording = tmp_path / "recording.jsonl"
        recording.write_bytes(b"".join(json_lines(reader.feed_lines(offset_minutes=site.offset))))
    lines = recording.read_text().splitlines()
    assert any('"break"' in line for line in lines)
    assert '"end"' in lines[-1]
    assert {event["rule"] for event in events} == {"smoke", "fire", "quiet"}
    backtest = Backtest(site)
    again = [outside(event, site.offset) for event in backtest.events(read_feed(recording))]
    assert backtest.faults == []
    assert again == events
