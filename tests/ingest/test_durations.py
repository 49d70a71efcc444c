"""Durations are a number and a unit, and nothing else is one."""

import pytest

from ingest.durations import milliseconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("250ms", 250), ("90s", 90_000), ("1.5m", 90_000), ("24h", 86_400_000), ("7d", 604_800_000), ("0s", 0)],
)
def test_a_duration_is_read(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "90", "s", "-1s", "1 s", "1h30m", "1e3s", ".5s", "９s", "9" * 400 + "s", 90, None]
)
def test_this_is_no_duration(text: object) -> None:
    assert milliseconds(text) is None
