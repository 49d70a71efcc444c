"""The officer's message, read at 3 a.m."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.measured import number
from alerts.text import LONGEST, clock
from alerts.words import forbidden_in_rain
from ingest.places import Device
from rules.events import Event, Evidence
from rules.rulebook import Limb, Rule, Tier
from tests.alerts.town import MILL, MINUTE, NOON, SECOND, SITE_TOML, TOWN, Town, fire

THREE = NOON - 9 * 60 * MINUTE + MINUTE
"""03:01."""


def messages(*events: Event, now: int = THREE) -> list[tuple[str, str]]:
    town = Town()
    town.do(*events, now=now)
    return [(notice.text, notice.text_en) for notice in town.notices]


def night(**changes: object) -> Event:
    return fire(at=THREE, raised=THREE, **changes)  # type: ignore[arg-type]


GAS = {"device": "G1", "hazard": "gas_leak", "rule": "gas-lel", "value": 51.2, "threshold": 50.0}
RAIN = {"device": "R1", "hazard": "rain", "rule": "rain-gauge", "site": "", "value": 36.5, "threshold": 35.0}


def test_one_detector_declares_fire() -> None:
    assert messages(night())[0] == (
        "橙色告警·火灾。诸暨市大唐街道 天织纺织厂 3号车间东侧烟感1 报火警,1个探测器,待核实。03:01起。"
        "请电话核实,派人到场。请于03:11前签收。",
        "ORANGE Fire 03:01: 诸暨市大唐街道 天织纺织厂 3号车间东侧烟感1 declares fire, one detector. "
        "Call to verify, send somebody. Answer by 03:11.",
    )


def test_a_measured_gas_says_value_limit_and_unit() -> None:
    evidence = (Evidence("G1", THREE, "gas", 51.2),)
    assert messages(night(**GAS, level="red", evidence=evidence))[0] == (
        "红色告警·可燃气体泄漏。诸暨市大唐街道 天织纺织厂 锅炉房气体1 可燃气体51.2 %LEL(限值50),实测值,待核实。"
        "03:01起。请禁火断电,疏散,派人到场。请于03:04前签收。",
        "RED Gas leak 03:01: 诸暨市大唐街道 天织纺织厂 锅炉房气体1 gas 51.2 %LEL, limit 50. "
        "No flames, cut power, evacuate, send somebody. Answer by 03:04.",
    )


def test_rain_says_amount_window_and_what_to_do_and_no_colour() -> None:
    evidence = (Evidence("R1", THREE, "rain", 12.0),)
    texts = messages(night(**RAIN, level="yellow", evidence=evidence))
    assert texts[0] == (
        "雨情监测告警。诸暨市大唐街道 雨量站 1小时雨量 36.5 mm(限值35)。03:01起。"
        "请查看低洼处和山洪沟口,转移危险区人员。请于03:31前签收。",
        "Rain 03:01: 诸暨市大唐街道 雨量站 36.5 mm of rain in 1 h, limit 35. "
        "Check low ground and gullies, move people out of danger areas. Answer by 03:31.",
    )


def test_who_did_not_answer_is_named_when_it_goes_up() -> None:
    texts = messages(night(level="yellow"), now=THREE + 31 * MINUTE)
    assert texts[1][0].startswith("镇街超时未签收,逐级叫应:黄色告警·火灾。")
    assert texts[1][1].startswith("Township silent: YELLOW Fire")


def test_what_is_told_again_says_how_often() -> None:
    texts = messages(night(level="red"), now=THREE + 4 * MINUTE)
    assert texts[-1][0].startswith("超时未签收,第1次再叫应:红色告警")


def test_an_upgrade_and_a_second_device_are_said() -> None:
    second = fire(device="D2", raised=THREE + 1, at=THREE + 1, level="orange")
    up = fire("upgraded", "red", THREE + SECOND, raised=THREE)
    texts = messages(night(), second, up, now=THREE + 2 * SECOND)
    assert texts[-1][0].startswith(
        "级别上升:红色告警·火灾。诸暨市大唐街道 天织纺织厂 3号车间东侧烟感1 报火警,2个设备同时告警,把握高。03:01起。"
    )


def test_readings_that_are_back_are_said_while_it_still_has_to_be_verified() -> None:
    cleared = fire("cleared", "yellow", THREE + MINUTE, raised=THREE)
    texts = messages(night(level="yellow"), cleared, now=THREE + 31 * MINUTE)
    assert "读数已恢复,仍须核实" in texts[1][0]


def test_another_day_is_named() -> None:
    assert clock(NOON, NOON, 480) == "12:00"
    assert clock(NOON, NOON + 13 * 60 * MINUTE, 480) == "08-04 12:00"
    assert clock(NOON, NOON, 0) == "04:00"


def test_numbers_are_read_without_exponents() -> None:
    assert [number(value) for value in (50.0, 51.234, 0.1 + 0.2, 1e6, -0.004)] == [
        "50",
        "51.23",
        "0.3",
        "1000000",
        "-0",
    ]


@pytest.mark.parametrize("text", ["暴雨预警", "红色", "Red", "a warning", "信号"])
def test_words_that_only_a_meteorological_station_may_use(text: str) -> None:
    assert forbidden_in_rain(text)


def test_a_village_named_after_a_colour_is_not_a_warning() -> None:
    assert forbidden_in_rain("红星村、蓝天幼儿园,转移人员") is None


RAIN_WAYS = st.tuples(
    st.sampled_from(["blue", "yellow", "orange", "red"]),
    st.sampled_from(["blue", "yellow", "orange", "red"]),
    st.booleans(),
    st.floats(0, 999),
)


@settings(max_examples=60, deadline=None)
@given(RAIN_WAYS)
def test_rain_texts_never_say_what_only_a_station_may(way: tuple[str, str, bool, float]) -> None:
    level, higher, late, value = way
    rain = {**RAIN, "value": value}
    received = THREE + late * 30 * MINUTE
    up = fire("upgraded", higher, THREE + 31 * MINUTE, raised=THREE, **rain)  # type: ignore[arg-type]
    for text, text_en in messages(night(**rain, level=level, received=received), up, now=THREE + 900 * MINUTE):
        assert forbidden_in_rain(text) is None
        assert forbidden_in_rain(text_en) is None
        assert "mm" in text


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=1, max_size=120),
    st.text(min_size=1, max_size=120),
    st.floats(-1e6, 1e6),
    st.sampled_from([None, "drill"]),
)
def test_no_message_is_longer_than_200_and_its_deadline_is_never_cut(
    site: str, device: str, value: float, run: str | None
) -> None:
    town = Town()
    town.places.sites[MILL] = replace(town.places.sites[MILL], name=site)
    town.places.devices["G1"] = Device("G1", "gas", MILL, TOWN, "", 0, device)
    evidence = (Evidence("G1", THREE, "gas", value),)
    gas = {**GAS, "value": value}
    town.do(night(**gas, level="yellow", run=run, evidence=evidence), now=THREE + 400 * MINUTE)
    assert len(town.notices) > 3
    for notice in town.notices:
        assert max(len(notice.text), len(notice.text_en)) <= LONGEST
        assert notice.text.endswith("前签收。")
        assert "Answer by " in notice.text_en


def test_a_phrase_goes_as_a_whole_before_a_word_is_cut() -> None:
    town = Town(
        SITE_TOML.replace("No flames, cut power, evacuate", "No flames, cut power, evacuate, stay upwind of it")
    )
    town.places.sites[MILL] = replace(town.places.sites[MILL], name="甲" * 20)
    town.places.devices["G1"] = replace(town.places.devices["G1"], name="乙" * 24)
    evidence = (Evidence("G1", THREE, "water_pressure", 0.123),)
    first = fire(device="D1", hazard="gas_leak", rule="smoke", at=THREE, raised=THREE, level="yellow")
    gas = {**GAS, "value": 0.123, "threshold": 0.456}
    town.do(first, night(**gas, level="red", evidence=evidence), now=THREE)
    worst = town.notices[-1]
    assert "2个设备同时告警" in worst.text
    assert "2 devices" not in worst.text_en
    assert "water pressure 0.12 MPa, limit 0.46. No flames" in worst.text_en


def test_a_site_that_no_file_knows_is_left_out() -> None:
    assert "诸暨市大唐街道 3号车间东侧" in messages(night(site="nowhere"))[0][0]


def test_where_no_alert_is_known_any_more_somebody_is_still_told() -> None:
    town = Town()
    town.do(night(level="yellow"), now=THREE)
    town.stored["alerts"].clear()
    after = town.restarted()
    after.do(now=THREE + 31 * MINUTE)
    assert after.notices[-1].text == (
        "镇街超时未签收,逐级叫应:黄色告警·火灾。诸暨市大唐街道 天织纺织厂 报火警,1个探测器,待核实。03:01起。"
        "请电话核实,派人到场。请于04:01前签收。"
    )


def test_the_window_is_the_one_of_the_level_that_was_reached() -> None:
    rule = Rule(
        "rain-gauge",
        "window_sum",
        "rain",
        "",
        tiers=tuple(Tier(level, limbs=(Limb(hours * 3_600_000, 50.0),)) for level, hours in ((1, 24), (2, 1))),
    )
    town = Town()
    town.ledger.rows.rules["rain-gauge"] = rule
    rain = {**RAIN, "value": 55.0, "threshold": 50.0}
    town.do(night(**rain, level="yellow"), now=THREE)
    assert "1小时雨量 55 mm(限值50)" in town.notices[0].text


def test_what_to_do_is_asked_for_once() -> None:
    town = Town(SITE_TOML.replace("电话核实", "请电话核实"))
    town.do(night(), now=THREE)
    assert "。请电话核实,派人到场。" in town.notices[0].text
