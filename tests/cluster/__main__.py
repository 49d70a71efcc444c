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
CHAOS_SPEED = "600"
"""Times as fast as life: the day takes 144 s, some 470 messages a second."""
CALM_SECONDS = 8.0
"""Between two breaks."""


class Break(NamedTuple):
    """What is done to the running cluster."""

    name: str
    do: Callable[[Whole], None]


def away(part: str) -> Callable[[Whole], None]:
    """A server is stopped, and started again later."""

    def do(running: Whole) -> None:
        server = getattr(running.parts, part)
        server.stop()
        time.sleep(AWAY_SECONDS)
        server.start()

    return do


BREAKS = (
    *(
        Break(f"kill -9 of {role}", lambda running, role=role: running.kill(role))
        for role in ("ingest", "worker", "alerts", "sink")
    ),
    *(Break(f"{part} stopped for {AWAY_SECONDS:.0f} s", away(part)) for part in ("kafka", "postgres", "influx")),
)


def until_events(running: Whole) -> float:
    """Seconds until the next event is stored."""
    begin = time.monotonic()
    before = len(running.stored())
    while len(running.stored()) <= before and time.monotonic() - begin < PATIENCE_SECONDS:
        time.sleep(0.05)
    return time.monotonic() - begin


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
    time.sleep(CALM_SECONDS)
    for one in BREAKS:
        calm = until_events(running)
        one.do(running)
        print(
            f"{one.name:<30} alerts flow again after {until_events(running):.1f} s (before: {calm:.1f} s)", flush=True
        )
        time.sleep(CALM_SECONDS)
    replay.wait()
    return compared(running)


def main() -> int:
    """0 where everything agrees with the backtest."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chaos", action="store_true", help="break it piece by piece")
    parser.add_argument("--exit", action="store_true", help="leave when it is compared")
    parser.add_argument("--records", default="68000")
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fengshao-feed-") as folder:
        feed = Path(folder) / "day.jsonl"
        print(f"== writing {told.records} records", flush=True)
        subprocess.run(fengshao("feed", "--records", told.records, "--out", str(feed)), check=True, capture_output=True)
        print("== starting mosquitto, Kafka, PostgreSQL and InfluxDB, then the roles", flush=True)
        try:
            with whole(feed, told.workers) as running:
                return chaos(running) if told.chaos else show(running, told.exit)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    raise SystemExit(main())
