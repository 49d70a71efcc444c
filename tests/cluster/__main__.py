"""``make cluster`` and ``make chaos``: the whole cluster from local parts, shown; or broken bit by bit and compared."""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.cluster.whole import Whole, whole
from tests.parts.live_road import fengshao

PATIENCE_SECONDS = 180.0
AWAY_SECONDS = 20.0
CHAOS_SPEED = "350"
"""Times as fast as life: the day takes 247 s."""
START_SECONDS = 0.7
"""What the replay takes to publish its first message: by so much may the seconds until alerts flow be wrong."""
CALM_SECONDS = 4.0
"""Before each break."""
WATCH_SECONDS = 9.0
"""After each break: Kafka gives a killed program's shards to another after six seconds."""
LATE_SECONDS = 2.0
"""Below this an alert is on time, as far as this can see (see :data:`START_SECONDS`)."""


class Break(NamedTuple):
    """What is done to the running cluster."""

    name: str
    do: Callable[[Whole], None]


def kill(role: str) -> Break:
    """As a power cut would end it; its supervisor starts it again."""
    return Break(f"kill -9 of {role}", lambda running: running.kill(role))


def away(part: str) -> Break:
    """A server is stopped, and started again later."""

    def do(running: Whole) -> None:
        server = getattr(running.parts, part)
        server.stop()
        time.sleep(AWAY_SECONDS)
        server.start()

    return Break(f"{part} stopped for {AWAY_SECONDS:.0f} s", do)


def visitor(running: Whole) -> None:
    """One more worker joins, and leaves in order."""
    worker = running.worker()
    time.sleep(CALM_SECONDS)
    worker.terminate()
    worker.wait(30)


BREAKS = (
    *(kill(role) for role in ("ingest", "worker", "alerts", "sink")),
    Break("a worker joins and leaves", visitor),
    *(away(part) for part in ("kafka", "postgres", "influx")),
)


class Lateness:
    """By how many seconds what is recorded in PostgreSQL is behind what the replay publishes just then."""

    def __init__(self, running: Whole) -> None:
        self._running = running
        self._begun = time.monotonic() + START_SECONDS

    def now(self) -> float:
        published = (time.monotonic() - self._begun) * float(CHAOS_SPEED)
        return (published - (self._running.recorded() - self._running.first) / 1000) / float(CHAOS_SPEED)

    def watch(self) -> tuple[float, float]:
        """The worst from now on, and how long until alerts were on time again, as far as they were late."""
        begin = time.monotonic()
        worst = again = 0.0
        while (passed := time.monotonic() - begin) < WATCH_SECONDS or (worst > LATE_SECONDS and again == 0.0):
            late = self.now()
            worst = max(worst, late)
            again = 0.0 if late > LATE_SECONDS else again or (passed if worst > LATE_SECONDS else 0.0)
            time.sleep(0.02)
        return worst, again


def compared(running: Whole) -> int:
    """Print what agrees; 1 where something does not."""
    found = running.agrees(PATIENCE_SECONDS)
    for one in found:
        print(one, flush=True)
    return int(not all(one.same for one in found))


def show(running: Whole, leave: bool) -> int:
    """The day at full speed, compared; then it stays until it is stopped."""
    print(f"board    {running.board}\nroles    {running.said}", flush=True)
    begin = time.monotonic()
    running.replay("max").wait()
    print(f"replayed in {time.monotonic() - begin:.1f} s; waiting for the last event to arrive", flush=True)
    different = compared(running)
    print(f"all compared {time.monotonic() - begin:.1f} s after the first message", flush=True)
    if not leave:
        print(f"open {running.board} (Ctrl-C ends it)", flush=True)
        while True:
            time.sleep(1)
    return different


def chaos(running: Whole) -> int:
    """The day under load while one thing after the other breaks."""
    replay = running.replay(CHAOS_SPEED)
    lateness = Lateness(running)
    for one in BREAKS:
        time.sleep(CALM_SECONDS)
        before = lateness.now()
        one.do(running)
        worst, again = lateness.watch()
        print(
            f"{one.name:<28} alerts flow again after {again:4.1f} s; the latest was {worst:4.1f} s late "
            f"({before:.1f} s before)",
            flush=True,
        )
    replay.wait()
    return compared(running)


def main() -> int:
    """0 where everything agrees with the backtest."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chaos", action="store_true", help="break it piece by piece")
    parser.add_argument("--exit", action="store_true", help="leave when it is compared")
    parser.add_argument("--records", type=int, default=68_000)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fengshao-feed-") as folder:
        feed = Path(folder) / "day.jsonl"
        print(f"== writing {told.records} records", flush=True)
        subprocess.run(
            fengshao("feed", "--records", str(told.records), "--out", str(feed)), check=True, capture_output=True
        )
        print("== starting mosquitto, Kafka, PostgreSQL and InfluxDB, then the roles", flush=True)
        try:
            with whole(feed, told.workers) as running:
                return chaos(running) if told.chaos else show(running, told.exit)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    raise SystemExit(main())
