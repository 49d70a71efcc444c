"""Stories of a changed rulebook: the log judged again says of known alerts what no reading has said since."""

import pytest
from msgspec.structs import replace

from tests.alerts.town import CITY, DISTRICT, MINUTE, NOON, TOWNSHIP, Town, fire

NOW = NOON + 10 * MINUTE


def test_an_open_alert_that_began_higher_rises_and_is_told_as_such() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON + MINUTE)
    town.do(replace(fire(level="red", received=NOW), version="2", basis="GB 55036"), now=NOW)
    (alert,) = town.stored["alerts"].values()
    assert (alert.level, alert.peak, alert.raised_at, alert.version, alert.basis) == (
        "red",
        "red",
        NOON,
        "2",
        "GB 55036",
    )
    assert (town.hazard.level, town.hazard.told_level) == ("red", "red")
    assert (CITY, "upgraded", 600) in town.told()


def test_an_open_alert_that_began_lower_falls_and_nobody_is_told() -> None:
    town = Town()
    town.do(fire(level="red"), now=NOON + MINUTE)
    before = len(town.notices)
    town.do(fire(level="yellow", received=NOON + MINUTE), now=NOON + MINUTE)
    assert [alert.level for alert in town.stored["alerts"].values()] == ["yellow"]
    assert (town.hazard.level, len(town.notices)) == ("yellow", before)


@pytest.mark.parametrize(("event", "level"), [("upgraded", "yellow"), ("downgraded", "red"), ("raised", "red")])
def test_the_level_counts_whatever_the_event_calls_it_and_however_old_it_is(event: str, level: str) -> None:
    town = Town()
    town.do(fire(level="yellow"), fire("upgraded", "orange", NOON + MINUTE), now=NOON + MINUTE)
    town.do(fire(event, level, NOON + 1, received=NOW), now=NOW)  # type: ignore[arg-type]
    assert [alert.level for alert in town.stored["alerts"].values()] == [level]
    assert town.hazard.level == level


def ended() -> Town:
    """A yellow fire that is over; its hazard still asks to be answered."""
    town = Town()
    town.do(fire(level="yellow"), fire("cleared", "yellow", NOON + MINUTE), now=NOON + MINUTE)
    return town


def test_an_ended_alert_that_turns_out_to_last_is_open_again() -> None:
    town = ended()
    town.do(fire(level="orange", received=NOW), now=NOW)
    (alert,) = town.stored["alerts"].values()
    assert (alert.open, alert.cleared_at, alert.level) == (True, None, "orange")
    assert alert.hazard_id == town.hazard.id
    assert [told[:2] for told in town.told()[1:]] == [(TOWNSHIP, "upgraded"), (DISTRICT, "upgraded")]


def test_after_a_restart_the_very_event_that_once_raised_it_opens_it_again() -> None:
    town = ended().restarted()
    town.do(fire(level="yellow", received=NOW), now=NOW)
    assert [alert.open for alert in town.stored["alerts"].values()] == [True]


def test_it_reopens_an_incident_that_was_lifted() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    for minute, answer in enumerate(("accept", "arrive", "true", "handle", "lift"), 1):
        assert town.say(answer, TOWNSHIP, NOON + minute * MINUTE) == ""
    town.do(fire("cleared", "yellow", NOON + 6 * MINUTE), now=NOON + 7 * MINUTE)
    town.do(fire(level="orange", received=NOW), now=NOW)
    assert (town.hazard.phase, town.hazard.told_level) == ("verify", "orange")
    assert {told[1] for told in town.told()[2:]} == {"reopened"}


def test_it_opens_another_hazard_where_its_own_was_closed() -> None:
    town = ended()
    assert town.say("false", TOWNSHIP, NOON + 2 * MINUTE) == ""
    town.do(fire(level="orange", received=NOW), now=NOW)
    closed, another = sorted(town.stored["hazards"].values(), key=lambda hazard: hazard.opened_at)
    assert (closed.phase, another.phase, another.level) == ("closed", "verify", "orange")
    assert [alert.hazard_id for alert in town.stored["alerts"].values()] == [another.id]


def test_a_copy_of_what_has_been_is_not_a_change() -> None:
    town = Town()
    story = [
        fire(level="yellow"),
        fire("upgraded", "red", NOON + 1),
        fire("downgraded", "orange", NOON + 2),
        fire("cleared", "orange", NOON + 3),
    ]
    for taken, event in enumerate(story, 1):
        town.do(event, now=NOON + 3)
        assert not town.do(*story[:taken], now=NOON + 3)


def test_an_ended_alert_neither_rises_nor_falls() -> None:
    town = ended()
    assert not town.do(fire("upgraded", "red", NOON + 2 * MINUTE), now=NOON + 2 * MINUTE)
    assert not town.do(fire("downgraded", "blue", NOON + 2 * MINUTE), now=NOON + 2 * MINUTE)
