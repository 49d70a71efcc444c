"""The embedded mode's sink: InfluxDB holds what the store holds, whatever ends or goes away on the way."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alerts.store import Reader
from pipeline.paths import STORE
from pipeline.site import example_site, load_site
from pipeline.stored_feed import FILE, Position, StoredFeed, keep_position, read_position
from tests.cluster.influx_bucket import Bucket
from tests.cluster.sink_feed import SinkFeed
from tests.parts.influx import Influx
from tests.parts.live_road import fengshao

RECORDS = "3000"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that has ended."""
    folder = tmp_path_factory.mktemp("data")
    command = fengshao("demo", "--exit", "--speed", "max", "--records", RECORDS, "--data", str(folder))
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> SinkFeed:
    """What it replayed."""
    feed = tmp_path_factory.mktemp("feed") / "day.jsonl"
    subprocess.run(fengshao("feed", "--records", RECORDS, "--out", str(feed)), check=True, capture_output=True)
    return SinkFeed(load_site(example_site()), feed, 1)


@pytest.fixture
def sink(influx: Influx, bucket: str, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator["Sink"]:
    (data / FILE).unlink(missing_ok=True)
    monkeypatch.delenv("FENGSHAO_KAFKA", raising=False)
    kept = Bucket(influx, bucket)
    for name, value in kept.environment.items():
        monkeypatch.setenv(name, value)
    running = Sink(kept, data, tmp_path / "log")
    yield running
    running.kill()


class Sink:
    """The program, which may be started again."""

    def __init__(self, kept: Bucket, data: Path, log: Path) -> None:
        self.kept = kept
        self.log = log
        self._data = data
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            command = fengshao("sink", "--data", str(self._data))
            self._running = subprocess.Popen(command, stdout=out, stderr=out)

    def stop(self) -> int:
        assert self._running is not None
        self._running.terminate()
        return self._running.wait(5)

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait(5)

    def wait_until(self, true: Callable[[], bool]) -> None:
        until = time.monotonic() + 30
        while not true():
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def wait_for_all(self, said: SinkFeed) -> None:
        self.wait_until(lambda: self.kept.readings() == said.readings and self.kept.events() == said.events)


@pytest.mark.part("influx")
def test_influxdb_holds_what_the_store_holds_and_a_restart_goes_on_from_there(
    sink: Sink, data: Path, said: SinkFeed
) -> None:
    sink.start()
    sink.wait_for_all(said)
    sink.wait_until(lambda: read_position(data / FILE) != Position())
    assert sink.stop() == 0
    came_to = read_position(data / FILE)
    with Reader(data / STORE) as reader:
        feed = StoredFeed(load_site(example_site()), reader, came_to)
        assert feed.take() == []
        assert feed.position == came_to


@pytest.mark.part("influx")
def test_kill_9_and_an_influxdb_that_is_away_lose_nothing(sink: Sink, influx: Influx, said: SinkFeed) -> None:
    influx.stop()
    sink.start()
    sink.wait_until(lambda: "InfluxDB cannot be reached" in sink.log.read_text())
    sink.kill()
    influx.start()
    sink.start()
    sink.wait_for_all(said)


def test_a_place_that_the_store_never_came_to_is_another_stores(data: Path) -> None:
    with Reader(data / STORE) as reader:
        site = load_site(example_site())
        first = StoredFeed(site, reader, Position())
        later = StoredFeed(site, reader, Position(10_000_000, 5))
        assert first.take() == later.take() != []
        assert first.position == later.position


def test_a_place_is_kept_and_one_that_nobody_can_read_is_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert read_position(path) == Position()
    keep_position(path, Position(7, 3))
    assert read_position(path) == Position(7, 3)
    assert list(tmp_path.iterdir()) == [path]
    path.write_bytes(b"{")
    assert read_position(path) == Position()


def test_a_folder_without_a_store_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FENGSHAO_KAFKA", raising=False)
    monkeypatch.setenv("FENGSHAO_INFLUX_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("FENGSHAO_INFLUX_TOKEN", "any")
    ran = subprocess.run(fengshao("sink", "--data", str(tmp_path)), capture_output=True, text=True, timeout=30)
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert STORE in ran.stderr
