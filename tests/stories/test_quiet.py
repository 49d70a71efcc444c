"""A device falls quiet, and what that says."""

from tests.stories.street import STREET
from tests.stories.timeline import at, end, expect, not_connected, tell


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
