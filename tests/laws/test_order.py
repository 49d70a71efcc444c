"""Events are a function of the ordered input alone: not of its cut into batches, of neighbours or of the hour."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from ingest.inputs import TICK
from ingest.timing import Timing
from rules.events import Event
from rules.rulebook import Rulebook
from tests.laws.inputs import SECOND, Row, clock_row, columns, feeds
from tests.laws.running import engine_run, fresh_engine, in_order
from tests.laws.town import TIMINGS, rulebooks

timings = st.sampled_from(TIMINGS)


@given(drawn=st.data(), timing=timings, rulebook=rulebooks())
def test_any_batch_size_gives_the_same_events(drawn: st.DataObject, timing: Timing, rulebook: Rulebook) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    size = drawn.draw(st.integers(1, 7))
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    assert engine_run(rulebook, timing, batches) == engine_run(rulebook, timing, [rows])


@given(drawn=st.data(), timing=timings, rulebook=rulebooks())
def test_lines_of_different_devices_may_change_places_between_two_ticks(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook
) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    turn = drawn.draw(st.permutations(range(4)))
    permuted: list[Row] = []
    between: list[Row] = []
    for row in [*rows, clock_row(TICK, 0)]:
        if row.device >= 0:
            between.append(row)
            continue
        permuted += [*sorted(between, key=lambda line: turn[line.device]), row]
        between = []
    expected = in_order(engine_run(rulebook, timing, [rows]))
    assert in_order(engine_run(rulebook, timing, [permuted[:-1]])) == expected


@given(drawn=st.data(), timing=timings, rulebook=rulebooks())
def test_a_cut_with_snapshot_and_restore_is_not_noticed(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook
) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    cut = drawn.draw(st.integers(0, len(rows)))
    before, after = fresh_engine(rulebook, timing), fresh_engine(rulebook, timing)
    first = before.judge(columns(rows[:cut]))
    after.restore(before.snapshot())
    assert after.clock == before.clock
    second = after.judge(columns(rows[cut:]))
    uncut = fresh_engine(rulebook, timing).judge(columns(rows))
    assert [*first.events, *second.events] == uncut.events
    assert [*first.fates, *second.fates] == [*uncut.fates]


@given(drawn=st.data(), timing=timings, rulebook=rulebooks(), minutes=st.integers(-100_000, 100_000))
def test_shifting_all_times_by_whole_minutes_shifts_all_events(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook, minutes: int
) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    by = minutes * 60 * SECOND
    shifted = [replace(row, at=row.at + by, ts=row.ts + by, sent=row.sent + by) for row in rows]
    expected = [moved(event, by) for event in engine_run(rulebook, timing, [rows])]
    assert [moved(event, 0) for event in engine_run(rulebook, timing, [shifted])] == expected


def moved(event: Event, by: int) -> Event:
    """The event, later by ``by``; its id, which is made of its time, left out."""
    evidence = tuple(changed(entry, ts=entry.ts + by) for entry in event.evidence)
    return changed(event, id="", at=event.at + by, received=event.received + by, evidence=evidence)


@given(drawn=st.data(), timing=timings, rulebook=rulebooks())
def test_one_tick_stands_for_the_ticks_of_all_seconds_up_to_it(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook
) -> None:
    rows = drawn.draw(feeds(rulebook, timing, most=20))
    every_second: list[Row] = []
    clock = rows[0].at // SECOND * SECOND
    for row in rows:
        if row.device < 0 and row.metric == TICK:
            missed = range(max(clock + SECOND, row.at - 900 * SECOND), row.at, SECOND)  # no more than 15 minutes
            every_second += [clock_row(TICK, second) for second in missed]
        clock = max(clock, row.at // SECOND * SECOND)
        every_second.append(row)
    assert engine_run(rulebook, timing, [every_second]) == engine_run(rulebook, timing, [rows])
