"""What holds of every list of events, whatever the input: keys are unique, levels follow, time does not go back."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from ingest.timing import Timing
from rules.events import Event
from rules.levels import LEVEL_NUMBER
from rules.rulebook import Rulebook
from tests.laws.inputs import feeds
from tests.laws.running import engine_run
from tests.laws.town import TIMINGS, rulebooks


@given(drawn=st.data(), timing=st.sampled_from(TIMINGS), rulebook=rulebooks())
def test_every_alert_lives_one_life(drawn: st.DataObject, timing: Timing, rulebook: Rulebook) -> None:
    events = engine_run(rulebook, timing, [drawn.draw(feeds(rulebook, timing))])
    assert len({(event.id, event.event, event.level, event.at) for event in events}) == len(events)
    lives: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        lives[event.rule, event.subject.id].append(event)
    for life in lives.values():
        follows_itself(life)


def follows_itself(life: list[Event]) -> None:
    """raised, then up and down, then cleared, under one id; and again under another."""
    level, open_id, at = "none", "", 0
    for event in life:
        assert event.at >= at
        assert (event.event == "raised") == (level == "none")
        assert event.id == open_id or (event.event == "raised" and event.id != open_id)
        if event.event == "upgraded":
            assert LEVEL_NUMBER[event.level] > LEVEL_NUMBER[level]
        if event.event == "downgraded":
            assert LEVEL_NUMBER[event.level] < LEVEL_NUMBER[level]
        if event.event == "cleared":
            assert event.level == level
        level, open_id, at = ("none" if event.event == "cleared" else event.level), event.id, event.at
