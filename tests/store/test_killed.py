"""kill -9 in the midst of commits: every table tells of the same batches, and of all that were confirmed."""

import random
import subprocess
import sys
from pathlib import Path

from alerts.store import Database, Place, Reader, Store
from tests.store import made
from tests.store.writer_program import READINGS, endless

KILLS = 5


def test_all_tables_agree_after_each_of_several_kills(place: Place) -> None:
    delays = random.Random(7)
    before = 0
    for _ in range(KILLS):
        confirmed = write_and_kill(place, delays.uniform(0.01, 0.15))
        kept = tables_of(place)
        assert kept >= confirmed > before
        before = kept


def write_and_kill(place: Place, delay: float) -> int:
    """The last commit that the program confirmed before it was killed."""
    address = str(place) if isinstance(place, Path) else place.url.render_as_string(hide_password=False)
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer_program", address], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    first = program.stdout.readline()
    try:
        program.wait(delay)
    except subprocess.TimeoutExpired:
        program.kill()
    rest, _ = program.communicate()
    assert program.returncode == -9
    return int([first, *rest.splitlines()][-1])


def tables_of(place: Place) -> int:
    """How many batches every table tells of: read by a reader first, for a board may start before the road.

    A server may still be at the last commit of a program that is gone; it holds the lock until then.
    """
    if isinstance(place, Database):
        Store(place, wait=True).close()
    with Reader(place) as reader:
        kept = reader.change()
        assert reader.clock() == made.DAY + kept
        assert reader.totals() == endless(kept)
        assert len(list(reader.export("readings"))) == kept * READINGS
        assert [event["id"] for event in reader.export("events")] == [f"e-{n + 1}" for n in range(kept)]
        assert [step.id for step in reader.steps_of("h")] == [f"s-{n + 1}" for n in range(kept)]
        assert len(list(reader.feed_lines())) == kept * READINGS + 1
    store = Store(place)
    loaded = store.load()
    store.close()
    assert loaded.clock == made.DAY + kept
    assert len(loaded.hazards) == kept
    assert loaded.devices == [f"D{n + 1}" for n in range(kept)]
    assert loaded.unacknowledged == str(kept).encode()
    assert loaded.snapshot == (str(kept - kept % 3).encode() if kept >= 3 else None)
    assert len(loaded.inputs_after) == (kept % 3 if kept >= 3 else kept)
    return kept
