"""Stories of alerts and hazards: what opens, joins, rises, falls and ends."""

from tests.alerts.town import CITY, DISTRICT, MILL, MINUTE, NOON, SECOND, TOWN, TOWNSHIP, Town, fire


def test_two_alerts_of_one_site_and_kind_are_one_hazard() -> None:
    town = Town()
    town.do(fire(), fire(device="D2", raised=NOON + 1, at=NOON + 1), now=NOON + 2)
    assert len(town.hazard.alerts) == 2
    assert len(town.notices) == 2  # the second detector adds no second round of messages
    assert {alert.hazard_id for alert in town.stored["alerts"].values()} == {town.hazard.id}


def test_another_kind_at_the_same_site_is_another_hazard() -> None:
    town = Town()
    gas = fire(device="G1", hazard="gas_leak", rule="gas-lel", value=51.2, threshold=50.0)
    town.do(fire(), gas, now=NOON)
    assert sorted(hazard.kind for hazard in town.stored["hazards"].values()) == ["fire", "gas_leak"]


def test_without_a_site_the_place_is_the_township() -> None:
    town = Town()
    town.do(fire(device="R1", hazard="rain", site="", level="yellow"), now=NOON)
    assert (town.hazard.place_kind, town.hazard.place) == ("township", TOWN)


def test_a_cleared_alert_never_closes_its_hazard_and_leaves_its_level() -> None:
    town = Town()
    town.do(fire(level="red"), now=NOON)
    town.do(fire("cleared", "red", NOON + MINUTE), now=NOON + 2 * MINUTE)
    assert (town.hazard.phase, town.hazard.level, town.hazard.closed_at) == ("verify", "red", None)
    assert [step.kind for step in town.steps][-1] == "alert"
    town.do(now=NOON + 4 * MINUTE)
    assert [reason for _, reason, _ in town.told()][5:] == ["repeated", "repeated"]  # it still rings


def test_the_level_is_the_highest_of_the_open_alerts() -> None:
    town = Town()
    second = fire(device="D2", raised=NOON + 1, at=NOON + 1, level="yellow")
    town.do(fire(level="red"), second, fire("cleared", "red", NOON + 2), now=NOON + 3)
    assert (town.hazard.level, town.hazard.peak) == ("yellow", "red")
    town.do(fire("cleared", "yellow", NOON + 4, device="D2", raised=NOON + 1), now=NOON + 5)
    assert town.hazard.level == "yellow"


def test_a_downgrade_lowers_the_level_and_changes_no_clock() -> None:
    town = Town()
    town.do(fire(level="red"), fire("downgraded", "yellow", NOON + SECOND), now=NOON + 2 * SECOND)
    assert (town.hazard.level, town.hazard.told_level, town.hazard.answer_by) == (
        "yellow",
        "red",
        NOON + 3 * MINUTE,
    )


def test_the_owner_hears_when_the_readings_are_back() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    town.say("accept", TOWNSHIP, NOON + MINUTE)
    town.do(fire("cleared", "yellow", NOON + 2 * MINUTE), now=NOON + 3 * MINUTE)
    assert town.told()[1:] == [(TOWNSHIP, "cleared", 120)]
    assert "读数已恢复,仍须核实" in town.notices[1].text
    assert town.notices[1].answer_by is None


def test_a_late_alert_is_shown_at_once_and_told_only_if_it_lasts() -> None:
    town = Town()
    received = NOON + 33 * MINUTE
    town.do(fire(received=received), now=received + SECOND)
    (alert,) = town.stored["alerts"].values()
    assert alert.late
    assert town.told() == []
    town.do(now=received + 3 * MINUTE)
    told_at = 35 * 60
    assert town.told() == [(TOWNSHIP, "late", told_at), (DISTRICT, "late", told_at)]
    assert "补录,迟到35分钟" in town.notices[0].text
    assert town.hazard.answer_by == NOON + 45 * MINUTE  # ten minutes from the telling


def test_a_late_alert_that_ends_at_once_wakes_nobody() -> None:
    town = Town()
    received = NOON + 33 * MINUTE
    town.do(fire(received=received), now=received)
    town.do(fire("cleared", "orange", NOON + 20 * MINUTE, received=received + SECOND), now=received + 60 * MINUTE)
    assert town.told() == []
    assert town.steps[-1].kind == "late"
    assert town.hazard.phase == "verify"


