"""Line protocol: what is written is what was read, whatever the names; nothing that InfluxDB would choke on."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from dashboards.influx_lines import ReadingLines, event_lines, pipeline_line, quoted, tag
from ingest.inputs import BREAK, TICK, Inputs, inputs_of
from ingest.metrics import FLAG_BIT, METRIC_NUMBER
from ingest.places import Device, Places, Site, Township
from rules.events import Event, Evidence, Subject
from rules.rulebook import Rule

PLACES = Places(
    townships={"330602001": Township("330602001", "塔山街道", "街道", "330602", "越城区", 29.99, 120.58)},
    sites={"S1": Site("S1", "甲子 餐馆", "restaurant", "330602001", "", 30.0, 120.6, True)},
    devices={"D1": Device("D1", "gas", "S1", "330602001", "", 0, "厨房探测器", lat=30.1, lon=120.7)},
)
RULES = {"gas-lel": Rule("gas-lel", "ladder", "gas_leak", "a basis", zh="可燃气体浓度")}
UNESCAPED = re.compile(r"(?<!\\)[,= ]")


def rows(*readings: tuple[int, str, float, int]) -> Inputs:
    """Device number, metric, value, ts."""
    columns: dict[str, list[float]] = {name: [] for name in ("device", "metric", "value", "ts")}
    for device, metric, value, ts in readings:
        columns["device"].append(device)
        columns["metric"].append(METRIC_NUMBER[metric])
        columns["value"].append(value)
        columns["ts"].append(ts)
    rest = {name: [0.0] * len(readings) for name in ("sent", "seq", "at", "message", "marks")}
    return inputs_of({**columns, **rest})


def lines(inputs: Inputs, devices: list[str]) -> list[str]:
    writer = ReadingLines(PLACES, devices, list(METRIC_NUMBER))
    return [line.decode() for line in writer.of(inputs)]


def event(**changes: object) -> Event:
    said: dict[str, object] = {
        "id": "an-id",
        "event": "raised",
        "rule": "gas-lel",
        "hazard": "gas_leak",
        "subject": Subject("device", "D1"),
        "level": "yellow",
        "at": 1_785_000_000_123,
        "received": 1_785_000_001_000,
        "value": 31.25,
        "threshold": 25.0,
        "reason": "reading",
        "evidence": (Evidence("D1", 1, "gas", 31.25),),
        "basis": "a basis",
        "site": "S1",
        "township": "330602001",
        "version": "1",
    }
    return Event(**(said | changes))  # type: ignore[arg-type]


def test_the_metrics_of_one_reading_share_a_line_with_its_places() -> None:
    found = lines(rows((0, "gas", 12.5, 1000), (0, "battery", 87.0, 1000), (0, "gas", 13.0, 2000)), ["D1"])
    head = "reading,device=D1,district=越城区,site=S1,township=塔山街道,type=gas"
    assert found == [f"{head} gas=12.5,battery=87.0 1000", f"{head} gas=13.0 2000"]


def test_a_device_that_no_file_knows_is_written_under_no_place() -> None:
    assert lines(rows((0, "smoke", 0.5, 1000)), ["X"]) == [
        "reading,device=X,district=-,site=-,township=-,type=unknown smoke=0.5 1000"
    ]


def test_flags_are_a_mask_with_a_field_for_each_declared_and_none_declared_is_a_nought() -> None:
    mask = FLAG_BIT["fire"] | FLAG_BIT["low_battery"]
    found = lines(rows((0, "gas", 1.0, 1000), (0, "flags", mask, 1000), (0, "flags", 0, 2000)), ["D1"])
    assert [line.split(" ")[1:] for line in found] == [
        ["gas=1.0", "1000"],
        ["flags=17i,flag_fire=1i,flag_low_battery=1i", "1000"],
        ["flags=0i", "2000"],
    ]


def test_ticks_breaks_and_what_is_not_finite_are_never_written() -> None:
    inputs = rows((0, "gas", math.nan, 1), (0, "gas", math.inf, 2), (0, "gas", 1.0, 3), (TICK, "flags", 0.0, 4))
    assert len(lines(inputs, ["D1"])) == 1
    assert lines(rows((BREAK, "flags", 5.0, 4)), ["D1"]) == []
    assert pipeline_line("worker", "0", 5, {"lag": math.nan}) is None
    assert b"nan" not in event_lines([event(value=math.nan, threshold=math.inf)], PLACES, RULES)[0]


def test_the_same_metric_twice_at_one_time_is_two_lines_the_later_last() -> None:
    found = lines(rows((0, "gas", 1.0, 1000), (0, "battery", 9.0, 1000), (0, "gas", 2.0, 1000)), ["D1"])
    assert [line.split(" ")[1] for line in found] == ["gas=1.0,battery=9.0", "gas=2.0"]


def test_names_that_come_later_are_learned() -> None:
    devices = ["D1"]
    writer = ReadingLines(PLACES, devices, list(METRIC_NUMBER))
    writer.of(rows((0, "gas", 1.0, 1)))
    devices.append("D 2")
    assert writer.of(rows((1, "gas", 1.0, 1)))[0].startswith(b"reading,device=D\\ 2,")


def test_an_event_is_a_level_from_then_on_and_something_that_happened() -> None:
    raised, cleared = event(), event(event="cleared", at=1_785_000_060_000, value=18.0, threshold=20.0)
    level, happened, after, ended = (line.decode() for line in event_lines([raised, cleared], PLACES, RULES))
    where = "district=越城区,hazard=gas_leak,rule=gas-lel,subject=D1,subject_kind=device,township=塔山街道"
    assert level == (
        f'level,{where} level=2i,id="an-id",place="甲子 餐馆 厨房探测器",value=31.25,threshold=25.0,lat=30.1,lon=120.7'
        " 1785000000123"
    )
    assert happened.startswith("event,district=越城区,event=raised,hazard=gas_leak,reached=yellow,rule=gas-lel,")
    assert happened.endswith('level=2i,id="an-id",text="黄色 可燃气体浓度 甲子 餐馆 厨房探测器 31.25/25" 1785000000123')
    assert " level=0i," in after
    assert 'text="解除 可燃气体浓度' in ended


def test_a_drill_is_never_written() -> None:
    assert event_lines([event(run="drill-1")], PLACES, RULES) == []


def test_of_rain_no_colour_is_said() -> None:
    happened = event_lines([event(hazard="rain", rule="rain-gauge")], PLACES, RULES)[1].decode()
    assert 'text="rain-gauge 甲子 餐馆 厨房探测器 31.25/25"' in happened


def test_an_event_of_an_unknown_place_has_no_point_on_the_map() -> None:
    lost = event(subject=Subject("device", "X"), site="", township="")
    level = event_lines([lost], PLACES, RULES)[0].decode()
    assert "township=-" in level
    assert 'place="X"' in level
    assert "lat=" not in level


@given(st.text(max_size=40))
def test_a_tag_never_ends_its_line_nor_swallows_what_follows(text: str) -> None:
    spelled = tag(text)
    assert spelled
    assert not UNESCAPED.search(spelled)
    assert not spelled.endswith("\\")
    assert not any(ord(char) < 32 for char in spelled)


@given(st.text(max_size=40))
def test_a_text_stays_within_its_quotes(text: str) -> None:
    inner = quoted(text)[1:-1]
    assert not re.search(r'(?<!\\)(?:\\\\)*"', inner)
    assert "\n" not in inner
    assert re.search(r"(\\*)$", inner)[1].count("\\") % 2 == 0  # type: ignore[index]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_comes_back_to_the_last_bit(value: float) -> None:
    found = lines(rows((0, "gas", value, 1000)), ["D1"])
    assert float(found[0].split(" ")[1].removeprefix("gas=")) == value
