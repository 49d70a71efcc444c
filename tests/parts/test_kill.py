"""kill -9 anywhere: what is stored in the end equals what an unkilled road stores, and nothing is lost or doubled."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alerts.store import Reader
from pipeline.broker import embedded_broker
from pipeline.run_road import connect
from pipeline.site import Site, example_site, load_site
from simulators.replay import Replay
from tests.parts.killed_road import BETWEEN

pytestmark = pytest.mark.part("mosquitto")

START = 1_785_772_800_000
MESSAGES = 2500
NAMED = [
    ("after receive", 1),
    ("before commit", 1),
    ("before commit", 2),
    ("after commit", 1),
    ("after commit", 2),
    (BETWEEN, 1),
    (BETWEEN, 2),
    ("after acknowledge", 1),
    ("after publish", 1),
]
TRIES = 8
RANDOM_KILLS = int(os.environ.get("FENGSHAO_KILLS", "3"))


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(example_site())


@pytest.fixture(scope="module")
def feed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some devices with seq, some with time alone, some with neither and always the same words."""
    path = tmp_path_factory.mktemp("feed") / "kill.jsonl"
    chance = random.Random(5)
    devices = [device for device in site.places.devices.values() if device.type in ("smoke", "gas", "call_point")][:60]
    with path.open("w") as file:
        for number in range(MESSAGES):
            at = START + number * 4_000
            device = chance.choice(devices)
            fire = chance.random() < 0.03
            payload: dict[str, Any] = {"values": {"gas" if device.type == "gas" else "smoke": 60.0 if fire else 0.01}}
            payload["flags"] = ["fire"] if fire and device.type != "gas" else []
            if number % 3 == 0:
                payload |= {"ts": at - 500, "seq": number}
            elif number % 3 == 1:
                payload |= {"ts": at - 500}
            if number % 50 == 7:
                payload = {"values": {"smoke": "much"}}
            line = {"at": at, "topic": f"fengshao/v1/up/{device.device_id}", "payload": payload}
            file.write(json.dumps(line) + "\n")
    return path


def stored(data: Path) -> dict[str, Any]:
    """Everything that must be equal, with what depends on the moment of sending left out."""
    with Reader(data / "fengshao.sqlite") as reader:
        kept: dict[str, Any] = {
            kind: list(reader.export(kind))
            for kind in ("events", "alerts", "hazards", "tickets", "readings", "rejected")
        }
        kept["notices"] = [
            {name: notice[name] for name in ("id", "hazard_id", "person", "reason", "text", "state")}
            for notice in reader.export("notices")
        ]
        kept["steps"] = [reader.steps_of(hazard["id"]) for hazard in kept["hazards"]]
        totals = reader.totals()
    for name in ("redelivered", "events_published"):
        totals.pop(name, None)
    kept["totals"] = totals
    return kept


def wait_for_first_commit(store: Path) -> None:
    """Until the road is in the middle of its work."""
    while not store.exists():
        time.sleep(0.01)
    with Reader(store) as reader:
        while reader.change() == 0:
            time.sleep(0.005)


class Run:
    """One broker that holds the whole feed for us, and the road that is started on it again and again."""

    def __init__(self, site: Site, feed: Path, folder: Path) -> None:
        self.folder = folder
        self.again = folder / "again"
        self.site = site
        self.feed = feed
        self.at_work = 0.0
        self._stack = embedded_broker(folder / "broker", "mosquitto")

    def __enter__(self) -> "Run":
        self.url = self._stack.__enter__().url
        first = connect(self.site, self.url, "feed")
        assert first.connect(), first.refusal
        for _ in range(10):
            first.receive(0.02)
        first.close()
        Replay(self.url, self.feed, "max").run()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.__exit__(None, None, None)

    def start(self, point: str = "", nth: int = 0) -> "subprocess.Popen[bytes]":
        arguments = [str(self.folder / "data"), self.url, str(self.again), point, str(nth)]
        return subprocess.Popen([sys.executable, "-m", "tests.parts.killed_road", *arguments])

    def finish(self) -> dict[str, Any]:
        """Run to the end and tell what is stored; how long it was at work is kept."""
        road = self.start()
        wait_for_first_commit(self.folder / "data" / "fengshao.sqlite")
        began = time.monotonic()
        assert road.wait(120) == 0
        self.at_work = time.monotonic() - began
        return stored(self.folder / "data")


@dataclass(frozen=True)
class Unkilled:
    """What a road stores that nobody kills, and how many seconds it is at work after its first commit."""

    kept: dict[str, Any]
    at_work: float


@pytest.fixture(scope="module")
def unkilled(site: Site, feed: Path, tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    with Run(site, feed, tmp_path_factory.mktemp("unkilled")) as run:
        kept = run.finish()
    assert kept["totals"]["received"] == MESSAGES
    assert len(kept["events"]) > 50
    return Unkilled(kept, run.at_work)


@pytest.mark.parametrize(("point", "nth"), NAMED)
def test_a_kill_at_a_named_point_changes_nothing_that_is_stored(
    point: str, nth: int, site: Site, feed: Path, unkilled: Unkilled, tmp_path: Path
) -> None:
    for number in range(TRIES):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Run(site, feed, folder) as run:
            assert run.start(point, nth).wait(60) == -signal.SIGKILL
            assert run.finish() == unkilled.kept
        if run.again.exists():  # a kill counts only if something was under way
            return
    pytest.fail(f"none of {TRIES} kills hit messages that were under way")


def test_kills_at_random_moments_change_nothing_that_is_stored(
    site: Site, feed: Path, unkilled: Unkilled, tmp_path: Path
) -> None:
    chance = random.Random(11)
    kills = 0
    for number in range(RANDOM_KILLS * 10):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Run(site, feed, folder) as run:
            road = run.start()
            wait_for_first_commit(folder / "data" / "fengshao.sqlite")
            time.sleep(chance.uniform(0.0, unkilled.at_work))
            road.kill()
            road.wait()
            assert run.finish() == unkilled.kept
        kills += run.again.exists()
        if kills >= RANDOM_KILLS:
            return
    pytest.fail(f"only {kills} of {RANDOM_KILLS * 10} kills hit messages that were under way")
