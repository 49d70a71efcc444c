"""What was received lately, however far back one has to look: fates are those of a dictionary."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from ingest.inputs import NO_SEQ, inputs_of
from ingest.timing import Timing
from rules.engine import Engine
from rules.memory import FAR_BACK, FIRST, TABLED
from tests.reference.gate import Gate, memory_of
from tests.reference.reading import Reading
from tests.rules.test_gate import NOTHING
from tests.rules.world import BEGIN, Row, World, place

TIMING = Timing(lateness=1_000, stale=9_000)
DEVICES = ("a", "b", "c")


def row(device: int, ts: int, at: int, value: float = 1.0, seq: int = NO_SEQ) -> Row:
    times = {"ts": ts, "sent": ts, "at": at}
    return {"device": device, "metric": 6, "value": value, "seq": seq, "message": 0, "marks": 0} | times


def world(interpreted: bool = True) -> World:
    return World(NOTHING, [place(name) for name in DEVICES], interpreted, TIMING)


def expected(rows: list[Row]) -> list[int]:
    """The fates by the reference model's gate."""
    gate = Gate(memory_of(world().rulebook, TIMING))
    fates = []
    for one in rows:
        reading = Reading(**{name: one[name] for name in ("device", "metric", "value", "ts", "sent", "seq", "at")})
        fates.append(gate.fate(reading))
        if fates[-1] == 0:
            gate.note(reading)
    return fates


def judged(engine: Engine, rows: list[Row], cuts: list[int]) -> list[int]:
    fates: list[int] = []
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        part = inputs_of({name: [one[name] for one in rows[start:stop]] for name in rows[0]})
        fates += engine.judge(part).fates.tolist()
    return fates


def stretch(chance: random.Random, sent: list[tuple[int, int, int]], at: int) -> Iterator[Row]:
    """Some rows as they come: in order, once more, all of the last hours once more, or from the past."""
    what = chance.random()
    device = chance.randrange(len(DEVICES))
    numbered = chance.random() < 0.3
    if what < 0.6:
        for number in range(chance.randrange(1, 150)):
            ts = at - chance.choice((0, 0, 0, 1, 700))
            sent.append((device, ts, number if numbered else NO_SEQ))
            yield row(*sent[-1][:2], at, seq=sent[-1][2])
            at += chance.choice((0, 1, 3, 40))
    elif what < 0.9 and sent:
        again = sent[-chance.randrange(1, 400) :]
        for device, ts, seq in again if chance.random() < 0.5 else reversed(again):
            yield row(device, ts, at, seq=seq)
            at += chance.choice((0, 0, 0, 1))
    else:
        for _ in range(chance.randrange(1, 200)):
            sent.append((device, at - chance.randrange(0, 20_000), NO_SEQ))
            yield row(*sent[-1][:2], at, value=float(chance.randrange(2)))


@pytest.mark.parametrize("interpreted", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_fates_are_those_of_a_memory_that_keeps_everything(seed: int, interpreted: bool) -> None:
    chance = random.Random(seed)
    rows: list[Row] = []
    sent: list[tuple[int, int, int]] = []
    while len(rows) < 6_000:
        at = rows[-1]["at"] if rows else BEGIN
        rows += stretch(chance, sent, at + chance.choice((0, 5, 5, 11_000)))
    cuts = sorted(chance.sample(range(1, len(rows)), 20))
    right = expected(rows)
    assert set(right) == {0, 1, 2}
    whole = world(interpreted).engine
    assert judged(whole, rows, []) == right
    cut = world(interpreted).engine
    assert judged(cut, rows, cuts) == right
    assert cut.snapshot() == whole.snapshot(), "where the memory keeps its entries leaves no trace"
    half = world(interpreted).engine
    middle = len(rows) // 2
    first = judged(half, rows[:middle], [])
    going_on = world(interpreted).engine
    going_on.restore(half.snapshot())
    assert first + judged(going_on, rows[middle:], []) == right


def test_a_day_sent_once_more_is_known_without_walking_back_for_each() -> None:
    engine = world().engine
    day = [row(0, BEGIN + number, BEGIN + number) for number in range(8_000)]
    judged(engine, day, [])
    again = [{**one, "at": BEGIN + 8_000} for one in day]
    assert judged(engine, again, []) == [2] * len(day)
    assert engine._state.memory.latest[0, 6, TABLED] == len(day) - 1
    assert len(engine._state.memory.table) >= 2 * len(day)


def test_a_near_duplicate_does_not_touch_the_table() -> None:
    engine = world().engine
    day = [row(0, BEGIN + number, BEGIN + number) for number in range(2 * FAR_BACK)]
    judged(engine, day, [])
    assert judged(engine, [{**one, "at": BEGIN + 500} for one in day[-FAR_BACK:]], []) == [2] * FAR_BACK
    assert engine._state.memory.numbers[0] == 0


def test_the_diary_does_not_grow_with_time() -> None:
    engine = world().engine
    for start in range(0, 800_000, 8_000):
        judged(engine, [row(0, BEGIN + start + number, BEGIN + start + number) for number in range(0, 8_000, 8)], [])
    assert len(engine._state.memory.diary) == 1 << 14
    assert engine._state.memory.pages[FIRST] > 50_000


def test_what_a_snapshot_remembers_is_not_taken_for_new_in_the_order_of_time() -> None:
    engine = world().engine
    judged(engine, [row(0, BEGIN + 10, BEGIN + 10), row(0, BEGIN + 20, BEGIN + 20)], [])
    other = world().engine
    other.restore(engine.snapshot())
    assert judged(other, [row(0, BEGIN + 10, BEGIN + 30), row(0, BEGIN + 15, BEGIN + 30)], []) == [2, 1]
    assert np.array_equal(other._state.newest.ts, engine._state.newest.ts)
