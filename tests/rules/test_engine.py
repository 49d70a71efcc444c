"""What the engine promises of its surroundings: names that come later, full buffers, odd columns, few imports."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from ingest.inputs import NO_SEQ, TICK, Inputs
from ingest.metrics import METRIC_NUMBER
from ingest.vocabulary import Vocabulary
from rules.compile import COMPILES
from rules.engine import Engine
from tests.rules.lively import RULES, TIMING, clock_row, some_rows, world
from tests.rules.world import BEGIN, World, columns, place


def test_devices_and_metrics_that_come_later_change_nothing_of_those_before() -> None:
    made = World(RULES, [place("a", "gas", 20)], True, TIMING)
    made.reading("gas", 60.0, 0)
    snapshot = made.engine.snapshot()
    for number in range(700):
        made.reading(f"metric {number % 50}", 1.0, 1, device=f"late {number}")
        made.reading("rain", 2.0, 1, device=f"late {number}")
    made.reading("gas", 1.0, 2)
    made.reading("gas", 1.0, 22)
    told = [line for line in made.told() if line.startswith("gas")]
    assert told == ["gas raised red 0", "gas cleared red 22"]
    made.engine = made.fresh()
    made.engine.restore(snapshot)
    made.reading("gas", 1.0, 2)
    made.reading("gas", 1.0, 22, device="a")
    assert made.told() == ["gas cleared red 22"]


def test_more_events_than_the_buffer_holds_all_come_out() -> None:
    made = World(RULES, [place(f"d{number}", "gas", 20) for number in range(9_000)], COMPILES is False, TIMING)
    rows = [
        {"device": n, "metric": METRIC_NUMBER["gas"], "value": 60.0, "ts": BEGIN, "sent": BEGIN, "seq": NO_SEQ}
        | {"at": BEGIN, "message": 0, "marks": 0}
        for n in range(9_000)
    ]
    events = made.engine.judge(columns([*rows, clock_row(TICK, BEGIN + 200_000)])).events
    assert len(events) == 3 * 9_000  # raised; quiet after 40 s; gone after 100 s
    received = [event.received for event in events]
    assert received == sorted(received)


def test_columns_of_another_layout_are_judged_alike() -> None:
    made, inputs = world(interpreted=False), columns(some_rows(3))
    odd = {
        name: np.repeat(getattr(inputs, name), 2)[::2]
        for name in ("device", "metric", "value", "ts", "sent", "seq", "at", "message", "marks")
    }
    odd["ts"].flags.writeable = False
    assert made.fresh().judge(Inputs(**odd)).events == made.fresh().judge(inputs).events


def test_the_rules_ask_for_no_clock_no_log_and_no_loop() -> None:
    """Measured without the compiler, which brings its own imports."""
    found = imported_by("rules.engine")
    assert found == imported_by("numpy, msgspec, uuid, hashlib, tomllib")
    assert "asyncio" not in found


def imported_by(modules: str) -> str:
    code = f"import sys, {modules}; print(*sorted({{'asyncio', 'logging', 'socket', 'sqlite3'}} & set(sys.modules)))"
    root = Path(__file__).parents[2]
    plain = {"FENGSHAO_INTERPRET": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=plain, cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_vocabulary_may_be_empty() -> None:
    made = world()
    engine = Engine(made.rulebook, made.places, Vocabulary(), TIMING, interpreted=True)
    assert engine.judge(columns([clock_row(TICK, BEGIN)])).fates.tolist() == [3]
