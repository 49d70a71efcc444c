"""Laws of the engine: however the input is cut, kept and restored, compiled or interpreted, the outcome is the same."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.inputs import Inputs
from rules.engine import Engine
from rules.events import Event
from rules.fates import CLOCK, DUPLICATE, LATE, NEW
from tests.rules.lively import RULES, some_rows, world
from tests.rules.world import World, columns


def run(engine: Engine, batches: Iterable[Inputs]) -> tuple[list[Event], list[int]]:
    events: list[Event] = []
    fates: list[int] = []
    for batch in batches:
        judged = engine.judge(batch)
        events += judged.events
        fates += judged.fates.tolist()
    return events, fates


def cut(inputs: Inputs, size: int) -> list[Inputs]:
    return [inputs.rows(start, start + size) for start in range(0, len(inputs), size)]


seeds = st.integers(0, 2**32)


def test_the_rows_of_the_laws_are_lively() -> None:
    events, fates = run(world().fresh(), [columns(some_rows(1, 2_000))])
    assert {event.rule for event in events} == {"gas", "oxygen", "fire", "rain", "quiet", "gone"}
    assert {event.event for event in events} == {"raised", "upgraded", "downgraded", "cleared"}
    assert set(fates) == {NEW, LATE, DUPLICATE, CLOCK}


@settings(max_examples=25, deadline=None)
@given(seed=seeds, size=st.integers(1, 40))
def test_any_cut_into_batches_gives_the_same(seed: int, size: int) -> None:
    made, inputs = world(), columns(some_rows(seed))
    assert run(made.fresh(), cut(inputs, size)) == run(made.fresh(), [inputs])


@settings(max_examples=25, deadline=None)
@given(seed=seeds, at=st.integers(0, 150))
def test_a_snapshot_restored_anywhere_goes_on_the_same(seed: int, at: int) -> None:
    made, inputs = world(), columns(some_rows(seed))
    first, second, whole = made.fresh(), made.fresh(), made.fresh()
    before = run(first, [inputs.rows(0, at)])
    second.restore(first.snapshot())
    assert second.snapshot() == first.snapshot()
    after = run(second, [inputs.rows(at, len(inputs))])
    expected = run(whole, [inputs])
    assert (before[0] + after[0], before[1] + after[1]) == expected
    assert second.clock == whole.clock


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_compiled_and_interpreted_are_equal_to_the_bit(seed: int) -> None:
    inputs = columns(some_rows(seed))
    compiled, plain = world(interpreted=False).fresh(), world().fresh()
    assert repr(run(compiled, cut(inputs, 50))) == repr(run(plain, [inputs]))
    assert compiled.snapshot() == plain.snapshot()


def test_a_snapshot_goes_from_the_compiled_to_the_interpreted() -> None:
    inputs = columns(some_rows(5))
    compiled, plain = world(interpreted=False).fresh(), world().fresh()
    run(compiled, [inputs.rows(0, 70)])
    plain.restore(compiled.snapshot())
    rest = [inputs.rows(70, len(inputs))]
    assert run(plain, rest) == run(compiled, rest)


def test_a_snapshot_of_another_rulebook_is_refused() -> None:
    other = World(RULES.replace("19.5", "19.4")).fresh()
    with pytest.raises(ValueError, match="rulebook"):
        other.restore(world().fresh().snapshot())
