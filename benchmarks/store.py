"""How fast the store keeps what comes in: reading rows per second in batches, and one message at a time."""

import os
import platform
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np

from alerts.store import Batch, Reader, Store
from alerts.writes import Writes
from ingest.inputs import NO_SEQ, Inputs
from ingest.message import Message
from rules.fates import NEW

DEVICES = 5_000
MESSAGES = 500
ROWS_PER_MESSAGE = 2
LOADS = (
    ("500 messages, ten minutes of 68,000 a day", 400, 600_000),
    ("500 messages, one second of a large city", 400, 1_000),
    ("500 messages, ten minutes again, the file grown", 400, 600_000),
)
START = 1_785_772_800_000
PAYLOAD = b'{"ts":"2026-08-04T14:03:05.120+08:00","seq":7,"values":{"smoke":0.31},"flags":[]}'


def batches(count: int, messages: int, step: int, store: Store) -> Iterator[Batch]:
    """``step`` ms of feed each; the devices in random order, a value and the flags in each message."""
    random = np.random.default_rng(7)
    rows = messages * ROWS_PER_MESSAGE
    loaded = store.load()
    for number in range(count):
        at = max(loaded.clock, START) + (number + 1) * step
        device = random.integers(0, DEVICES, messages).astype(np.int32)
        times = np.full(rows, at, np.int64)
        yield Batch(
            messages=[Message(f"fengshao/v1/up/330681005-smoke-{place:05}", PAYLOAD, at) for place in device.tolist()],
            inputs=Inputs(
                device=device.repeat(ROWS_PER_MESSAGE),
                metric=np.tile(np.array([1, 0], np.int16), messages),
                value=random.random(rows),
                ts=times - random.integers(0, step, rows),
                sent=times,
                seq=np.full(rows, NO_SEQ, np.int64),
                at=times,
                message=np.arange(messages, dtype=np.int32).repeat(ROWS_PER_MESSAGE),
                marks=np.zeros(rows, np.uint8),
            ),
            fates=np.full(rows, NEW, np.uint8),
            rejected=[],
            events=[],
            writes=Writes(),
            totals={"received": number, "accepted": number, "readings": number},
            devices=[f"330681005-smoke-{place:05}" for place in range(DEVICES)]
            if number == 0 and not loaded.devices
            else [],
            metrics=[],
            clock=at,
        )


def seconds_of(store: Store, parts: Iterator[Batch]) -> tuple[list[float], float]:
    """How long each commit took, and the processor's seconds for all; making the batch is not counted."""
    taken, worked = [], 0.0
    for batch in parts:
        begun, busy = perf_counter(), process_time()
        store.commit(batch)
        worked += process_time() - busy
        taken.append(perf_counter() - begun)
    return taken, worked


def sync_seconds(folder: Path) -> float:
    """What one fsync of a changed file costs on this disk."""
    taken = []
    with (folder / "sync").open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 4_096)
            file.flush()
            begun = perf_counter()
            os.fsync(file.fileno())
            taken.append(perf_counter() - begun)
    return median(taken)


def main() -> None:
    """Print the figures with their conditions."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        place = Path(folder)
        store = Store(place / "fengshao.db")
        print(
            f"store: Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
            f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},"
        )
        print(
            "  WAL, synchronous=FULL, beside the repository; fsync of one page", f"{sync_seconds(place) * 1e3:.2f} ms"
        )
        rows = MESSAGES * ROWS_PER_MESSAGE
        for load, count, step in LOADS:
            taken, worked = seconds_of(store, batches(count, MESSAGES, step, store))
            print(
                f"  {load}: {count * rows / sum(taken):,.0f} reading rows/s"
                f" ({count * rows / worked:,.0f} per second of one core), slowest commit {max(taken) * 1e3:.0f} ms"
            )
        taken, worked = seconds_of(store, batches(500, 1, 1_000, store))
        print(
            f"  one message: median {median(taken) * 1e3:.2f} ms with its fsync,"
            f" {worked / len(taken) * 1e3:.2f} ms of one core, slowest {max(taken) * 1e3:.1f} ms"
        )
        size = sum(file.stat().st_size for file in place.iterdir())
        with Reader(place / "fengshao.db") as reader:
            begun = perf_counter()
            lines = sum(1 for _ in reader.feed_lines())
            print(f"  recording written out: {lines / (perf_counter() - begun):,.0f} lines/s")
        print(f"  on disk: {size / 1e6:.0f} MB for {lines:,} messages, {lines * ROWS_PER_MESSAGE:,} readings")
        store.close()


if __name__ == "__main__":
    main()
