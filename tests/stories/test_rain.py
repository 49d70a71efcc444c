"""Rain over hours and a day."""

from tests.stories.street import STREET
from tests.stories.timeline import at, end, expect, tell


def test_an_hour_of_downpour_then_a_day_of_rain_then_the_stepping_down() -> None:
    tell(
        STREET,
        at("06:00:00", "gauge-1", rain=20.0),
        at("06:30:00", "gauge-1", rain=14.9),
        at("06:59:00", "gauge-1", rain=0.1),
        expect("raised", "blue", "06:59:00", rule="rain-gauge", value=35.0, threshold=35.0),
        expect("cleared", "blue", "07:59:00", received="07:59:31", value=0.0, threshold=35.0, reason="time"),
        at("12:00:00", "gauge-1", rain=18.0),
        at("15:00:00", "gauge-1", rain=30.0),
        at("18:00:00", "gauge-1", rain=17.0),
        expect("raised", "blue", "18:00:00", value=100.0, threshold=100.0),
        at("18:30:00", "gauge-1", rain=28.0),
        expect("upgraded", "yellow", "18:30:00", value=45.0, threshold=45.0),
        expect("downgraded", "blue", "19:59:00", received="19:59:31", value=0.0, threshold=45.0),
        expect("cleared", "blue", "1d 07:29:00", received="1d 07:29:31", value=93.0, threshold=100.0),
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
