"""Stories of an incident that was lifted and is in alarm again, and of one that goes on for a very long time."""

from alerts.open_rows import KEPT
from rules.events import Event
from tests.alerts.town import DISTRICT, MINUTE, NOON, SECOND, SUBSTITUTE, TOWNSHIP, Town, fire

LIFTED = NOON + 10 * MINUTE
BEGAN = NOON + 11 * MINUTE
HEARD = NOON + 50 * MINUTE


def lifted() -> Town:
    """An orange fire, lifted and recovered."""
    town = Town()
    town.do(fire(), now=NOON)
    for minute, answer in enumerate(("accept", "arrive", "true", "handle", "lift"), 1):
        assert town.say(answer, TOWNSHIP, NOON + minute * MINUTE) == ""
    town.do(fire("cleared", at=NOON + 6 * MINUTE), now=LIFTED)
    return town


def late() -> Event:
    return fire(raised=BEGAN, at=BEGAN, received=HEARD)


def test_nobody_hands_over_what_nobody_has_been_told_of() -> None:
    town = lifted()
    before = len(town.notices)
    town.do(late(), now=HEARD)
    assert (town.hazard.phase, town.hazard.told_level) == ("verify", "")
    assert town.say("decline", TOWNSHIP, HEARD + SECOND) != ""
    assert len(town.notices) == before
    town.do(now=HEARD + 3 * MINUTE)
    assert {(person, reason) for person, reason, _ in town.told()[before:]} == {(TOWNSHIP, "late"), (DISTRICT, "late")}


def test_once_they_are_told_of_it_they_may_hand_over() -> None:
    town = lifted()
    town.do(late(), now=HEARD + 3 * MINUTE)
    assert town.say("decline", TOWNSHIP, HEARD + 4 * MINUTE) == ""
    assert town.told()[-1][:2] == (SUBSTITUTE, "substitute")


def test_a_hazard_of_very_many_episodes_names_the_newest_and_what_is_open() -> None:
    town = Town()
    town.do(fire(level="red"), now=NOON)
    for minute in range(1, KEPT + 50):
        at = NOON + minute * MINUTE
        episode = {"device": "D2", "raised": at}
        town.do(
            fire("raised", "yellow", at, **episode),  # type: ignore[arg-type]
            fire("cleared", "yellow", at + SECOND, **episode),  # type: ignore[arg-type]
            now=at + 2 * SECOND,
        )
    named = town.hazard.alerts
    assert len(named) == KEPT
    assert {fire().id, fire(device="D2", raised=at).id} <= set(named)
    assert town.hazard.level == "red"
    assert set(town.ledger.rows.alerts) == set(named)
    assert len(town.stored["alerts"]) == KEPT + 50
    again = town.restarted()
    assert set(again.ledger.rows.alerts) == set(named)
    assert not town.do(fire("raised", "yellow", NOON + MINUTE, device="D2", raised=NOON + MINUTE), now=at + MINUTE // 2)


def test_an_open_alert_is_never_let_go_of() -> None:
    town = Town()
    many = [fire(device=f"X{number}") for number in range(KEPT + 20)]
    town.do(*many, now=NOON)
    assert len(town.hazard.alerts) == KEPT + 20
