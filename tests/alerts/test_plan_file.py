"""The plan out of its files: what is wrong is told with file, key, found and expected, all at once."""

import tomllib

import pytest

from alerts.plan_file import parse_plan
from tests.alerts.town import CITY, MILL, OFFICERS_TOML, SITE_TOML, SUBSTITUTE, TOWN, TOWNSHIP, UNIT, plan_of, town


def faults_of(site: str = SITE_TOML, officers: str = OFFICERS_TOML) -> list[str]:
    plan, faults = parse_plan(tomllib.loads(site), tomllib.loads(officers), town())
    assert (plan is None) == bool(faults)
    return [str(fault) for fault in faults]


def test_a_sound_plan_has_people_by_step_and_area_on_duty_first() -> None:
    plan = plan_of(town())
    assert plan.posts["township", TOWN] == (TOWNSHIP, SUBSTITUTE)
    assert plan.posts["city", "city"] == (CITY, "o-city-2")
    assert plan.posts["unit", MILL] == (UNIT,)
    assert plan.name(UNIT) == "演示 厂长"
    assert plan.offset_minutes == 480
    assert plan.rows["red"].answer_within == 180_000
    assert plan.rows["blue"].arrive_within is None
    assert plan.kind("rain").phases == ("verify", "arrive", "handle", "lifted", "review")


def test_an_unknown_kind_goes_through_all_phases() -> None:
    assert plan_of(town()).kind("landslide").phases == ("verify", "arrive", "handle", "lifted", "rectify", "review")


def test_channels_serve_the_first_match_and_a_terminal_needs_a_township() -> None:
    plan = plan_of(town())
    assert [plan.channel("township", TOWN), plan.channel("township", ""), plan.channel("city", TOWN)] == [
        "terminal",
        "webhook",
        "webhook",
    ]
    assert plan.without("webhook").channel("city", TOWN) == "board"


SITE_FAULTS = {
    "an unknown key": (
        'level = "red"',
        'level = "red"\nloud = true',
        ["site.toml: escalation[1].loud: found True; expected a known key (level, start, answer_within"],
    ),
    "a wrong level": ('level = "red"', 'level = "pink"', ["escalation[1].level: found 'pink'", "no row for level red"]),
    "a level twice": (
        'level = "blue"',
        'level = "red"',
        ["escalation[4].level: found 'red'; expected a level that no other row has", "no row for level blue"],
    ),
    "no duration": ('"3m"', "3", ['answer_within: found 3; expected a duration such as "3m"']),
    "a zero duration": ('"3m"', '"0s"', ["answer_within: found '0s'"]),
    "a duration of ages": ('"3m"', '"999999999d"', ["answer_within: found '999999999d'; expected a duration such as"]),
    "a missing key": ('answer_within = "3m"', "", ["escalation[1].answer_within: found nothing; expected a duration"]),
    "an unknown step": ('["unit", "village"]', '["unit", "county"]', ["escalation[4].start: found ['unit', 'county']"]),
    "no step": ('["unit", "village"]', "[]", ["escalation[4].start: found []"]),
    "a repeat without end": ("repeat = 3", "repeat = 1001", ["found 1001; expected a whole number from 0 to 1000"]),
    "a negative repeat": ("repeat = 3", "repeat = -1", ["escalation[1].repeat: found -1"]),
    "a channel of another kind": ('kind = "webhook"', 'kind = "pigeon"', ["channel[2].kind: found 'pigeon'"]),
    "a channel twice": ('id = "gateway"', 'id = "terminal"', ["channel[2].id: found 'terminal'"]),
    "a hazard twice": ('kind = "gas_leak"', 'kind = "fire"', ["hazard[2].kind: found 'fire'"]),
    "phases without a beginning": ('["verify", "handle", "lifted"]', '["handle", "lifted"]', ["hazard[4].phases"]),
    "rain that speaks like a station": (
        "查看低洼处",
        "发布暴雨预警",
        ["hazard[3].do_zh: found '发布暴雨预警和山洪沟口,转移危险区人员'; expected a text without '预警'"],
    ),
    "no time zone": ('time_zone = "+08:00"', "", ["site.toml: time_zone: found nothing"]),
    "a wrong time zone": ("+08:00", "Asia/Shanghai", ["time_zone: found 'Asia/Shanghai'"]),
}


@pytest.mark.parametrize("name", SITE_FAULTS)
def test_a_faulty_site_file_is_told_by_key(name: str) -> None:
    old, new, expected = SITE_FAULTS[name]
    assert old in SITE_TOML
    faults = faults_of(site=SITE_TOML.replace(old, new, 1))
    assert len(faults) == len(expected)
    assert all(any(part in fault for fault in faults) for part in expected)


OFFICER_FAULTS = {
    "an unknown area": (f'area = "{TOWN}"', 'area = "330699999"', "expected the code of a township of this site"),
    "two on duty": ("duty = false", "duty = true", f"officers.toml: township {TOWN}: found 2 on duty"),
    "nobody on duty": ("duty = true", "duty = false", "village 330681005001: found 0 on duty"),
    "a level of no step": ('level = "city"', 'level = "province"', "officer[5].level: found 'province'"),
    "an id twice": ('id = "o-city-2"', 'id = "o-city-1"', "officer[6].id: found 'o-city-1'"),
    "a word as duty": ("duty = false", 'duty = "no"', "officer[2].duty: found 'no'; expected true or false"),
    "an unknown key": ("duty = false", "duty = false\nrank = 1", "officer[2].rank: found 1"),
}


@pytest.mark.parametrize("name", OFFICER_FAULTS)
def test_a_faulty_officers_file_is_told_by_key(name: str) -> None:
    old, new, expected = OFFICER_FAULTS[name]
    assert old in OFFICERS_TOML
    assert any(expected in fault for fault in faults_of(officers=OFFICERS_TOML.replace(old, new, 1)))


def test_all_faults_of_both_files_are_told_at_once() -> None:
    faults = faults_of(SITE_TOML.replace('"3m"', "3"), OFFICERS_TOML.replace("duty = false", "duty = 1", 1))
    assert [fault.split(":")[0] for fault in faults] == ["site.toml", "officers.toml"]


def test_other_rows_than_officers_are_faults() -> None:
    assert faults_of(officers=OFFICERS_TOML + '\n[[chief]]\nid = "x"')


def test_a_table_where_rows_belong_is_a_fault() -> None:
    plan, faults = parse_plan(tomllib.loads('time_zone = "+08:00"\nhazard = "fire"'), {}, town())
    assert plan is None
    assert any("rows, each under [[hazard]]" in str(fault) for fault in faults)
    assert sum("no row for level" in str(fault) for fault in faults) == 4
