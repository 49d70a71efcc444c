"""The end-to-end heartbeat: a shard whose input moves and that says nothing is told of, and again when it moves."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.store import Database, Reader
from pipeline.cluster.heartbeat import STUCK_SECONDS, Heartbeat, named
from pipeline.site import example_site
from tests.cluster.roles import Roles
from tests.parts.brokers import Mosquitto
from tests.parts.child import free_port
from tests.parts.kafka import Kafka as KafkaServer

SECONDS = int(STUCK_SECONDS) + 2


class Ticking:
    """A second passes at each step: ticks reach the shards of ``fed``, those of ``heard`` tell of them."""

    def __init__(self, shards: int) -> None:
        self.now = 1000.0
        self.told = [0] * shards
        self.written = [0] * shards
        self.beat = Heartbeat(self.now, self.told)
        self.news: list[str] = []

    def passes(self, seconds: int, fed: tuple[int, ...], heard: tuple[int, ...], known: bool = True) -> None:
        for _ in range(seconds):
            self.now += 1
            for shard in fed:
                self.written[shard] += 2
            for shard in heard:
                self.told[shard] = int(self.now * 1000)
            self.news += self.beat.look(self.now, self.told, dict(enumerate(self.written)) if known else {})


@pytest.fixture
def ticking() -> Ticking:
    return Ticking(3)


def test_shards_that_tell_their_time_are_well(ticking: Ticking) -> None:
    ticking.passes(120, fed=(0, 1, 2), heard=(0, 1, 2))
    assert ticking.news == []
    assert ticking.beat.reply() == {"ok": True, "stuck": {}}
    assert ticking.beat.silent(ticking.now + 0.5) == [0.5, 0.5, 0.5]


def test_one_that_stands_still_is_told_of_once_and_once_when_it_moves_again(ticking: Ticking) -> None:
    ticking.passes(5, fed=(0, 1, 2), heard=(0, 1, 2))
    ticking.passes(SECONDS, fed=(0, 1, 2), heard=(0, 2))
    assert ticking.beat.reply() == {"ok": True, "stuck": {"1": SECONDS}}
    ticking.passes(30, fed=(0, 1, 2), heard=(0, 2))
    (said,) = ticking.news
    assert said.endswith("shard 1: its input moves and nothing is told of it for 16 s; look at the workers")
    ticking.passes(1, fed=(0, 1, 2), heard=(0, 1, 2))
    assert ticking.news[1:] == ["alerts: 分片 1 恢复 · shard 1: moves again"]
    assert ticking.beat.stuck() == {}


def test_all_of_them_are_told_of_where_only_ingest_moves(ticking: Ticking) -> None:
    ticking.passes(1, fed=(0, 1, 2), heard=(0, 1, 2))
    ticking.passes(SECONDS, fed=(0, 1, 2), heard=())
    (said,) = ticking.news
    assert "shard 0-2:" in said
    ticking.passes(60, fed=(), heard=())
    assert sorted(ticking.beat.stuck()) == [0, 1, 2]
    assert len(ticking.news) == 1


def test_where_no_input_comes_a_shard_has_nothing_to_say(ticking: Ticking) -> None:
    ticking.passes(5, fed=(0, 1, 2), heard=(0, 1, 2))
    ticking.passes(1, fed=(0, 1, 2), heard=())  # its last tick, which is seen before what was told of it
    ticking.passes(3600, fed=(), heard=())
    ticking.passes(1, fed=(0, 1, 2), heard=())
    ticking.passes(5, fed=(0, 1, 2), heard=(0, 1, 2))
    assert ticking.news == []


def test_nothing_is_said_where_kafka_does_not_tell_how_far_the_input_is(ticking: Ticking) -> None:
    ticking.passes(300, fed=(0, 1, 2), heard=(), known=False)
    assert ticking.news == []
    assert ticking.beat.silent(ticking.now) == [300.0] * 3


@pytest.mark.parametrize(
    ("shards", "said"), [([], ""), ([3], "3"), ([0, 1, 2, 5, 7, 8], "0-2, 5, 7-8"), (range(16), "0-15")]
)
def test_shards_are_named_in_spans(shards: list[int], said: str) -> None:
    assert named(shards) == said


def until(done: Callable[[], Any], roles: Roles, seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        said = [roles.said(role) for role in ("ingest", "worker", "alerts") if roles.log(role).exists()]
        assert time.monotonic() < end, said
        time.sleep(0.1)
    return found


class Watched:
    """A cluster on the wall's clock: two shards, ingest and alerts with their metrics, a board."""

    def __init__(self, roles: Roles, database: str, mqtt: str, folder: Path) -> None:
        self.roles, self.database = roles, database
        roles.environment["FENGSHAO_CLOCK"] = "wall"
        where = ("--site", str(example_site()), "--mqtt", mqtt)
        self.metrics = {role: f"127.0.0.1:{free_port()}" for role in ("ingest", "alerts")}
        self._start("ingest", *where)
        self._start("alerts", *where, "--data", str(folder / "alerts-data"))
        self.board = roles.board()

    def figures(self, address: str) -> dict[str, float]:
        """What is read at ``/metrics``; nothing where nobody answers."""
        try:
            lines = httpx.get(f"http://{address}/metrics", timeout=10).text.splitlines()
        except httpx.TransportError:
            return {}
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}

    def of(self, role: str, name: str) -> list[float]:
        """The figure of that name for each shard."""
        found = self.figures(self.metrics[role])
        return [value for key, value in found.items() if key.partition("{")[0] == name]

    def health(self) -> tuple[int, str]:
        answer = httpx.get(f"{self.board}/healthz", timeout=10)
        return answer.status_code, " ".join(answer.json()["why"])

    def clock(self) -> int:
        with Reader(Database(self.database)) as reader:
            return reader.clock()

    def _start(self, role: str, *words: str) -> None:
        self.roles.environment["FENGSHAO_METRICS"] = self.metrics[role]
        self.roles.start(role, *words)
        del self.roles.environment["FENGSHAO_METRICS"]