def test_who_takes_a_late_hazard_from_the_board_is_not_rung_for_it_again() -> None:
    town = Town()
    received = NOON + 33 * MINUTE
    town.do(fire(received=received), now=received)
    assert town.say("accept", TOWNSHIP, received + SECOND) == ""
    town.do(now=received + 5 * MINUTE)
    assert town.told() == []


def test_a_timely_upgrade_of_a_late_alert_is_told_at_once() -> None:
    town = Town()
    received = NOON + 33 * MINUTE
    town.do(fire(level="yellow", received=received), now=received)
    town.do(fire("upgraded", "red", received + SECOND), now=received + 2 * SECOND)
    assert {reason for _, reason, _ in town.told()} == {"raised"}
    town.do(now=received + 125 * SECOND)
    assert len(town.notices) == 5  # the two minutes are over, but everybody knows


def test_a_new_alert_after_lifting_reopens_the_incident() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    for minute, answer in enumerate(("accept", "arrive", "true", "handle", "lift"), 1):
        assert town.say(answer, TOWNSHIP, NOON + minute * MINUTE) == ""
    assert town.hazard.phase == "rectify"
    town.do(fire("cleared", "yellow", NOON + 6 * MINUTE), now=NOON + 7 * MINUTE)
    again = fire(raised=NOON + 8 * MINUTE, at=NOON + 8 * MINUTE, level="yellow")
    town.do(again, now=NOON + 9 * MINUTE)
    assert (town.hazard.phase, town.hazard.result, town.hazard.owner) == ("verify", "", "")
    assert town.told()[1:] == [(TOWNSHIP, "reopened", 480)]
    town.do(now=NOON + 39 * MINUTE)
    assert town.told()[2:] == [(DISTRICT, "escalated", 38 * 60)]


def test_an_alert_that_rises_after_its_hazard_was_closed_opens_another() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    assert town.say("false", TOWNSHIP, NOON + MINUTE, "做饭") == ""
    town.do(fire("upgraded", "red", NOON + 2 * MINUTE), now=NOON + 2 * MINUTE)
    closed, reopened = sorted(town.stored["hazards"].values(), key=lambda hazard: hazard.opened_at)
    assert (closed.phase, reopened.phase, reopened.level) == ("closed", "verify", "red")
    (alert,) = town.stored["alerts"].values()
    assert alert.hazard_id == reopened.id


def test_what_was_not_sent_when_a_hazard_closes_is_skipped() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    town.say("test", TOWNSHIP, NOON + MINUTE)
    assert {notice.person: notice.state for notice in town.notices} == {TOWNSHIP: "answered", DISTRICT: "skipped"}
    assert not town.stored["timers"]


def test_a_run_has_hazards_of_its_own_and_says_that_it_is_a_drill() -> None:
    town = Town()
    town.do(fire(), fire(run="autumn"), now=NOON)
    assert {hazard.run for hazard in town.stored["hazards"].values()} == {None, "autumn"}
    for notice in town.notices:
        assert notice.text.startswith("【演练】") == (notice.run == "autumn")
        assert notice.text_en.startswith("DRILL ") == (notice.run == "autumn")


def test_the_owner_is_not_told_of_the_first_of_two_that_end() -> None:
    town = Town()
    town.do(fire(level="yellow"), fire(device="D2", raised=NOON + 1, at=NOON + 1, level="yellow"), now=NOON + 2)
    town.say("accept", TOWNSHIP, NOON + 3)
    town.do(fire("cleared", "yellow", NOON + 4), now=NOON + 5)
    assert len(town.notices) == 1


def test_a_late_upgrade_makes_the_alert_one_that_was_entered_late() -> None:
    town = Town()
    received = NOON + 40 * MINUTE
    town.do(fire(level="yellow"), fire("upgraded", "orange", NOON + MINUTE, received=received), now=received)
    assert [alert.late for alert in town.stored["alerts"].values()] == [True]
    assert "late" not in [reason for _, reason, _ in town.told()]
    town.do(now=received + 3 * MINUTE)
    assert [(person, reason) for person, reason, _ in town.told()][-2:] == [(TOWNSHIP, "late"), (DISTRICT, "late")]


def test_a_forgotten_alerts_end_opens_nothing() -> None:
    town = Town()
    assert not town.do(fire("cleared", "red"), now=NOON)


def test_an_upgrade_of_an_alert_that_nobody_knows_is_not_lost() -> None:
    town = Town()
    town.do(fire("upgraded", "red"), now=NOON)
    assert (town.hazard.level, town.hazard.place) == ("red", MILL)
    assert CITY in town.hazard.told
