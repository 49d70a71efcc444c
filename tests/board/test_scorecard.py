"""The score with names, as the day's end hands it to the board."""

from typing import Any

from pipeline.scorecard import scorecard

EXPECTED = {"rule": "gas", "level": "yellow", "since": "2026-08-04T12:01:00+08:00", "by": "2026-08-04T12:05:00+08:00"}
TRUTH = {
    "episodes": [
        {
            "id": "leak", "zh": "泄漏", "en": "Leak", "hazard": "gas_leak", "township": "330602001",
            "devices": ["G1", "G2"], "begins": "2026-08-04T12:00:00+08:00", "ends": "2026-08-04T12:30:00+08:00",
            "expect": [
                {**EXPECTED, "devices": ["G1"]},
                {**EXPECTED, "devices": ["G2"]},
                {**EXPECTED, "devices": ["G1"], "level": "red"},
            ],
        }
    ],
    "nuisances": [
        {"kind": kind, "devices": [device], "begins": "2026-08-04T08:00:00+08:00", "ends": "2026-08-04T08:10:00+08:00",
         "max_level": "blue"}
        for kind, device in (("steam", "S1"), ("steam", "S2"), ("cooking", "S3"))
    ],
    "totals": {"devices": 5},
}  # fmt: skip


def raised(device: str, at: str, level: str = "yellow", rule: str = "gas") -> dict[str, Any]:
    subject = {"kind": "device", "id": device}
    shared = {"event": "raised", "rule": rule, "hazard": "gas_leak", "subject": subject}
    return {**shared, "id": f"{device} {at}", "level": level, "at": f"2026-08-04T{at}+08:00"}


def test_of_several_devices_the_slowest_is_shown_with_its_moment_and_delay() -> None:
    shown = scorecard([raised("G1", "12:01:10"), raised("G2", "12:02:30"), raised("G1", "12:04:00", "red")], TRUTH)
    (leak,) = shown["episodes"]
    assert (leak["zh"], leak["en"], leak["found"]) == ("泄漏", "Leak", True)
    yellow, red = leak["lines"]
    assert (yellow["level"], yellow["devices"], yellow["delay"]) == ("yellow", 2, 90)
    assert yellow["reached"] - leak["begins"] == 150_000
    assert (red["level"], red["devices"], red["delay"]) == ("red", 1, 180)


def test_what_never_came_stands_before_what_did() -> None:
    (leak,) = scorecard([raised("G1", "12:01:10"), raised("G1", "12:04:00", "red")], TRUTH)["episodes"]
    assert not leak["found"]
    assert [(line["level"], line["reached"] is None) for line in leak["lines"]] == [("yellow", True), ("red", False)]


def test_a_level_reached_before_the_world_was_past_it_has_its_own_moment_and_no_delay() -> None:
    (leak,) = scorecard([raised("G1", "12:00:30"), raised("G2", "12:00:40")], TRUTH)["episodes"]
    assert leak["lines"][0]["delay"] == 0
    assert leak["lines"][0]["reached"] - leak["begins"] in (30_000, 40_000)


def test_nuisances_are_counted_and_so_are_those_that_stayed_low() -> None:
    shown = scorecard([raised("S1", "08:01:00", "orange", "fire"), raised("S3", "08:01:00", "blue")], TRUTH)
    assert shown["nuisances"] == {"count": 3, "within": 2, "kinds": {"cooking": 1, "steam": 2}}
