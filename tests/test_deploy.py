"""What `deploy/` ships, with the real mosquitto: who may speak and who may not; secrets are made once."""

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ingest.broker_login import Login
from ingest.mqtt import MqttSource
from tests.parts.guarded import DEPLOY, Guarded

pytestmark = pytest.mark.part("mosquitto")

PASSWORDS = {"fengshao": "s", "D1": "d", "330681109": "t"}
ROOT = "fengshao/v1"
OTHERS_TERMINAL = f"{ROOT}/terminal/330602001"
WRITES = [
    ("D1", f"{ROOT}/up/D1", True),
    ("D1", f"{ROOT}/run/drill-1/up/D1", True),
    ("D1", f"{ROOT}/up/D2", False),
    ("D1", f"{ROOT}/up/D1/more", False),
    ("D1", f"{ROOT}/events/330681109/red", False),
    ("D1", f"{ROOT}/terminal/330681109", False),
    ("D1", f"{ROOT}/tick", False),
    ("330681109", f"{ROOT}/terminal/330681109/answer", True),
    ("330681109", f"{ROOT}/terminal/330681109", False),
    ("330681109", f"{OTHERS_TERMINAL}/answer", False),
    ("330681109", f"{ROOT}/up/D1", False),
    ("fengshao", f"{ROOT}/events/330681109/red", True),
    ("fengshao", f"{ROOT}/terminal/330681109", True),
    ("fengshao", "elsewhere", False),
]
READS = {"D1": [], "330681109": [f"{ROOT}/terminal/330681109"]}
"""Who listens to everything → what of all the allowed writes comes."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    running = Guarded(tmp_path_factory.mktemp("broker"), PASSWORDS)
    running.start()
    yield running
    running.stop()


class Speakers:
    """Each user's connection; all of them listen to everything that they may hear."""

    def __init__(self, broker: Guarded, stack: ExitStack) -> None:
        self.sources: dict[str, MqttSource] = {}
        self.heard: dict[str, list[str]] = {user: [] for user in PASSWORDS}
        for user, password in PASSWORDS.items():
            source = MqttSource(broker.url, f"{user}-speaks", [f"{ROOT}/#"], login=Login(user, password))
            assert source.connect(), source.refusal
            source.receive(0.1)
            stack.callback(source.close)
            self.sources[user] = source

    def may_write(self, user: str, topic: str) -> bool:
        """Whether the broker takes it."""
        source = self.sources[user]
        taken: list[str] = []
        source.denied = ""
        source.publish(topic, b"{}", lambda: taken.append(topic))
        until = time.monotonic() + 5
        while not taken and not source.denied and time.monotonic() < until:
            self.heard[user] += [one.mqtt_topic for one in source.receive(0.02)]
        assert bool(taken) != bool(source.denied), f"{topic}: no answer"
        return bool(taken)


@pytest.fixture
def speakers(broker: Guarded) -> Iterator[Speakers]:
    with ExitStack() as stack:
        yield Speakers(broker, stack)


def test_each_writes_what_is_its_own_and_reads_what_is_for_it(speakers: Speakers) -> None:
    found = [(user, topic, speakers.may_write(user, topic)) for user, topic, _ in WRITES]
    assert found == WRITES
    for user, source in speakers.sources.items():
        speakers.heard[user] += [one.mqtt_topic for one in source.receive(0.2)]
    heard = {user: topics for user, topics in speakers.heard.items() if user != "fengshao"}
    assert heard == READS
    assert speakers.heard["fengshao"] == [topic for _, topic, may in WRITES if may]


def test_who_names_nobody_or_knows_no_password_is_not_let_in(broker: Guarded) -> None:
    for login in (Login(), Login("D1", "wrong"), Login("D2", "d")):
        source = MqttSource(broker.url, "stranger", [], login=login)
        assert not source.connect()
        assert "Not authorized" in source.refusal


def test_what_was_not_acknowledged_survives_the_broker(tmp_path: Path) -> None:
    broker = Guarded(tmp_path, PASSWORDS)
    broker.start()
    try:
        road = MqttSource(broker.url, "road", [f"{ROOT}/up/+"], login=Login("fengshao", "s"))
        assert road.connect()
        road.receive(0.2)
        road.close()
        device = MqttSource(broker.url, "d1", [], login=Login("D1", "d"))
        assert device.connect()
        taken: list[int] = []
        for number in range(300):  # more than the broker keeps for one who is away unless it is told to
            device.publish(f"{ROOT}/up/D1", b"%d" % number, lambda: taken.append(1))
        until = time.monotonic() + 5
        while len(taken) < 300 and time.monotonic() < until:
            device.receive(0.05)
        device.close()
        broker.stop()
        broker.start()
        assert road.connect(), road.refusal
        came: list[int] = []
        until = time.monotonic() + 5
        while len(came) < 300 and time.monotonic() < until:
            found = road.receive(0.1)
            road.acknowledge(found)
            came += [int(one.payload) for one in found]
        road.close()
        assert came == list(range(300))
    finally:
        broker.stop()


def test_secrets_are_made_once_and_the_folder_keeps_others_out(tmp_path: Path) -> None:
    deploy = tmp_path / "deploy"
    shutil.copytree(DEPLOY, deploy, ignore=shutil.ignore_patterns("secrets"))
    made = subprocess.run([str(deploy / "secrets.sh")], capture_output=True, text=True, check=True).stdout
    folder = deploy / "secrets"
    first = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert {f"made {name}" for name in first} == set(made.splitlines())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len({text for name, text in first.items() if name.endswith("password")}) == 5
    assert first["influx-read-token"] == first["influx-token"]
    assert (first["webhook-url"], first["webhook-secret"]) == ("", "")
    assert first["mosquitto-passwords"].startswith("fengshao:$7$")
    assert first["mqtt-password"].strip() not in first["mosquitto-passwords"]
    assert first["door-passwords"].startswith("duty:$6$")
    (folder / "grafana-password").unlink()
    again = subprocess.run([str(deploy / "secrets.sh")], capture_output=True, text=True, check=True).stdout
    assert again == "made grafana-password\n"
    second = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert {name for name in first if first[name] != second[name]} == {"grafana-password"}
    assert os.access(deploy / "mosquitto" / "hash-passwords.sh", os.X_OK)
