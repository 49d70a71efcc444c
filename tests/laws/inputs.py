"""Drawn inputs: a few devices on a small grid of times, where things coincide far more often than in life."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from ingest.inputs import BREAK, END, NO_SEQ, TICK, Inputs, inputs_of
from ingest.metrics import METRIC_NUMBER
from ingest.timing import Timing
from rules.rulebook import Rulebook
from tests.laws.town import NAMES, VALUES
from tests.reference.gate import memory_of

MIDNIGHT = 1_785_772_800_000
"""2026-08-04 in Beijing, a whole minute."""
# fmt: off
SHORT_STEPS = (0, 0, 1, 500, 999, 1_000, 1_001, 2_500, 3_000, 15_000, 30_000, 30_001)
MINUTE_STEPS = (0, 1, 1_000, 29_999, 30_000, 30_001, 59_999, 60_000, 60_001, 90_500, 181_000)
LONG_STEPS = (*MINUTE_STEPS, 900_001, 3_600_000, 3_570_001, 7 * 3_600_000)
PACES = (SHORT_STEPS, MINUTE_STEPS, LONG_STEPS)
"""From one row to the next; an input keeps to one pace."""
LAGS = (
    0, 0, 0, 0, 0, 1, 500, 1_000, 3_000, 20_000, 20_001, 30_000, 60_000, 900_000, 900_001, 3_600_000,
    -500, -1_000, -1_001, -60_000, -60_001,
)
"""From a reading's own time to its receipt; below zero its clock is fast."""
# fmt: on
SECOND = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the input; of a clock row only ``at``, ``metric`` (which) and ``value`` (a break's length) count."""

    at: int
    device: int
    metric: int
    value: float
    ts: int
    sent: int
    seq: int = NO_SEQ


def clock_row(which: int, at: int, length: int = 0) -> Row:
    return Row(at, -1, which, float(length), at, at, -1)


def columns(rows: Sequence[Row]) -> Inputs:
    """The rows as the engine takes them."""
    names = ("device", "metric", "value", "ts", "sent", "seq", "at")
    taken = {name: [getattr(row, name) for row in rows] for name in names}
    return inputs_of(
        {**taken, "message": [n if row.device >= 0 else -1 for n, row in enumerate(rows)], "marks": [0] * len(rows)}
    )


def metrics_of(rulebook: Rulebook) -> list[str]:
    """What the rules speak of; the battery is there for readings that only say that a device lives."""
    spoken = {"flags" if rule.kind == "flag" else rule.metric for rule in rulebook.rules}
    return sorted(spoken - {""}) or ["battery"]


@st.composite
def messages(draw: st.DrawFn, at: int, devices: list[int], metrics: list[str], timing: Timing) -> list[Row]:
    """One message of a device: one to three values of the same time."""
    device, sent = draw(st.sampled_from(devices)), at - draw(st.sampled_from(LAGS))
    said = draw(st.lists(st.sampled_from(metrics), min_size=1, max_size=3, unique=True))
    seq, ts = draw(st.sampled_from([NO_SEQ, NO_SEQ, 1, 2])), timing.evaluated(sent, at)
    return [Row(at, device, METRIC_NUMBER[name], draw(st.sampled_from(VALUES[name])), ts, sent, seq) for name in said]


@st.composite
def feeds(draw: st.DrawFn, rulebook: Rulebook, timing: Timing, most: int = 40) -> list[Row]:
    """Messages in order of ``at``, a tick wherever a second begins (or only some), breaks, repetitions, an end."""
    devices = draw(st.lists(st.integers(0, len(NAMES) - 1), min_size=1, max_size=3, unique=True))
    metrics = metrics_of(rulebook) + draw(st.sampled_from([[], [], ["battery"]]))
    steps = st.sampled_from(draw(st.sampled_from(PACES)))
    memory = memory_of(rulebook, timing)
    ticks_everywhere = draw(st.booleans())
    at = MIDNIGHT + draw(st.sampled_from([0, 59_500, 60_000]))
    clock = at
    rows: list[Row] = []

    def tick_before(at: int) -> None:
        nonlocal clock
        if (second := at // SECOND * SECOND) > clock and (ticks_everywhere or draw(st.booleans())):
            rows.append(clock_row(TICK, second))
            clock = second

    for _ in range(draw(st.integers(most // 4, most))):
        at += draw(steps)
        what = draw(st.integers(0, 19))
        if what == 19:
            tick_before(at)
            rows.append(clock_row(BREAK, at, draw(st.sampled_from([1, 1_000, 30_000, 200_000]))))
        elif what >= 16 and rows and (old := draw(st.sampled_from(rows))).device >= 0:
            at = max(at, old.at + draw(st.sampled_from([0, 0, 0, memory, memory + 1])))
            tick_before(at)
            rows.append(replace(old, at=at, ts=timing.evaluated(old.sent, at)))
        else:
            tick_before(at)
            rows += draw(messages(at, devices, metrics, timing))
    if draw(st.booleans()):
        at += draw(st.sampled_from([0, 1, 1_001, 60_000, 60_001, 90_000, 90_500, 120_000, 181_000]))
        tick_before(at)
        rows.append(clock_row(END, at))
    return rows
