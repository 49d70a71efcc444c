"""The incident's table, cell by cell, and its guards one by one."""

import pytest

from alerts import incident
from alerts.incident import ANSWERS, TABLE, Refused, offers
from tests.alerts.town import CITY, DISTRICT, MINUTE, NOON, SUBSTITUTE, TOWNSHIP, UNIT, Town, fire

ROAD = ("accept", "arrive", "true", "handle", "lift")

# For each phase, how a story gets there and what each answer of the owner then comes to: a phase, or the refusal.
CELLS: dict[str, tuple[tuple[str, ...], str]] = {
    # accept, decline, arrive, handle, true, false, test, lift, close
    "verify": ((), "verify verify arrive NOT_ARRIVED verify closed closed NOT_HANDLED NOT_LIFTED"),
    "arrive": (
        ROAD[:2],
        "already ON_THE_SPOT ALREADY_ARRIVED handle arrive closed closed NOT_HANDLED NOT_LIFTED",
    ),
    "handle": (
        ROAD[:4],
        "already ON_THE_SPOT ALREADY_ARRIVED ALREADY_HANDLING ALREADY_TRUE closed closed rectify NOT_LIFTED",
    ),
    "rectify": (ROAD, "LIFTED LIFTED LIFTED LIFTED LIFTED LIFTED LIFTED LIFTED closed"),
    "closed": ((*ROAD, "close"), " ".join(["NO_SUCH_HAZARD"] * 9)),
}


