"""Stories of device tickets: what opens one, whom it is told to, how it ends."""

from msgspec.structs import replace

from alerts.model import Ticket
from rules.events import Event, EventKind, Evidence
from tests.alerts.town import CITY, DISTRICT, MINUTE, NOON, TOWNSHIP, Town, fire


def quiet(event: EventKind = "raised", level: str = "", at: int = NOON) -> Event:
    newest = Evidence("G1", NOON - MINUTE, "gas", 51.2, (), level)
    return fire(
        event,
        "blue",
        at,
        device="G1",
        hazard="device_quiet",
        rule="quiet",
        value=1800.0,
        threshold=900.0,
        evidence=(newest,) if event == "raised" else (),
    )


def test_a_quiet_device_is_a_ticket_that_tells_nobody_and_closes_by_recovery() -> None:
    town = Town()
    town.do(quiet(), now=NOON)
    (ticket,) = town.stored["tickets"].values()
    assert (ticket.device, ticket.kind, ticket.state) == ("G1", "device_quiet", "open")
    assert not town.stored["hazards"]
    assert not town.notices
    town.do(quiet("cleared", at=NOON + MINUTE), now=NOON + 2 * MINUTE)
    (ticket,) = town.stored["tickets"].values()
    assert (ticket.state, ticket.closed_by, ticket.closed_at) == ("closed", "recovery", NOON + MINUTE)


def test_a_device_that_fell_quiet_in_alarm_is_told_as_for_that_level() -> None:
    town = Town()
    town.do(quiet(level="orange"), now=NOON)
    assert [(notice.person, notice.level) for notice in town.notices] == [(TOWNSHIP, "orange"), (DISTRICT, "orange")]
    assert "已离线30分钟,离线前可燃气体 51.2 %LEL已达告警" in town.notices[0].text


def test_a_ticket_stays_open_while_another_of_its_alerts_is() -> None:
    town = Town()
    other = replace(quiet(), id="another", rule="quiet-too")
    town.do(quiet(), other, quiet("cleared", at=NOON + 1), now=NOON + 2)
    (ticket,) = town.stored["tickets"].values()
    assert (ticket.state, len(ticket.alerts)) == ("open", 2)
    town.do(replace(other, event="cleared", at=NOON + 3, received=NOON + 3), now=NOON + 4)
    assert [ticket.state for ticket in town.stored["tickets"].values()] == ["closed"]


def test_a_ticket_is_repaired_and_closed_by_hand_with_a_note() -> None:
    town = Town()
    town.do(quiet(), now=NOON)
    (ticket_id,) = town.stored["tickets"]

    def say(answer: str, person: str, at: int, note: str = "") -> str:
        said = Town.answer_to(ticket_id, answer, person, at, note)
        town.do(said, now=at)
        return town.ledger.refused[0][1].why_en if town.ledger.refused else ""

    assert say("handle", "stranger", NOON + 1) != ""
    assert say("handle", TOWNSHIP, NOON + 2) == ""
    assert town.stored["tickets"][ticket_id].state == "repaired"
    assert say("close", TOWNSHIP, NOON + 3) != ""
    assert say("arrive", TOWNSHIP, NOON + 3) != ""
    assert say("close", TOWNSHIP, NOON + 4, "已换电池") == ""
    assert town.stored["tickets"][ticket_id].closed_by == TOWNSHIP


def test_a_ticket_whose_first_steps_are_empty_is_told_to_the_next_step_that_has_somebody() -> None:
    town = Town()
    nowhere = replace(quiet(level="orange"), site="", township="")
    town.do(nowhere, now=NOON)
    assert [notice.person for notice in town.notices] == [CITY]
    assert [step.text[:2] for step in town.steps if step.kind == "empty"] == ["镇街", "区县"]


def test_a_ticket_that_nobody_can_be_told_of_says_so() -> None:
    town = Town(officers="")
    town.do(quiet(level="orange"), now=NOON)
    assert not town.notices
    assert len([step for step in town.steps if step.kind == "empty"]) == 3


def test_an_alert_that_rises_after_its_ticket_was_closed_opens_another() -> None:
    town = Town()
    town.do(quiet(), now=NOON)
    (ticket_id,) = town.stored["tickets"]
    town.do(Town.answer_to(ticket_id, "close", TOWNSHIP, NOON + 1, "已换电池"), now=NOON + 1)
    town.do(replace(quiet("upgraded", at=NOON + 2), level="orange"), now=NOON + 2)
    tickets: list[Ticket] = list(town.stored["tickets"].values())
    assert [(ticket.state, ticket.closed_by) for ticket in tickets] == [("closed", TOWNSHIP), ("open", "")]
