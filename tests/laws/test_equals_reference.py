"""The engine says what the reference model says, in the same order: every kind alone, and whole rulebooks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.timing import Timing
from rules.engine import Engine
from rules.events import Event
from rules.levels import RED
from rules.rulebook import Rule, Rulebook, Tier
from tests.laws.inputs import MIDNIGHT, Row, columns, feeds
from tests.laws.running import says_what_the_reference_says
from tests.laws.town import KINDS, PLACES, RULES, TIMINGS, rulebooks, vocabulary
from tests.reference.feed import reference_events


@pytest.mark.parametrize("kind", KINDS)
@given(drawn=st.data())
def test_one_rule_of_a_kind_says_what_the_reference_says(kind: str, drawn: st.DataObject) -> None:
    timing = drawn.draw(st.sampled_from(TIMINGS))
    rulebook = Rulebook("law-1", (drawn.draw(RULES[kind]),))
    rows = drawn.draw(feeds(rulebook, timing))
    says_what_the_reference_says(rulebook, timing, rows)


@given(drawn=st.data(), timing=st.sampled_from(TIMINGS), rulebook=rulebooks())
def test_a_whole_rulebook_says_what_the_reference_says(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook
) -> None:
    rows = drawn.draw(feeds(rulebook, timing, most=60))
    says_what_the_reference_says(rulebook, timing, rows)


def test_a_crowd_of_strangers_says_what_the_reference_says() -> None:
    """Devices that no file knows join while the engine runs: its state grows with them."""
    timing = TIMINGS[0]
    rulebook = Rulebook("law-1", (Rule("flag", "flag", "fire", "law", flag="fire", tiers=(Tier(RED),)),))
    words = vocabulary()
    engine = Engine(rulebook, PLACES, words, timing)
    rows: list[Row] = []
    events: list[Event] = []
    for round_ in range(3):
        crowd = [words.device(f"stranger-{place}") for place in range(4_000 * round_ + 1)]
        batch = [
            Row(MIDNIGHT + round_, device, 0, device % 2, MIDNIGHT + round_, MIDNIGHT + round_) for device in crowd
        ]
        events += engine.judge(columns(batch)).events
        rows += batch
    assert len(events) > 4_000
    assert events == reference_events(rulebook, PLACES, words, timing, columns(rows))