@pytest.mark.parametrize("phase", CELLS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_in_each_phase_leads_where_the_table_says(phase: str, answer: str) -> None:
    road, expected = CELLS[phase]
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    for minute, said in enumerate(road, 1):
        assert town.say(said, TOWNSHIP, NOON + minute * 1000, "已整改") == ""
    assert town.hazard.phase == phase
    why = town.say(answer, TOWNSHIP, NOON + 60_000, "原因")
    cell = expected.split()[ANSWERS.index(answer)]
    if cell.isupper():
        assert why == getattr(incident, cell).why_en
        assert town.hazard.phase == phase
    elif cell == "already":
        assert why == "You answered at 12:00 already"
    else:
        assert (why, town.hazard.phase) == ("", cell)


def test_the_table_has_a_cell_for_every_phase_and_answer() -> None:
    assert {tuple(row) for row in TABLE.values()} == {ANSWERS}
    assert set(TABLE) == {"verify", "arrive", "handle", "lifted", "rectify", "review", "closed"}


def test_a_refused_answer_writes_nothing() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    answer = town.answer("lift", TOWNSHIP, NOON)
    assert town.ledger.refusal(answer) == incident.NOT_HANDLED
    assert not town.do(answer, now=NOON)
    assert town.ledger.refused == [(answer, incident.NOT_HANDLED)]


def test_strangers_and_other_areas_may_not_answer_but_anybody_on_duty_above_may() -> None:
    town = Town()
    town.do(fire(level="blue"), now=NOON)  # unit and village are told
    assert town.say("accept", "stranger", NOON) == incident.NOT_YOURS.why_en
    assert town.say("accept", SUBSTITUTE, NOON) == incident.NOT_YOURS.why_en
    assert town.say("accept", DISTRICT, NOON) == ""
    assert town.hazard.owner == DISTRICT


def test_only_who_was_told_can_hand_over() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    assert town.say("decline", CITY, NOON) == incident.NOT_TOLD.why_en


def test_a_second_accept_by_another_person_is_on_record_and_changes_no_owner() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    assert town.say("accept", TOWNSHIP, NOON + 1000) == ""
    deadline = town.hazard.answer_by
    assert town.say("accept", DISTRICT, NOON + 2000) == ""
    assert (town.hazard.owner, town.hazard.answer_by) == (TOWNSHIP, deadline)
    assert {notice.state for notice in town.notices} == {"answered"}


def test_a_declining_owner_gives_it_up() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    town.say("accept", TOWNSHIP, NOON + 1000)
    assert town.say("decline", TOWNSHIP, NOON + 2000) == ""
    assert (town.hazard.owner, town.hazard.answered_at) == ("", None)
    assert town.told()[-1] == (SUBSTITUTE, "substitute", 2)


@pytest.mark.parametrize("level", ["orange", "red"])
def test_no_false_alarm_while_a_second_device_of_the_site_is_in_alarm(level: str) -> None:
    town = Town()
    second = fire(device="D2", raised=NOON + 1, at=NOON + 1, level="yellow")
    town.do(fire(level=level), second, now=NOON + 2)
    assert town.say("false", TOWNSHIP, NOON + 3) == incident.SECOND_DEVICE.why_en
    town.do(fire("cleared", "yellow", NOON + 4, device="D2", raised=NOON + 1), now=NOON + 5)
    assert town.say("false", TOWNSHIP, NOON + 6, "做饭冒烟") == ""
    assert (town.hazard.phase, town.hazard.result) == ("closed", "false")
    assert town.steps[-1].text == "演示 陈志明 误报(手机):做饭冒烟"


def test_a_gas_alarm_beside_a_fire_counts_as_the_second_device() -> None:
    town = Town()
    gas = fire(device="G1", hazard="gas_leak", rule="gas-lel", value=51.2, threshold=50.0, level="yellow")
    town.do(fire(), gas, now=NOON)
    fire_hazard = next(hazard for hazard in town.stored["hazards"].values() if hazard.kind == "fire")
    said = Town.answer_to(fire_hazard.id, "false", TOWNSHIP, NOON + 1)
    assert town.ledger.refusal(said) == incident.SECOND_DEVICE


def test_a_quiet_device_is_no_second_device_in_alarm() -> None:
    town = Town()
    town.do(fire(), fire(device="D2", hazard="device_quiet", rule="quiet", level="blue"), now=NOON)
    assert town.say("false", TOWNSHIP, NOON) == ""


def test_a_yellow_one_may_be_false_beside_another() -> None:
    town = Town()
    town.do(fire(level="yellow"), fire(device="D2", raised=NOON + 1, at=NOON + 1, level="yellow"), now=NOON + 2)
    assert town.say("false", TOWNSHIP, NOON + 3) == ""


def test_lifting_needs_a_result_and_closing_a_note() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    for answer in ("arrive", "handle"):
        assert town.say(answer, TOWNSHIP, NOON) == ""
    assert town.say("lift", TOWNSHIP, NOON) == incident.NOT_VERIFIED.why_en
    assert town.say("true", TOWNSHIP, NOON) == ""
    assert town.say("lift", TOWNSHIP, NOON) == ""
    assert town.say("close", TOWNSHIP, NOON, "  ") == incident.NEEDS_NOTE.why_en
    assert town.say("close", TOWNSHIP, NOON, "线路已更换") == ""
    assert (town.hazard.phase, town.hazard.result) == ("closed", "true")


def test_a_kind_without_arrival_has_no_such_step_and_no_such_clock() -> None:
    town = Town()
    low = fire(device="W1", hazard="water_supply", rule="hydrant", level="yellow", value=0.05, threshold=0.1)
    town.do(low, now=NOON)
    assert town.say("arrive", TOWNSHIP, NOON) == incident.NOT_A_STEP.why_en
    assert town.say("accept", TOWNSHIP, NOON) == ""
    assert (town.hazard.answer_by, town.stored["timers"]) == (None, {})
    for answer in ("true", "handle", "lift"):
        assert town.say(answer, TOWNSHIP, NOON + MINUTE) == ""
    assert town.hazard.phase == "closed"  # neither 整改 nor 复盘 in its row


def test_rain_goes_from_lifting_to_review() -> None:
    town = Town()
    town.do(fire(device="R1", hazard="rain", rule="rain-gauge", site="", level="yellow", value=50.0), now=NOON)
    for answer in ROAD:
        assert town.say(answer, TOWNSHIP, NOON + MINUTE) == ""
    assert town.hazard.phase == "review"


def test_an_unknown_answer_or_hazard_is_refused() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    assert town.say("dance", TOWNSHIP, NOON) == incident.UNKNOWN_ANSWER.why_en
    assert town.ledger.refusal(Town.answer_to("nowhere", "accept", TOWNSHIP, NOON)) == incident.NO_SUCH_HAZARD


def test_the_unit_itself_may_answer_by_its_contact() -> None:
    town = Town()
    town.do(fire(level="blue"), now=NOON)
    assert town.say("true", UNIT, NOON) == ""
    assert (town.hazard.owner, town.hazard.result, town.hazard.answer_by) == (UNIT, "true", None)


def test_offers_are_the_answers_that_lead_on() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    assert offers(town.hazard) == ("accept", "decline", "arrive", "true", "false", "test")
    seen = []
    for answer in ROAD:
        town.say(answer, TOWNSHIP, NOON + 1000)
        seen.append(offers(town.hazard))
    assert seen == [
        ("arrive", "true", "false", "test"),
        ("handle", "true", "false", "test"),
        ("handle", "false", "test"),
        ("false", "test", "lift"),
        ("close",),
    ]


def test_refusals_say_why_in_both_languages() -> None:
    named = [value for value in vars(incident).values() if isinstance(value, Refused)]
    assert len(named) > 10
    assert all(refused.why_zh and refused.why_en for refused in named)
