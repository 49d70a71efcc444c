"""The lines of a history, in the words of a duty officer, in both languages."""

import string

import pytest

from alerts.history import LINES, SAID, english, line
from alerts.model import Receipt
from tests.alerts.town import MINUTE, NOON, TOWNSHIP, Town, fire


def told() -> Town:
    """A fire that nobody takes until the district is called, then somebody does, then it clears and comes again."""
    town = Town()
    town.do(fire(level="orange"), now=NOON + 11 * MINUTE)
    notice = town.notices[0]
    failed = Receipt(notice_id=notice.id, state="failed", at=NOON + 11 * MINUTE, failure="timeout", final=True)
    town.do(failed, now=NOON + 11 * MINUTE)
    town.say("accept", TOWNSHIP, NOON + 12 * MINUTE)
    town.say("true", TOWNSHIP, NOON + 13 * MINUTE, "电话核实:有明火")
    town.do(fire("cleared", "orange", NOON + 14 * MINUTE), now=NOON + 15 * MINUTE)
    return town


def test_what_happened_is_told_by_names_and_not_by_ids() -> None:
    lines = [step.text for step in told().steps]
    assert "3号车间东侧烟感1 橙色告警" in lines
    assert "镇街 演示 陈志明(新告警)" in lines
    assert "区县超时未签收,转叫市级" in lines
    assert "演示 陈志明 收到(手机)" in lines
    assert "演示 陈志明 属实(手机):电话核实:有明火" in lines
    assert "3号车间东侧烟感1 读数恢复,橙色告警结束" in lines
    assert [text for text in lines if any(raw in text for raw in ("D1", "→", "raised", "link", "o-"))] == []


def test_every_line_is_said_in_english_with_its_names_as_they_are() -> None:
    lines = [english(step.text) for step in told().steps if step.kind != "opened"]
    assert "3号车间东侧烟感1: orange alert" in lines
    assert "演示 陈志明, for the township (new alert)" in lines
    assert "no answer from the district, now the city" in lines
    assert "演示 陈志明: got it (phone)" in lines
    assert "演示 陈志明: it is real (phone): 电话核实:有明火" in lines
    assert "3号车间东侧烟感1: back to normal, orange alert over" in lines


@pytest.mark.parametrize("name", LINES)
def test_every_line_of_the_table_is_found_again(name: str) -> None:
    fields = [field for _, field, _, _ in string.Formatter().parse(LINES[name][0]) if field]
    values = {field: next(key for key in SAID[field] if key) if field in SAID else f"甲 {field}" for field in fields}
    said = {field: SAID[field][value][1] if field in SAID else value for field, value in values.items()}
    assert english(line(name, **values)) == LINES[name][1].format(**said)


def test_what_nobody_wrote_in_the_table_stays_as_it_is() -> None:
    assert english("值班员自己的话") == "值班员自己的话"
