"""The example site is what the seed makes of the real townships, and holds what the day's episodes need."""

import csv
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.plan_file import parse_plan
from ingest.durations import milliseconds
from ingest.metrics import FLAG_BIT, METRIC_NUMBER
from ingest.site_files import read_places
from rules.rulebook_file import parse_rulebook
from simulators.city.build import build, heartbeats_per_day
from simulators.city.files import read_townships, write_city
from simulators.city.kinds import SENSORS
from simulators.city.scenes import SCENES
from simulators.city.shares import shares

SITE = Path(__file__).parents[2] / "sites" / "shaoxing"
WRITTEN = ("villages.csv", "sites.csv", "devices.csv", "teams.csv", "officers.toml")


def rows(name: str) -> list[dict[str, str]]:
    with (SITE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rulebook() -> list[dict[str, Any]]:
    with (SITE / "rulebook.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["rule"]
        return found


def test_the_committed_files_are_what_the_seed_gives(tmp_path: Path) -> None:
    write_city(build(7, read_townships(SITE / "townships.csv")), tmp_path)
    for name in WRITTEN:
        assert (tmp_path / name).read_bytes() == (SITE / name).read_bytes(), name


def test_another_seed_gives_another_city_of_the_same_size() -> None:
    townships = read_townships(SITE / "townships.csv")
    one, other = build(7, townships), build(8, townships)
    assert one.sites != other.sites
    for city in (one, other):
        assert len(city.villages) == 2007
        assert sum(site.key_unit == "true" for site in city.sites) == 1509
        assert 4000 <= len(city.devices) <= 6000


def test_the_city_has_the_counts_of_its_name() -> None:
    assert len(rows("townships.csv")) == 103
    assert len({row["district_code"] for row in rows("townships.csv")}) == 6
    assert len({row["code"] for row in rows("villages.csv")}) == 2007
    assert sum(row["key_unit"] == "true" for row in rows("sites.csv")) == 1509
    assert {row["type"] for row in rows("devices.csv")} == set(SENSORS)


def test_a_day_of_heartbeats_leaves_room_for_the_day_s_events() -> None:
    devices = build(7, read_townships(SITE / "townships.csv")).devices
    assert 50_000 <= heartbeats_per_day(devices) <= 58_000


def test_ids_carry_their_township_and_names_are_plainly_invented() -> None:
    for row in rows("devices.csv"):
        assert row["device_id"].startswith(f"D{row['township']}-")
        assert row["site_id"].startswith(f"S{row['township']}-")
        assert row["gateway_id"] == "" or row["gateway_id"].startswith(f"G{row['township']}-")
    for row in rows("sites.csv"):
        assert row["contact"] == "" or row["contact"].startswith("演示 ")
        assert row["contact_phone"] == "" or row["contact_phone"].startswith("000-")
    phones = [row["contact_phone"] for row in rows("sites.csv") if row["contact_phone"]]
    assert len(phones) == len(set(phones))


def test_every_township_has_a_gauge_and_the_rainy_ones_have_several() -> None:
    gauges = Counter(row["township"] for row in rows("devices.csv") if row["type"] == "rain_gauge")
    assert all(gauges[row["code"]] >= 1 for row in rows("townships.csv"))
    assert all(gauges[row["code"]] >= 3 for row in rows("townships.csv") if row["district"] in ("嵊州市", "新昌县"))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_the_places_of_the_episodes_stand_where_they_are_listed(scene: Any) -> None:
    at = next(row for row in rows("sites.csv") if row["site_id"] == scene.site_id)
    assert (at["name"], at["township"], at["kind"]) == (scene.name, scene.township, scene.kind)
    fitted = [(row["type"], row["place"]) for row in rows("devices.csv") if row["site_id"] == scene.site_id]
    assert fitted == list(scene.devices)


def test_each_township_has_three_officers_and_each_area_one_on_duty() -> None:
    with (SITE / "officers.toml").open("rb") as file:
        officers = tomllib.load(file)["officer"]
    by_area: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for officer in officers:
        assert officer["name"].startswith("演示 ")
        by_area[officer["level"], officer["area"]].append(officer["duty"])
    assert all(sum(duty) == 1 for duty in by_area.values())
    assert all(len(by_area["township", row["code"]]) == 3 for row in rows("townships.csv"))
    assert Counter(level for level, _ in by_area)["village"] == pytest.approx(600, abs=30)


def test_the_site_is_accepted_as_it_stands() -> None:
    places, faults = read_places(SITE)
    assert faults == []
    parsed = tomllib.loads((SITE / "site.toml").read_text(encoding="utf-8"))
    officers = tomllib.loads((SITE / "officers.toml").read_text(encoding="utf-8"))
    assert parse_plan(parsed, officers, places)[1] == []
    assert parse_rulebook((SITE / "rulebook.toml").read_text(encoding="utf-8"), "rulebook.toml")[1] == []


def test_rules_speak_of_sensors_metrics_and_hazards_that_exist(rulebook: list[dict[str, Any]]) -> None:
    hazards = {row["kind"] for row in tomllib.loads((SITE / "site.toml").read_text(encoding="utf-8"))["hazard"]}
    for rule in rulebook:
        assert set(rule.get("devices", [])) <= {*SENSORS, "unknown"}, rule["id"]
        assert rule.get("metric", "smoke") in METRIC_NUMBER, rule["id"]
        assert rule.get("flag", "fire") in FLAG_BIT, rule["id"]
        assert rule["hazard"] in hazards, rule["id"]
        assert rule["basis"], rule["id"]


def test_a_declared_fire_is_red_from_a_person_or_water_and_orange_from_one_detector(
    rulebook: list[dict[str, Any]],
) -> None:
    level_of: dict[str, list[str]] = defaultdict(list)
    for rule in rulebook:
        if rule.get("flag") == "fire":
            for type_ in rule["devices"]:
                level_of[type_].append(rule["level"])
    assert level_of["smoke"] == level_of["heat"] == level_of["panel"] == ["orange"]
    assert level_of["call_point"] == level_of["water_flow"] == ["red"]


def test_a_temperature_rule_names_its_sensors(rulebook: list[dict[str, Any]]) -> None:
    """Nearly every sensor reports a temperature: a rule for all of them would judge a cable like a room."""
    assert all(rule["devices"] for rule in rulebook if rule.get("metric") == "temperature")


def test_three_missed_heartbeats_are_less_than_two_days() -> None:
    longest = max(milliseconds(row["heartbeat"]) or 0 for row in rows("devices.csv"))
    assert 3 * longest <= (milliseconds("48h") or 0)


@given(st.integers(0, 5000), st.lists(st.integers(1, 500), min_size=1, max_size=120))
def test_shares_add_up_and_none_is_off_by_a_whole_one(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1
