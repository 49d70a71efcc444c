"""Stories of 逐级叫应: who is told when, told with a turned clock."""

from msgspec.structs import replace

from tests.alerts.town import (
    CITY,
    DISTRICT,
    GRID,
    MINUTE,
    NOON,
    OFFICERS_TOML,
    SECOND,
    SITE_TOML,
    SUBSTITUTE,
    TOWNSHIP,
    UNIT,
    Town,
    fire,
)


def test_a_calm_answer_stops_the_ringing_and_arrival_stops_the_clock() -> None:
    town = Town()
    town.do(fire(), now=NOON + SECOND)
    assert town.told() == [(TOWNSHIP, "raised", 0), (DISTRICT, "raised", 0)]
    assert town.hazard.answer_by == NOON + 10 * MINUTE

    assert town.say("accept", TOWNSHIP, NOON + 2 * MINUTE) == ""
    assert (town.hazard.owner, town.hazard.answered_at) == (TOWNSHIP, NOON + 2 * MINUTE)
    assert town.hazard.answer_by == NOON + 32 * MINUTE  # arrive within 30 minutes of the answer
    assert {notice.person: notice.state for notice in town.notices} == {TOWNSHIP: "answered", DISTRICT: "pending"}

    assert town.say("arrive", TOWNSHIP, NOON + 20 * MINUTE) == ""
    town.do(now=NOON + 600 * MINUTE)
    assert len(town.notices) == 2
    assert town.hazard.phase == "arrive"
    assert town.hazard.answer_by is None
    assert not town.stored["timers"]


def test_nobody_answers_so_it_goes_up_to_the_city_step_by_step_and_is_told_again_there() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON + SECOND)
    town.do(now=NOON + 1000 * MINUTE)
    half_hour = 30 * 60
    assert town.told() == [
        (TOWNSHIP, "raised", 0),
        (DISTRICT, "escalated", half_hour),
        (CITY, "escalated", 2 * half_hour),
        (CITY, "repeated", 3 * half_hour),
        ("o-city-2", "repeated", 3 * half_hour),
        (CITY, "repeated", 4 * half_hour),
        ("o-city-2", "repeated", 4 * half_hour),
        (CITY, "repeated", 5 * half_hour),
        ("o-city-2", "repeated", 5 * half_hour),
    ]
    assert [step.at for step in town.steps if step.kind == "exhausted"] == [NOON + 180 * MINUTE]
    assert town.hazard.answer_by == NOON + 180 * MINUTE  # stays overdue for all to see
    assert not town.stored["timers"]


def test_red_tells_all_five_steps_at_once() -> None:
    town = Town()
    town.do(fire(level="red"), now=NOON + SECOND)
    assert [person for person, _, _ in town.told()] == [UNIT, GRID, TOWNSHIP, DISTRICT, CITY]
    assert {notice.channel for notice in town.notices} == {"terminal", "webhook"}
    assert town.hazard.step == 5


def test_a_timer_fires_only_strictly_after_its_time() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    assert not town.do(now=NOON + 10 * MINUTE)
    assert [notice.person for notice in town.do(now=NOON + 10 * MINUTE + 1).notices.values()] == [CITY]


def test_an_answer_at_the_very_deadline_still_counts() -> None:
    town = Town()
    town.do(fire(), town.answer_later("accept", TOWNSHIP, NOON + 10 * MINUTE), now=NOON + 11 * MINUTE)
    assert [reason for _, reason, _ in town.told()] == ["raised", "raised"]
    assert town.hazard.owner == TOWNSHIP


def test_an_answer_without_arrival_goes_up_again() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    town.say("accept", TOWNSHIP, NOON + MINUTE)
    town.do(now=NOON + 122 * MINUTE)
    assert town.told()[1:] == [(DISTRICT, "not_arrived", 121 * 60)]
    assert (town.hazard.answered_at, town.hazard.owner) == (None, TOWNSHIP)
    assert town.hazard.answer_by == NOON + 151 * MINUTE
    town.say("accept", DISTRICT, NOON + 125 * MINUTE)
    assert town.hazard.owner == DISTRICT


def test_an_upgrade_midway_starts_the_steps_of_the_higher_level() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    town.do(fire("upgraded", "red", NOON + 5 * MINUTE), now=NOON + 6 * MINUTE)
    assert [person for person, reason, _ in town.told() if reason == "upgraded"] == [
        UNIT,
        GRID,
        TOWNSHIP,
        DISTRICT,
        CITY,
    ]
    assert (town.hazard.level, town.hazard.told_level, town.hazard.step) == ("red", "red", 5)
    assert town.hazard.answer_by == NOON + 8 * MINUTE
    town.do(now=NOON + 40 * MINUTE)  # the yellow clock of noon + 30 min is void
    assert "escalated" not in [reason for _, reason, _ in town.told()]