@pytest.fixture
def roles(kafka: KafkaServer, database: str, mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Roles]:
    with Roles(kafka, example_site(), mosquitto.url, 2, tmp_path, database) as running:
        yield running


@pytest.mark.part("kafka")
@pytest.mark.part("postgres")
@pytest.mark.part("mosquitto")
def test_a_worker_that_hangs_is_told_of_by_alerts_and_board_and_a_second_one_takes_its_shards(
    roles: Roles, database: str, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    watched = Watched(roles, database, mosquitto.url, tmp_path)
    hanging = roles.worker()
    until(watched.clock, roles)
    until(lambda: watched.health() == (200, ""), roles)
    assert watched.figures(watched.metrics["ingest"])['fengshao_leading{role="ingest"}'] == 1
    assert max(watched.of("alerts", "fengshao_shard_silent_seconds")) < STUCK_SECONDS
    os.kill(hanging.pid, signal.SIGSTOP)
    until(lambda: "nothing is told of it" in roles.said("alerts"), roles)
    until(lambda: watched.of("alerts", "fengshao_shard_stuck") == [1, 1], roles)
    until(lambda: "shard 1: its input moves and nothing is told of it" in watched.health()[1], roles)
    assert watched.health()[0] == 503
    doctor = roles.run("doctor")
    assert doctor.returncode == 1
    assert "FAIL  alerts   input comes and nothing is told of shard 0 (" in doctor.stdout
    roles.worker()
    until(lambda: watched.of("alerts", "fengshao_shard_stuck") == [0, 0], roles)
    assert "moves again" in roles.said("alerts")
    until(lambda: watched.health() == (200, ""), roles)
    os.kill(hanging.pid, signal.SIGCONT)
    until(lambda: hanging.poll() is not None or doctor_names_two(roles), roles)
    until(lambda: watched.health() == (200, ""), roles)
    before = watched.clock()
    until(lambda: watched.clock() > before + 5_000, roles)


def doctor_names_two(roles: Roles) -> bool:
    """Both workers have a share again."""
    return "2 at work" in roles.run("doctor").stdout
