"""`fengshao up` as a program: it starts, the board answers, a killed road comes back, and a signal ends it all."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import psutil
import pytest

from ingest.mqtt import MqttSource
from pipeline import kept_broker
from pipeline.broker import embedded_broker, free_port
from pipeline.desk_client import ask_desk
from pipeline.kept_broker import KeptBroker
from pipeline.paths import DataFolder
from tests.parts.brokers import Mosquitto


class Up:
    """The running service, and what it leaves behind."""

    def __init__(self, site: Path, data: Path, mqtt: str, out: Path) -> None:
        self.http = f"127.0.0.1:{free_port()}"
        self.place = DataFolder(data)
        self._out = out
        words = ["up", "--site", str(site), "--data", str(data), "--mqtt", mqtt, "--http", self.http]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FENGSHAO_")}
        environment["FENGSHAO_DATABASE"] = "postgresql://the-cluster@127.0.0.1:1/is-another"
        with out.open("wb") as file:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", *words], stdout=file, stderr=file, env=environment
            )
        self.seen: dict[int, psutil.Process] = {}

    @property
    def said(self) -> str:
        return self._out.read_text(encoding="utf-8", errors="replace")

    def until(self, done: Callable[[], object], seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert self.running.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.1)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.http}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def child(self, word: str) -> psutil.Process | None:
        """The child that runs this command."""
        for child in psutil.Process(self.running.pid).children(recursive=True):
            self.seen[child.pid] = child
            if word in child.cmdline():
                return child
        return None

    def asks(self) -> bool:
        return bool(ask_desk(self.place.desk, {"do": "ping"})["ok"])


@pytest.fixture
def up(small_site: Path, tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Up]:
    service = Up(small_site, tmp_path / "data", mosquitto.url, tmp_path / "out")
    yield service
    if service.running.poll() is None:
        service.running.kill()
        service.running.wait(10)
    for child in service.seen.values():
        if child.is_running():
            child.kill()


@pytest.mark.part("mosquitto")
def test_it_starts_a_killed_road_comes_back_and_a_signal_ends_all(up: Up, mosquitto: Mosquitto) -> None:
    up.until(up.healthy)
    up.until(up.asks)
    assert f"board   http://{up.http}" in up.said
    assert "site    绍兴市, 8 devices, 3 rules" in up.said

    road = up.child("road")
    assert road is not None
    assert up.child("board") is not None
    road.kill()
    up.until(lambda: "road ended with -9; starting it again" in up.said)
    up.until(lambda: up.child("road") not in (None, road))
    up.until(up.asks)
    assert up.healthy()

    field = MqttSource(mosquitto.url, "field", [])
    assert field.connect(), field.refusal
    has_it: list[bool] = []
    field.publish("fengshao/v1/up/T1", b'{"flags": ["fire"]}', lambda: has_it.append(True))
    up.until(lambda: field.receive(0.05) == [] and has_it)
    field.close()
    alerts = f"http://{up.http}/wall.json"

    def shown() -> bool:
        with urllib.request.urlopen(alerts, timeout=2) as answer:
            return b"orange" in answer.read()

    up.until(shown)

    started = time.monotonic()
    up.running.send_signal(signal.SIGTERM)
    assert up.running.wait(10) == 0, up.said
    assert time.monotonic() - started < 5.5
    assert [child for child in up.seen.values() if child.is_running()] == []
    assert not up.place.desk.exists()
    assert "Traceback" not in up.said


@pytest.mark.part("mosquitto")
def test_two_services_side_by_side_each_take_a_free_port(up: Up, small_site: Path, tmp_path: Path) -> None:
    up.until(up.healthy)
    words = ["up", "--site", str(small_site), "--data", str(tmp_path / "other"), "--http", up.http]
    with (tmp_path / "other.out").open("wb") as out:
        away = ["--mqtt", f"mqtt://127.0.0.1:{free_port()}"]
        other = subprocess.Popen([sys.executable, "-m", "pipeline.cli", *words, *away], stdout=out, stderr=out)
    try:
        up.until(lambda: b"trying on" in (tmp_path / "other.out").read_bytes())
        said = (tmp_path / "other.out").read_text(encoding="utf-8")
        assert "board   http://127.0.0.1:" in said
        assert f"board   http://{up.http}\n" not in said
        assert "Connection refused; trying on" in said
    finally:
        other.send_signal(signal.SIGINT)
        assert other.wait(10) == 0


@pytest.mark.part("mosquitto")
def test_an_embedded_broker_that_ends_is_started_again_where_everybody_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept_broker, "SOON_SECONDS", 0.0)
    with KeptBroker(tmp_path / "broker", "mosquitto", free_port()) as kept:
        url = kept.running.url
        (broker,) = [child for child in psutil.Process().children() if child.name() == "mosquitto"]
        broker.kill()
        broker.wait(10)
        assert kept.look()
        assert kept.running.url == url
        field = MqttSource(url, "field", [])
        assert field.connect(), field.refusal
        field.close()
        assert "has ended" in capsys.readouterr().out
        monkeypatch.setattr(kept_broker, "SOON_SECONDS", 60.0)
        (broker,) = [child for child in psutil.Process().children() if child.name() == "mosquitto"]
        broker.kill()
        broker.wait(10)
        assert not kept.look(), "one that ends at once is not started for ever"


@pytest.mark.part("mosquitto")
def test_a_device_that_speaks_the_older_protocol_is_heard_through_both_brokers(tmp_path: Path) -> None:
    for choice in ("mosquitto", "iotcore"):
        with embedded_broker(tmp_path / choice, choice) as broker:
            road = MqttSource(broker.url, "road", ["fengshao/v1/up/+"])
            assert road.connect(), road.refusal
            road.receive(0.3)
            old = urlsplit(broker.old_url)
            device = paho.Client(paho.CallbackAPIVersion.VERSION2, "device", protocol=paho.MQTTv311)
            device.connect(str(old.hostname), old.port or 0)
            device.loop_start()
            device.publish("fengshao/v1/up/T1", "{}", qos=1).wait_for_publish(10)
            device.disconnect()
            device.loop_stop()
            assert [one.payload for one in road.receive(2.0)] == [b"{}"], choice
            road.close()
    assert "MQTT 3.1.1" in broker.shown
    assert old.port is not None


ALONE = """
import sys, time
from pathlib import Path
from pipeline.broker import embedded_broker
with embedded_broker(Path(sys.argv[1]), "mosquitto") as broker:
    print(broker.url, flush=True)
    time.sleep(60)
"""


@pytest.mark.part("mosquitto")
def test_an_embedded_broker_ends_with_the_program_that_started_it_even_by_kill_9(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ALONE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline().startswith("mqtt://")
    (broker,) = [one for one in psutil.Process(parent.pid).children() if one.name() == "mosquitto"]
    parent.kill()
    parent.communicate(timeout=10)
    until = time.monotonic() + 10
    while broker.is_running() and broker.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, "it is left behind"
        time.sleep(0.05)
