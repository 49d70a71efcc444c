"""A fire is declared, and is not talked away."""

from tests.stories.street import STREET
from tests.stories.timeline import at, expect, tell


def test_a_fire_stands_until_ten_minutes_of_readings_lack_it() -> None:
    tell(
        STREET,
        at("14:03:05", "smoke-1", flags=["fire"]),
        expect("raised", "orange", "14:03:05", value=None, threshold=None, evidence=[("fire",)]),
        at("14:05:00", "smoke-1", flags=[]),
        at("14:14:59", "smoke-1", flags=["test"]),
        at("14:15:00", "smoke-1", flags=[]),
        expect("cleared", "orange", "14:15:00", reason="reading"),
    )


def test_a_test_bit_never_weakens_a_declared_fire() -> None:
    tell(
        STREET,
        at("14:03:05", "smoke-1", flags=["test"]),
        at("14:03:06", "smoke-1", flags=["fire", "test"]),
        expect("raised", "orange", "14:03:06", evidence=[("fire", "test")]),
        at("14:20:00", "smoke-1", flags=["fire", "test"]),
        at("14:40:00", "smoke-1", flags=["fire", "test"]),
    )


def test_a_reading_that_says_nothing_of_flags_does_not_end_a_fire() -> None:
    tell(
        STREET,
        at("14:03:05", "smoke-1", flags=["fire"]),
        expect("raised", "orange", "14:03:05"),
        at("14:10:00", "smoke-1", smoke=0.01),
        at("14:30:00", "smoke-1", smoke=0.01),
    )


def test_a_fire_that_comes_late_is_still_a_fire() -> None:
    tell(
        STREET,
        at("14:10:00", "smoke-1", flags=[]),
        at("14:12:00", "smoke-1", sent="14:05:00", flags=["fire"]),
        expect("raised", "orange", "14:10:00", received="14:12:00", evidence=[("fire",)]),
    )


def test_a_fire_older_than_fifteen_minutes_raises_nothing() -> None:
    tell(
        STREET,
        at("14:10:00", "smoke-1", flags=[]),
        at("14:20:00.001", "smoke-1", sent="14:05:00", flags=["fire"]),
    )


def test_a_late_fire_begins_the_all_clear_anew() -> None:
    tell(
        STREET,
        at("14:00:00", "smoke-1", flags=["fire"]),
        expect("raised", "orange", "14:00:00"),
        at("14:01:00", "smoke-1", flags=[]),
        at("14:10:00", "smoke-1", flags=[]),
        at("14:10:30", "smoke-1", sent="14:09:00", flags=["fire"]),
        at("14:11:00", "smoke-1", flags=[]),
        at("14:21:00", "smoke-1", flags=[]),
        expect("cleared", "orange", "14:21:00"),
    )


def test_a_gateway_that_sends_twice_says_it_once() -> None:
    tell(
        STREET,
        at("14:03:05", "smoke-1", seq=7, flags=["fire"]),
        expect("raised", "orange", "14:03:05"),
        at("14:04:00", "smoke-1", flags=[]),
        at("14:05:00", "smoke-1", sent="14:03:05", seq=7, flags=["fire"]),
        at("14:14:00", "smoke-1", flags=[]),
        expect("cleared", "orange", "14:14:00"),
    )


def test_a_call_point_and_water_flow_are_red_at_once() -> None:
    tell(
        STREET,
        at("14:03:05", "button-1", flags=["fire"]),
        expect("raised", "red", "14:03:05", rule="call-point", hazard="fire"),
        at("14:03:40", "flow-1", flags=["fire"]),
        expect("raised", "red", "14:03:40", rule="water-flow", hazard="fire"),
    )


def test_a_second_detector_is_its_own_alert() -> None:
    tell(
        STREET,
        at("14:03:05", "smoke-1", flags=["fire"]),
        expect("raised", "orange", "14:03:05", device="smoke-1"),
        at("14:03:05", "heat-1", flags=["fire"]),
        expect("raised", "orange", "14:03:05", device="heat-1"),
    )


def test_smoke_that_thickens_is_seen_before_the_detector_declares_anything() -> None:
    tell(
        STREET,
        at("14:00:00", "smoke-1", smoke=0.25),
        at("14:00:30", "smoke-1", smoke=0.3),
        at("14:01:00", "smoke-1", smoke=0.4),
        expect("raised", "yellow", "14:01:00", rule="smoke-density", threshold=0.20, evidence=[0.25, 0.4]),
        at("14:01:10", "smoke-1", smoke=0.6),
        at("14:01:40", "smoke-1", smoke=0.7),
        expect("upgraded", "orange", "14:01:40", threshold=0.50, evidence=[0.6, 0.7]),
    )


def test_a_detector_that_stands_in_no_file_still_calls() -> None:
    tell(
        STREET,
        at("14:03:00", "stranger", flags=["started"]),
        expect("raised", "red", "14:03:00", rule="linkage-started", device="stranger", site="", township=""),
    )
