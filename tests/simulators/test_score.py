"""The score, told as small stories, and that nothing makes it raise."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulators.score import score

TRUTH: dict[str, Any] = {
    "episodes": [
        {
            "id": "mill-fire",
            "devices": ["S1", "S2"],
            "begins": "2026-08-04T14:05:00.000+08:00",
            "ends": "2026-08-04T15:05:00.000+08:00",
            "expect": [
                {
                    "rule": "fire-detector",
                    "devices": ["S1"],
                    "level": "orange",
                    "since": "2026-08-04T14:07:00.000+08:00",
                    "by": "2026-08-04T14:08:00.000+08:00",
                }
            ],
        }
    ],
    "nuisances": [
        {
            "id": "cooking-1",
            "devices": ["K1"],
            "begins": "2026-08-04T11:00:00.000+08:00",
            "ends": "2026-08-04T11:20:00.000+08:00",
            "max_level": "orange",
        }
    ],
    "totals": {"devices": 2000},
}


def event(
    kind: str, level: str, at: str, device: str = "S1", rule: str = "fire-detector", **more: Any
) -> dict[str, Any]:
    row = {"id": f"{rule}-{device}", "event": kind, "rule": rule, "hazard": "fire", "level": level}
    return {**row, "subject": {"kind": "device", "id": device}, "at": f"2026-08-04T{at}.000+08:00", **more}


def test_an_episode_is_found_when_its_level_is_reached_in_time() -> None:
    result = score([event("raised", "yellow", "14:07:01"), event("upgraded", "red", "14:07:12")], TRUTH)
    assert (result["found"], result["missed"], result["false"]) == (1, 0, 0)
    assert result["found_ids"] == ["mill-fire"]
    assert result["delay_p50"] == result["delay_p95"] == 12.0


def test_a_level_reached_a_second_too_late_is_missed_and_named() -> None:
    result = score([event("raised", "orange", "14:08:01")], TRUTH)
    assert result["missed_ids"] == ["mill-fire"]
    assert result["missed_expectations"][0]["rule"] == "fire-detector"
    assert result["delay_p50"] is None


def test_too_low_another_rule_or_another_device_do_not_find_it() -> None:
    for wrong in (
        event("raised", "yellow", "14:07:10"),
        event("raised", "orange", "14:07:10", rule="smoke-density"),
        event("raised", "orange", "14:07:10", device="S2"),
    ):
        assert score([wrong], TRUTH)["found"] == 0


def test_an_alert_from_before_the_episode_does_not_find_it() -> None:
    assert score([event("raised", "orange", "13:00:00")], TRUTH)["found"] == 0


def test_a_clearing_reaches_nothing() -> None:
    assert score([event("cleared", "orange", "14:07:10")], TRUTH)["found"] == 0


def test_a_nuisance_may_reach_its_level_but_no_more() -> None:
    assert score([event("raised", "orange", "11:02:00", device="K1")], TRUTH)["false"] == 0
    above = score([event("raised", "red", "11:02:00", device="K1")], TRUTH)
    assert above["false"] == 1
    assert above["false_events"][0]["subject"]["id"] == "K1"
    assert above["false_per_1000_device_days"] == 0.5


def test_outside_all_truth_blue_is_tolerated_and_yellow_is_false() -> None:
    assert score([event("raised", "blue", "03:00:00", device="Z")], TRUTH)["false"] == 0
    assert score([event("raised", "yellow", "03:00:00", device="Z")], TRUTH)["false"] == 1
    late = event("raised", "yellow", "11:50:01", device="K1")
    assert score([late], TRUTH)["false"] == 1, "half an hour after the nuisance it no longer explains anything"


def test_device_tickets_are_apart() -> None:
    assert score([event("raised", "orange", "03:00:00", device="Z", hazard="device_fault")], TRUTH)["false"] == 0


def test_a_site_alert_belongs_where_its_evidence_belongs() -> None:
    confirmed = event(
        "raised", "red", "14:07:30", rule="confirm", subject={"kind": "site", "id": "SITE"}, evidence=[{"device": "S2"}]
    )
    assert score([confirmed], TRUTH)["false"] == 0


def test_the_same_event_twice_counts_once() -> None:
    once = event("raised", "yellow", "03:00:00", device="Z")
    assert score([once, dict(once)], TRUTH)["false"] == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["id", "event", "rule", "level", "at", "subject", "hazard", "evidence", "episodes", "nuisances", "expect"]
ODD = st.dictionaries(st.sampled_from([*FIELDS, "devices", "begins", "ends", "by", "totals"]), JSON, max_size=8)


@given(st.lists(ODD | JSON, max_size=4), ODD)
def test_odd_input_never_raises(events: list[Any], truth: dict[str, Any]) -> None:
    result = score(events, truth)
    assert result["found"] + result["missed"] == len(result["found_ids"]) + len(result["missed_ids"])


@given(st.sampled_from(sorted(event("raised", "orange", "14:07:10"))), JSON)
def test_one_spoilt_field_never_raises(field: str, value: Any) -> None:
    assert score([{**event("raised", "orange", "14:07:10"), field: value}], TRUTH)["missed"] in (0, 1)
