"""Compiled and interpreted, the same source gives the same events, fates and state, to the bit."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.timing import Timing
from rules.rulebook import Rulebook
from tests.laws.inputs import columns, feeds
from tests.laws.running import fresh_engine
from tests.laws.test_repetition import made_absurd
from tests.laws.town import TIMINGS, rulebooks


@given(drawn=st.data(), timing=st.sampled_from(TIMINGS), rulebook=rulebooks(), absurd=st.booleans())
def test_compiled_and_interpreted_runs_are_equal(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook, absurd: bool
) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    inputs = columns(drawn.draw(made_absurd(rows, timing)) if absurd else rows)
    compiled, plain = fresh_engine(rulebook, timing), fresh_engine(rulebook, timing, interpreted=True)
    by_compiled, by_plain = compiled.judge(inputs), plain.judge(inputs)
    assert repr(by_compiled.events) == repr(by_plain.events)  # NaN is not equal to itself, its spelling is
    assert by_compiled.fates.tolist() == by_plain.fates.tolist()
    assert compiled.snapshot() == plain.snapshot()
