"""Every query of every board, asked of a real InfluxDB that holds the demonstration's day: each one answers in rows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from influxdb_client.client.influxdb_client import InfluxDBClient

from dashboards.influx import InfluxSink, Written
from dashboards.influx_lines import tag
from rules.events import Event
from rules.levels import LEVEL_NUMBER
from tests.dashboards.asked import queries, sent
from tests.dashboards.city_lines import CityDay, city_day
from tests.dashboards.golden import boards
from tests.parts.influx import Influx

pytestmark = pytest.mark.part("influx")
BUCKET = "the-day"
MINUTE = 60_000
ASKED = [(uid, name, query) for uid, board in boards().items() for name, query in queries(board)]
Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Moment:
    """What a reader has chosen, and until when."""

    stop: int
    choices: dict[str, str]


@pytest.fixture(scope="module")
def day(influx_server: Influx) -> CityDay:
    influx_server.start()
    sink = InfluxSink(influx_server.url, influx_server.token, influx_server.org, BUCKET)
    assert sink.ensure_bucket() in ("created", "same")
    found = city_day()
    assert sink.write(found.lines) == Written(len(found.lines))
    sink.close()
    return found


@pytest.fixture
def ask(influx: Influx, day: CityDay) -> Iterator["Ask"]:
    with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
        yield Ask(client, day)


class Ask:
    """Asks as Grafana does."""

    def __init__(self, client: InfluxDBClient, day: CityDay) -> None:
        self._queries = client.query_api()
        self._day = day

    def __call__(self, query: str, moment: Moment) -> Rows:
        asked = sent(query, BUCKET, self._day.first, moment.stop, moment.choices)
        return [record.values for table in self._queries.query(asked) for record in table.records]


def moment_of(uid: str, day: CityDay) -> Moment:
    """The busiest moment of the city; of a device one that burns, and of its township."""
    burning = next(
        one
        for one in day.events
        if one.rule == "smoke-density" and {"fire-detector"} <= {two.rule for two in day.events if _same(one, two)}
    )
    device = day.site.places.devices[burning.subject.id]
    chosen = {
        "district": ".*",
        "township": ".*"
        if uid in ("fengshao-city", "fengshao-rain")
        else day.site.places.townships[device.township].name,
        "device": device.device_id,
        "type": device.type,
        "metric": "smoke",
    }
    if uid in ("fengshao-device", "fengshao-township"):
        return Moment(burning.at + 1, chosen)
    return Moment(busiest(day.events), chosen)


def _same(one: Event, two: Event) -> bool:
    return one.subject == two.subject


def open_at(events: list[Event], moment: int) -> dict[str, str]:
    """The level of each alert that is open, by id: the plain way."""
    levels: dict[str, str] = {}
    for one in sorted(events, key=lambda one: one.at):
        if one.at < moment:
            levels[one.id] = one.level
            if one.event == "cleared":
                del levels[one.id]
    return levels


def busiest(events: list[Event]) -> int:
    return max((one.at + 1 for one in events), key=lambda moment: (len(open_at(events, moment)), moment))


@pytest.mark.parametrize(("uid", "name", "query"), ASKED, ids=[f"{uid}: {name}" for uid, name, _ in ASKED])
def test_the_query_answers_in_rows(ask: Ask, day: CityDay, uid: str, name: str, query: str) -> None:
    assert ask(query, moment_of(uid, day))


def panel(uid: str, title: str, number: int = 0) -> str:
    found = next(one for one in boards()[uid]["panels"] if one["title"] == title)
    return str(found["targets"][number]["query"])


def test_the_open_alerts_of_the_board_are_those_of_the_rules(ask: Ask, day: CityDay) -> None:
    moment = moment_of("fengshao-city", day)
    tickets = {one.id for one in day.events if one.hazard.startswith("device_")}
    expected = {id_: level for id_, level in open_at(day.events, moment.stop).items() if id_ not in tickets}
    rows = ask(panel("fengshao-city", "未解除告警一览"), moment)
    assert {row["id"]: row["level"] for row in rows} == {id_: LEVEL_NUMBER[level] for id_, level in expected.items()}
    counts = ask(panel("fengshao-city", "未解除告警"), moment)[0]
    assert {level: counts[level] for level in ("red", "orange", "yellow", "blue")} == {
        level: list(expected.values()).count(level) for level in ("red", "orange", "yellow", "blue")
    }


def test_an_annotation_begins_with_the_raise_and_ends_with_the_alert_or_the_board(ask: Ask, day: CityDay) -> None:
    moment = Moment(day.last + MINUTE, {"district": ".*"})
    note = boards()["fengshao-city"]["annotations"]["list"][0]["target"]["query"]
    shown = {row["id"]: (_ms(row["time"]), _ms(row["timeEnd"])) for row in ask(note, moment)}
    begins = {one.id: one.at for one in day.events if one.event == "raised"}
    ends = {one.id: one.at for one in day.events if one.event == "cleared"}
    hazards = {one.id for one in day.events if not one.hazard.startswith("device_")}
    assert shown == {id_: (begins[id_], ends.get(id_, moment.stop)) for id_ in hazards}


def _ms(moment: object) -> int:
    assert isinstance(moment, datetime)
    return round(moment.timestamp() * 1000)


def test_a_moving_rain_window_adds_up_what_fell_in_it(ask: Ask, day: CityDay) -> None:
    wettest = ask(panel("fengshao-rain", "近1小时雨量"), moment_of("fengshao-rain", day))[0]
    moment = moment_of("fengshao-rain", day)
    # At a whole hour a step and a window end together.
    whole = Moment(moment.stop // (60 * MINUTE) * 60 * MINUTE, moment.choices)
    sums = {str(row["device"]): row["_value"] for row in ask(panel("fengshao-rain", "近1小时雨量"), whole)}
    moving = ask(panel("fengshao-rain", "1小时滑动雨量与阈值"), whole)
    last = {str(row["device"]): row["_value"] for row in moving if _ms(row["_time"]) == whole.stop}
    assert wettest["_value"] >= 30  # type: ignore[operator]
    both = sums.keys() & last.keys()
    assert len(both) >= 3
    assert {device: last[device] for device in both} == pytest.approx({device: sums[device] for device in both})


def test_the_board_of_a_device_draws_the_limits_of_its_own_type(ask: Ask, day: CityDay) -> None:
    moment = moment_of("fengshao-device", day)
    query = panel("fengshao-device", "${metric}", 2)
    drawn = ask(query, moment)
    assert [(row["smoke-density yellow"], row["smoke-density orange"]) for row in drawn] == [(0.2, 0.5)] * 2
    assert ask(query, Moment(moment.stop, moment.choices | {"type": "rain_gauge"})) == []
    everywhere = ask(query, Moment(moment.stop, moment.choices | {"metric": "gas", "type": "anything"}))
    assert everywhere[0]["gas-lel red"] == 50.0


def test_a_name_with_all_that_flux_could_trip_over_is_found_again(influx: Influx, bucket: str) -> None:
    name = 'D "1" = ${x} \\ /a, b(.*)'
    sink = InfluxSink(influx.url, influx.token, influx.org, bucket)
    assert sink.write([f"reading,device={tag(name)} gas=1.5 1000".encode()]) == Written(1)
    sink.close()
    with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
        query = f'from(bucket: "{bucket}") |> range(start: 0) |> filter(fn: (r) => r._field == "gas")'
        found = json.loads(client.query_api().query(query).to_json())
    assert [row["device"] for row in found] == [name.replace("\\", "\uff3c")]
