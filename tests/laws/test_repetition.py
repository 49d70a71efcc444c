"""Duplicates within their memory and before the end change nothing; absurd values break nothing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.inputs import END
from ingest.timing import Timing
from rules.fates import DUPLICATE, LATE, NEW
from rules.rulebook import Rulebook
from tests.laws.inputs import Row, columns, feeds
from tests.laws.running import fresh_engine
from tests.laws.town import TIMINGS, rulebooks
from tests.reference.gate import memory_of

timings = st.sampled_from(TIMINGS)


@given(drawn=st.data(), timing=timings, rulebook=rulebooks())
def test_duplicates_within_memory_change_nothing(drawn: st.DataObject, timing: Timing, rulebook: Rulebook) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    judged = fresh_engine(rulebook, timing).judge(columns(rows))
    memory = memory_of(rulebook, timing)
    copied: list[tuple[Row, bool]] = []
    for place, row in enumerate(rows):
        copied.append((row, False))
        remembered = [
            old
            for old, fate in zip(rows[: place + 1], judged.fates[: place + 1], strict=True)
            if fate in (NEW, LATE) and row.at - old.at <= memory
        ]
        if remembered and (row.device >= 0 or row.metric != END) and drawn.draw(st.integers(0, 2)) == 0:
            copied.append((replace(drawn.draw(st.sampled_from(remembered)), at=row.at), True))
    again = fresh_engine(rulebook, timing).judge(columns([row for row, _ in copied]))
    assert again.events == judged.events
    assert [fate for (_, copy), fate in zip(copied, again.fates, strict=True) if copy] == [DUPLICATE] * sum(
        copy for _, copy in copied
    )


ABSURD = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([-1.0, 1e300, 2.0**63, -(2.0**63), 1023.5])
MOMENTS = st.integers(-(2**62), 2**62) | st.sampled_from([0, 4_070_908_800_000, -1])


@st.composite
def made_absurd(draw: st.DrawFn, rows: list[Row], timing: Timing) -> list[Row]:
    """The rows, some of them with a value and a time that no device can mean."""
    rows = list(rows)
    for place in draw(st.lists(st.integers(0, len(rows) - 1), max_size=8)):
        if rows[place].device >= 0:
            sent, at = draw(MOMENTS), rows[place].at
            rows[place] = replace(rows[place], value=draw(ABSURD), sent=sent, ts=timing.evaluated(sent, at))
    return rows


@given(drawn=st.data(), timing=timings, rulebook=rulebooks())
def test_absurd_values_and_times_never_raise(drawn: st.DataObject, timing: Timing, rulebook: Rulebook) -> None:
    rows = drawn.draw(made_absurd(drawn.draw(feeds(rulebook, timing)), timing))
    judged = fresh_engine(rulebook, timing).judge(columns(rows))
    assert len(judged.fates) == len(rows)
