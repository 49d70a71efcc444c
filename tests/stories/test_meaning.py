"""What the four kinds mean to a fire officer, told with the example rules of DESIGN 3."""

from tests.stories.example import STREET
from tests.stories.timeline import at, end, expect, not_connected, tell


def test_a_hold_is_proven_by_readings_never_by_a_timer() -> None:
    tell(
        STREET,
        at("14:03:00", "gas-2", gas=30.0),
        at("14:03:02.999", "gas-2", gas=30.0),
        at("14:03:03", "gas-2", gas=31.0),
        expect("raised", "yellow", "14:03:03", rule="gas-lel", value=31.0, threshold=25.0, evidence=[30.0, 31.0]),
    )


def test_a_single_spike_is_no_leak() -> None:
    tell(
        STREET,
        at("14:03:00", "gas-2", gas=0.0),
        at("14:03:01", "gas-2", gas=80.0),
        at("14:03:02", "gas-2", gas=0.0),
        at("14:13:02", "gas-2", gas=0.0),
    )


def test_a_dip_below_the_threshold_begins_the_hold_anew() -> None:
    tell(
        STREET,
        at("14:03:00", "gas-2", gas=30.0),
        at("14:03:02", "gas-2", gas=24.9),
        at("14:03:03", "gas-2", gas=30.0),
        at("14:03:05", "gas-2", gas=30.0),
        at("14:03:06", "gas-2", gas=25.0),
        expect("raised", "yellow", "14:03:06", value=25.0),
    )


def test_a_leak_steps_down_by_the_reset_of_the_level_it_leaves() -> None:
    tell(
        STREET,
        at("14:03:00", "gas-2", gas=60.0),
        at("14:03:03", "gas-2", gas=60.0),
        expect("raised", "red", "14:03:03", threshold=50.0),
        at("14:04:00", "gas-2", gas=44.0),
        at("14:04:30", "gas-2", gas=45.0),
        at("14:05:00", "gas-2", gas=44.0),
        at("14:06:00", "gas-2", gas=30.0),
        expect("downgraded", "yellow", "14:06:00", value=30.0, threshold=45.0, evidence=[44.0, 30.0]),
        at("14:07:00", "gas-2", gas=19.0),
        at("14:08:00", "gas-2", gas=18.0),
        expect("cleared", "yellow", "14:08:00", value=18.0, threshold=20.0, evidence=[19.0, 18.0]),
    )


def test_falling_straight_to_nothing_clears_the_red_itself() -> None:
    tell(
        STREET,
        at("14:03:00", "gas-2", gas=60.0),
        at("14:03:03", "gas-2", gas=60.0),
        expect("raised", "red", "14:03:03"),
        at("14:04:00", "gas-2", gas=1.0),
        at("14:05:00", "gas-2", gas=1.0),
        expect("cleared", "red", "14:05:00", threshold=45.0),
    )


def test_lost_pressure_counts_downwards() -> None:
    tell(
        STREET,
        at("08:00:00", "hydrant-1", water_pressure=0.14),
        expect("raised", "blue", "08:00:00", threshold=0.14),
        at("08:01:00", "hydrant-1", water_pressure=0.05),
        expect("upgraded", "yellow", "08:01:00", threshold=0.07),
        at("08:02:00", "hydrant-1", water_pressure=0.12),
        expect("downgraded", "blue", "08:02:00", threshold=0.10),
        at("08:03:00", "hydrant-1", water_pressure=0.15),
        at("08:04:00", "hydrant-1", water_pressure=0.151),
        expect("cleared", "blue", "08:04:00", threshold=0.15),
    )


