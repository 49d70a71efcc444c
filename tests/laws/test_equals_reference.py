"""The engine says what the reference model says, for every kind alone and for whole rulebooks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.timing import Timing
from rules.rulebook import Rulebook
from tests.laws.inputs import feeds
from tests.laws.running import engine_run, in_order, reference_run
from tests.laws.town import KINDS, RULES, TIMINGS, rulebooks


@pytest.mark.parametrize("kind", KINDS)
@given(drawn=st.data())
def test_one_rule_of_a_kind_says_what_the_reference_says(kind: str, drawn: st.DataObject) -> None:
    timing = drawn.draw(st.sampled_from(TIMINGS))
    rulebook = Rulebook("law-1", (drawn.draw(RULES[kind]),))
    rows = drawn.draw(feeds(rulebook, timing))
    assert in_order(engine_run(rulebook, timing, [rows])) == in_order(reference_run(rulebook, timing, rows))


@given(drawn=st.data(), timing=st.sampled_from(TIMINGS), rulebook=rulebooks())
def test_a_whole_rulebook_says_what_the_reference_says(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook
) -> None:
    rows = drawn.draw(feeds(rulebook, timing, most=60))
    assert in_order(engine_run(rulebook, timing, [rows])) == in_order(reference_run(rulebook, timing, rows))
