"""The whole cluster from local parts: all roles under ``fengshao cluster``, a feed, and whether all stores agree on it.

``python -m tests.cluster`` shows it (``make cluster``), and breaks it piece by piece (``make chaos``).
"""

import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from alerts.store import Database, Reader
from ingest.feed_file import read_feed
from ingest.instants import instant
from pipeline.broker import free_port
from pipeline.site import example_site, load_site
from tests.cluster.influx_bucket import Bucket
from tests.cluster.sink_feed import Happened, SinkFeed
from tests.parts.live_road import fengshao
from tests.parts.local import LocalParts, local_parts

SHARDS = 16
READY_SECONDS = 90.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was compared, what both sides have, and whether it is the same."""

    what: str
    found: int
    expected: int
    same: bool

    def __str__(self) -> str:
        verdict = "agrees" if self.same else "DIFFERS"
        return f"{verdict:<8} {self.what}: {self.found:,} found, {self.expected:,} expected"


class Whole:
    """``said`` is where all roles write what they have to say."""

    def __init__(self, parts: LocalParts, feed: Path, workers: int) -> None:
        assert parts.influx is not None
        self.parts = parts
        self.feed = feed
        self.board = f"http://127.0.0.1:{free_port()}"
        self.right = SinkFeed(load_site(example_site()), feed, SHARDS)
        self.bucket = Bucket(parts.influx, parts.influx.bucket)
        self.first = next(iter(read_feed(feed))).at
        self.said = parts.folder / "roles.log"
        self._workers = workers
        self._environment = parts.environment(SHARDS) | {"FENGSHAO_CLOCK": "feed"}
        self._roles: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Topics, tables and bucket, then the roles; returns once all of them are at work."""
        subprocess.run(fengshao("init"), env=self._environment, check=True, stdout=subprocess.DEVNULL)
        address = self.board.removeprefix("http://")
        words = ["--data", str(self.parts.folder / "data"), "--http", address, "--workers", str(self._workers)]
        with self.said.open("ab") as out:
            self._roles = subprocess.Popen(
                fengshao("cluster", *words), env=self._environment, stdout=out, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + READY_SECONDS
        while not self._ready():
            if time.monotonic() > until or self._roles.poll() is not None:
                raise RuntimeError(self.said.read_text(encoding="utf-8", errors="replace"))
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """All roles, in order."""
        if self._roles is not None:
            self._roles.terminate()
            self._roles.wait(30)

    def replay(self, speed: str) -> "subprocess.Popen[bytes]":
        """The feed into the broker."""
        return subprocess.Popen(fengshao("replay", str(self.feed), "--speed", speed), env=self._environment)

    def kill(self, role: str) -> None:
        """As a power cut would; its supervisor starts it again."""
        assert self._roles is not None
        for program in psutil.Process(self._roles.pid).children():
            if role in program.cmdline()[3:4]:
                program.send_signal(signal.SIGKILL)
                return
        raise RuntimeError(f"found no {role} to kill")

    def worker(self) -> "subprocess.Popen[bytes]":
        """One more than the supervisor has."""
        with self.said.open("ab") as out:
            return subprocess.Popen(fengshao("worker"), env=self._environment, stdout=out, stderr=out)

    def recorded(self) -> int:
        """How far the recorded time has come."""
        with Reader(Database(self._environment["FENGSHAO_DATABASE"])) as reader:
            return reader.clock()

    def stored(self) -> Happened:
        """The events in PostgreSQL; one that stands there twice is an error."""
        with Reader(Database(self._environment["FENGSHAO_DATABASE"])) as reader:
            rows = [(one["id"], one["event"], one["level"], instant(one["at"]) or 0) for one in reader.export("events")]
        assert len(set(rows)) == len(rows), "an event is stored twice"
        return set(rows)

    def agreements(self) -> Sequence[Agreement]:
        """PostgreSQL, InfluxDB and the board beside what the backtest says of the feed."""
        events, right = self.stored(), self.right.events
        points, told = self.bucket.readings(), self.bucket.events()
        with Reader(Database(self._environment["FENGSHAO_DATABASE"])) as reader:
            alerts = {one["id"] for one in reader.export("alerts")}
            hazards = [one for one in reader.export("hazards") if one["phase"] != "closed"]
            tickets = [one for one in reader.export("tickets") if one["state"] == "open"]
        wall = httpx.get(f"{self.board}/wall.json", timeout=30).json()
        raised = {id_ for id_, event, _, _ in right if event == "raised"}
        return [
            Agreement("PostgreSQL, events of the backtest", len(events), len(right), events == right),
            Agreement("PostgreSQL, alerts of the backtest", len(alerts), len(raised), alerts == raised),
            Agreement("InfluxDB, events of the backtest", len(told), len(right), told == right),
            Agreement(
                "InfluxDB, values of the feed", len(points), len(self.right.readings), points == self.right.readings
            ),
            Agreement("board, open hazards", wall["listed"], len(hazards), wall["listed"] == len(hazards)),
            Agreement("board, open tickets", wall["tickets"], len(tickets), wall["tickets"] == len(tickets)),
        ]

    def agrees(self, seconds: float) -> Sequence[Agreement]:
        """The same once everything has arrived, or when there was time enough."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._arrived():
            time.sleep(0.5)
        time.sleep(2.0)  # for one too many
        return self.agreements()

    def _arrived(self) -> bool:
        return (
            self.stored() >= self.right.events
            and len(self.bucket.events()) >= len(self.right.events)
            and len(self.bucket.readings()) >= len(self.right.readings)
        )

    def _ready(self) -> bool:
        said = self.said.read_text(encoding="utf-8", errors="replace")
        return "alerts: at work" in said and "ingest of field: at work" in said and self._answers()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.board}/wall.json").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def whole(feed: Path, workers: int) -> Iterator[Whole]:
    """Local parts and the roles on them, at work."""
    with local_parts() as parts:
        running = Whole(parts, feed, workers)
        try:
            running.start()
            yield running
        finally:
            running.stop()