def test_an_upgrade_asks_whoever_answered_the_lower_level_again() -> None:
    town = Town()
    town.do(fire(level="blue"), now=NOON)
    town.say("accept", UNIT, NOON + MINUTE)
    town.do(fire("upgraded", "yellow", NOON + 5 * MINUTE), now=NOON + 6 * MINUTE)
    assert town.told()[2:] == [(UNIT, "upgraded", 300), (TOWNSHIP, "upgraded", 300)]
    assert town.hazard.answered_at is None


def test_an_upgrade_while_it_is_being_handled_tells_but_does_not_ring() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    for minute, answer in enumerate(("accept", "arrive", "true", "handle"), 1):
        assert town.say(answer, TOWNSHIP, NOON + minute * MINUTE) == ""
    town.do(fire("upgraded", "red", NOON + 5 * MINUTE), now=NOON + 60 * MINUTE)
    assert len([reason for _, reason, _ in town.told() if reason == "upgraded"]) == 5
    assert (town.hazard.phase, town.hazard.answer_by, town.hazard.answered_at) == (
        "handle",
        None,
        NOON + MINUTE,
    )
    assert not town.stored["timers"]


def test_declining_tells_the_substitute_and_then_the_next_step() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    town.say("decline", TOWNSHIP, NOON + MINUTE)
    town.say("decline", SUBSTITUTE, NOON + 2 * MINUTE)
    assert town.told()[1:] == [(SUBSTITUTE, "substitute", 60), (DISTRICT, "substitute", 120)]
    assert town.hazard.answer_by == NOON + 32 * MINUTE


def test_an_empty_step_passes_at_once_and_says_so() -> None:
    town = Town()
    town.do(fire(level="blue", site="", device="X9"), now=NOON)  # no unit, no village: the township is told
    assert town.told() == [(TOWNSHIP, "raised", 0)]
    assert [step.text[:2] for step in town.steps if step.kind == "empty"] == ["单位", "村社"]


def test_a_device_that_no_file_knows_is_told_to_the_citys_duty_room() -> None:
    town = Town()
    town.do(fire(site="", township="", device="X9"), now=NOON)
    assert town.told() == [(CITY, "raised", 0)]
    assert town.hazard.place_kind == "device"
    assert town.notices[0].channel == "webhook"
    assert "设备X9" in town.notices[0].text


def test_with_nobody_at_all_it_stays_overdue_and_says_so() -> None:
    town = Town(officers="")
    town.do(fire(site=""), now=NOON)
    town.do(now=NOON + 11 * MINUTE)
    assert town.told() == []
    assert [step.text for step in town.steps if step.kind == "exhausted"] == ["各级均无人可叫应"]
    assert town.hazard.answer_by == NOON + 10 * MINUTE


def test_the_plan_that_runs_is_the_one_that_it_started_with() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    changed = town.restarted()
    fewer = Town(SITE_TOML.replace('answer_within = "10m"', 'answer_within = "99m"'), OFFICERS_TOML)
    changed.ledger.rows.plan = fewer.ledger.rows.plan
    changed.do(now=NOON + 25 * MINUTE)
    assert changed.told()[2:] == [(CITY, "escalated", 600), (CITY, "repeated", 1200), ("o-city-2", "repeated", 1200)]


def test_a_step_that_no_channel_serves_uses_the_board() -> None:
    town = Town()
    town.ledger.rows.plan = town.ledger.rows.plan.without("webhook")
    town.do(fire(), now=NOON)
    shown = {notice.person: (notice.channel, notice.state, notice.sent_at) for notice in town.notices}
    assert shown == {TOWNSHIP: ("terminal", "pending", None), DISTRICT: ("board", "sent", NOON)}


def test_a_timer_of_an_older_version_does_nothing() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    (timer,) = town.stored["timers"].values()
    town.say("accept", TOWNSHIP, NOON + MINUTE)
    town.stored["timers"]["copy"] = replace(timer, id="copy")
    after = town.restarted()
    after.do(now=NOON + 20 * MINUTE)
    assert len(after.notices) == 2
    assert "copy" not in after.stored["timers"]


def test_a_higher_level_is_told_again_as_often_as_if_it_had_begun_so() -> None:
    town = Town()
    town.do(fire(level="yellow"), now=NOON)
    town.do(fire("upgraded", "red", NOON + 160 * MINUTE), now=NOON + 1000 * MINUTE)
    assert [when for person, reason, when in town.told() if (person, reason) == (CITY, "repeated")] == [
        *(minute * 60 for minute in (90, 120, 150)),
        *(minute * 60 for minute in (163, 166, 169)),
    ]
