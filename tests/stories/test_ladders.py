"""Leaks, lost pressure, thin air: levels are reached and left by readings."""

from tests.stories.street import STREET
from tests.stories.timeline import at, expect, tell


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


def test_lost_hydrant_pressure_counts_downwards_gb_55036() -> None:
    tell(
        STREET,
        at("08:00:00", "hydrant-1", water_pressure=0.14),
        at("08:02:00", "hydrant-1", water_pressure=0.13),
        expect("raised", "yellow", "08:02:00", rule="hydrant-pressure", threshold=0.14),
        at("08:03:00", "hydrant-1", water_pressure=0.09),
        at("08:05:00", "hydrant-1", water_pressure=0.08),
        expect("upgraded", "orange", "08:05:00", threshold=0.10),
        at("08:06:00", "hydrant-1", water_pressure=0.13),
        at("08:11:00", "hydrant-1", water_pressure=0.13),
        expect("downgraded", "yellow", "08:11:00", threshold=0.12),
        at("08:12:00", "hydrant-1", water_pressure=0.16),
        at("08:17:00", "hydrant-1", water_pressure=0.17),
        at("08:22:00", "hydrant-1", water_pressure=0.17),
        expect("cleared", "yellow", "08:22:00", threshold=0.16),
    )


def test_chlorine_is_yellow_at_the_occupational_limit_and_red_at_twice_that_gbt_50493() -> None:
    tell(
        STREET,
        at("03:00:00", "cl2-1", cl2=0.33),
        at("03:00:10", "cl2-1", cl2=0.40),
        expect("raised", "yellow", "03:00:10", rule="chlorine", hazard="toxic_gas", threshold=0.33),
        at("03:00:20", "cl2-1", cl2=0.67),
        at("03:00:30", "cl2-1", cl2=0.90),
        expect("upgraded", "red", "03:00:30", threshold=0.67),
    )


def test_thin_air_is_an_alert_downwards_and_rich_air_upwards() -> None:
    tell(
        STREET,
        at("03:00:00", "oxygen-1", oxygen=19.5),
        at("03:00:10", "oxygen-1", oxygen=19.0),
        expect("raised", "yellow", "03:00:10", rule="oxygen-low", threshold=19.5),
        at("03:01:00", "oxygen-1", oxygen=20.9),
        at("03:02:00", "oxygen-1", oxygen=20.9),
        expect("cleared", "yellow", "03:02:00"),
        at("03:03:00", "oxygen-1", oxygen=23.6),
        at("03:03:10", "oxygen-1", oxygen=23.6),
        expect("raised", "yellow", "03:03:10", rule="oxygen-high", threshold=23.5),
    )