def test_a_fire_stands_until_ten_minutes_of_readings_lack_it() -> None:
    tell(
        STREET,
        at("14:03:05", "smoke-1", flags=["fire"]),
        expect("raised", "orange", "14:03:05", value=None, threshold=None, evidence=[("fire",)]),
        at("14:05:00", "smoke-1", flags=[]),
        at("14:14:59", "smoke-1", flags=["low_battery"]),
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


def test_a_late_reading_takes_no_part_in_a_ladder() -> None:
    tell(
        STREET,
        at("14:03:00", "gas-2", gas=30.0),
        at("14:03:02", "gas-2", gas=30.0),
        at("14:03:02.500", "gas-2", sent="14:03:01", gas=0.0),
        at("14:03:03", "gas-2", gas=30.0),
        expect("raised", "yellow", "14:03:03"),
    )


def test_a_batch_after_an_outage_is_judged_by_its_own_times() -> None:
    tell(
        STREET,
        at("14:30:00", "gas-2", sent="14:03:00", gas=30.0),
        at("14:30:00", "gas-2", sent="14:03:04", gas=30.0),
        expect("raised", "yellow", "14:03:04", received="14:30:00"),
    )


def test_a_fast_clock_is_held_to_the_receipt_and_delays_nobody() -> None:
    tell(
        STREET,
        at("14:00:00", "gas-1", sent="15:30:00", gas=60.0),
        at("14:00:01", "gas-2", gas=60.0),
        at("14:00:04", "gas-2", gas=60.0),
        expect("raised", "red", "14:00:04", device="gas-2"),
        at("14:00:05", "gas-1", sent="15:30:05", gas=60.0),
        expect("raised", "red", "14:00:05", device="gas-1"),
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


def test_a_detector_is_quiet_after_three_missed_heartbeats_and_not_before() -> None:
    tell(
        STREET,
        at("14:00:00", "smoke-2", smoke=0.01),
        expect("raised", "blue", "14:30:00", received="14:30:01", rule="quiet", reason="time", value=1800.0),
        at("15:00:00", "smoke-2", smoke=0.01),
        expect("cleared", "blue", "15:00:00", value=3600.0, threshold=1800.0, evidence=[]),
        at("15:30:00", "smoke-2", smoke=0.01),
        at("16:00:00", "smoke-2", smoke=0.01),
    )


def test_a_device_never_heard_is_not_commissioned_and_says_nothing() -> None:
    tell(STREET, end("23:59:59"))


def test_a_detector_that_falls_quiet_in_a_leak_says_how_bad_it_was() -> None:
    events = tell(
        STREET,
        at("14:00:00", "gas-1", gas=60.0),
        at("14:00:03", "gas-1", gas=60.0),
        expect("raised", "red", "14:00:03"),
        expect("raised", "blue", "14:30:03", rule="quiet", evidence=[60.0]),
        end("14:40:00"),
    )
    assert events[1].evidence[0].level == "red"


def test_a_detector_that_falls_quiet_beyond_a_threshold_says_so_though_no_hold_was_proven() -> None:
    events = tell(
        STREET,
        at("14:00:00", "gas-1", gas=30.0),
        expect("raised", "blue", "14:30:00", rule="quiet", evidence=[30.0]),
        end("14:40:00"),
    )
    assert events[0].evidence[0].level == "yellow"


def test_our_own_break_is_nobodys_silence() -> None:
    tell(
        STREET,
        at("14:00:00", "smoke-2", smoke=0.01),
        not_connected("14:10:00", "14:29:00"),
        expect("raised", "blue", "14:49:00", value=1800.0),
        end("15:00:00"),
    )


def test_an_hour_of_downpour_then_a_day_of_rain_then_the_stepping_down() -> None:
    tell(
        STREET,
        at("06:00:00", "gauge-1", rain=20.0),
        at("06:30:00", "gauge-1", rain=14.9),
        at("06:59:00", "gauge-1", rain=0.1),
        expect("raised", "blue", "06:59:00", rule="rain-gauge", value=35.0, threshold=35.0),
        expect("cleared", "blue", "07:59:00", received="07:59:31", value=0.0, threshold=35.0, reason="time"),
        at("12:00:00", "gauge-1", rain=30.0),
        at("15:00:00", "gauge-1", rain=30.0),
        at("18:00:00", "gauge-1", rain=30.0),
        expect("raised", "blue", "18:00:00", value=125.0, threshold=100.0),
        at("18:30:00", "gauge-1", rain=24.0),
        expect("upgraded", "yellow", "18:30:00", value=54.0, threshold=50.0),
        expect("downgraded", "blue", "19:59:00", received="19:59:31", value=0.0, threshold=50.0),
        expect("cleared", "blue", "1d 12:59:00", received="1d 12:59:31", value=84.0, threshold=100.0),
        end("1d 20:00:00"),
    )


def test_rain_that_arrives_late_still_counts_and_time_does_not_go_back() -> None:
    tell(
        STREET,
        at("06:00:00", "gauge-1", rain=20.0),
        at("06:30:00", "gauge-1", rain=10.0),
        at("06:31:00", "gauge-1", sent="06:15:00", rain=5.0),
        expect("raised", "blue", "06:30:00", received="06:31:00", value=35.0, evidence=[5.0]),
        end("06:40:00"),
    )
