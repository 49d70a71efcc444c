"""The parts of the feed by themselves: chance, time, curves, faults, garbage."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulators.feed.chance import Chance
from simulators.feed.faults import dropout, outage, resent, skewed, through
from simulators.feed.garbage import WAYS, garbage
from simulators.feed.moments import HOUR, MINUTE, midnight, rfc3339, wave
from simulators.feed.stream import Message, Reading, feed_line, habit, in_order
from simulators.feed.tracks import Curve, Declared, Line, Pace, Track, crossing, played, value_at

DAWN = midnight(date(2026, 8, 4))


def test_chance_is_the_same_everywhere() -> None:
    """Fixed numbers: whoever changes the generator changes every feed and every city."""
    chance = Chance("a", 1)
    assert [chance.bits() % 1000 for _ in range(4)] == GOLDEN_BITS
    assert Chance("a").of("b").bits() == Chance("a", "b").bits()


GOLDEN_BITS = [387, 973, 16, 251]


@given(st.integers(), st.integers(0, 1000), st.integers(0, 1000))
def test_drawing_keeps_its_bounds(seed: int, low: int, more: int) -> None:
    chance = Chance(seed)
    assert low <= chance.whole(low, low + more) <= low + more
    assert low <= chance.between(low, low + more) <= low + more
    assert abs(chance.noise()) < 3.5
    assert sorted(chance.shuffled(range(9))) == list(range(9))


@given(st.integers(0, 4_000_000_000_000))
def test_times_are_spelled_as_datetime_spells_them(ms: int) -> None:
    beijing = timezone(timedelta(hours=8))
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(beijing).replace(microsecond=ms % 1000 * 1000)
    assert rfc3339(ms) == moment.isoformat(timespec="milliseconds")


def test_the_day_swings_once() -> None:
    assert wave(DAWN + 15 * HOUR, 15) == pytest.approx(1)
    assert wave(DAWN + 3 * HOUR, 15) == pytest.approx(-1)
    steps = [wave(DAWN + minute * MINUTE, 15) for minute in range(1441)]
    assert max(abs(after - before) for before, after in pairwise(steps)) < 0.01


CURVES = st.lists(st.tuples(st.integers(1, 30), st.integers(-20, 20)), min_size=2, max_size=6).map(
    lambda steps: tuple(
        (float(sum(gap for gap, _ in steps[: place + 1])), float(steps[place][1])) for place in range(len(steps))
    )
)


LOOK = 0.01


@given(CURVES, st.integers(-15, 15), st.sampled_from([0.0, 1.0, 7.0]), st.booleans())
def test_a_crossing_is_what_a_patient_observer_sees(curve: Curve, half: int, hold: float, below: bool) -> None:
    """Looking each hundredth of a minute finds the same minute, as near as it can look."""
    threshold = half + 0.5
    soonest, found, latest = (
        crossing(curve, threshold, below=below, hold=max(0.0, hold + slack)) for slack in (-3 * LOOK, 0.0, 3 * LOOK)
    )
    seen = _observed(curve, threshold, below, hold)
    if soonest is None:
        assert seen is None
    else:
        assume(found is not None and latest is not None and latest - soonest < 0.1)  # else it hangs on one look
        assert seen == pytest.approx(found, abs=3 * LOOK)


def _observed(curve: Curve, threshold: float, below: bool, hold: float) -> float | None:
    since: float | None = None
    for step in range(round(curve[0][0] / LOOK), round((curve[-1][0] + 10) / LOOK)):
        minute, value = step * LOOK, value_at(curve, step * LOOK)
        beyond = value <= threshold if below else value >= threshold
        since = (minute if since is None else since) if beyond else None
        if since is not None and minute - since >= hold - 1e-9:
            return minute
    return None


def test_a_flag_is_said_at_once_and_taken_back_at_once() -> None:
    track = Track("S1", 10, (Line("smoke", ((0, 0.1),)),), (Declared("fire", 2.5, 6),), paces=(Pace(0, 60),))
    readings = [message.readings[0] for message in played(track, DAWN, Chance(1))]
    said = {reading.ts - DAWN: reading.flags for reading in readings}
    assert said[150_000] == '"fire"'
    assert said[360_000] == ""
    assert {flags for ts, flags in said.items() if not 150_000 <= ts < 360_000} == {""}
    assert [reading.ts for reading in readings] == sorted({reading.ts for reading in readings})


def timed(count: int) -> list[str]:
    return [name for name in (f"T{number}" for number in range(200)) if habit(name).timed][:count]


A, B = timed(2)
STREAM = [
    Message(DAWN + minute * MINUTE + 300, device, (Reading(DAWN + minute * MINUTE, ("gas",), f'"gas":{minute}'),))
    for minute in range(0, 600, 10)
    for device in (A, B)
]


@given(st.integers(0, 500), st.integers(1, 200))
def test_an_outage_loses_nothing_that_is_followed_by_a_live_message(start: int, length: int) -> None:
    began, ended = DAWN + start * MINUTE, DAWN + (start + length) * MINUTE
    after = through(STREAM, [outage([A], began, ended)])
    assert [message for message in after if message.device == B] == [m for m in STREAM if m.device == B]
    kept = sorted(reading.ts for message in after if message.device == A for reading in message.readings)
    live = [message for message in STREAM if message.device == A and message.at >= ended]
    wanted = [message for message in STREAM if message.device == A and (live or message.at < began)]
    assert kept == [message.readings[0].ts for message in wanted]
    batches = [message for message in after if message.fault == "late_batch"]
    assert all(message.at > live[0].at for message in batches)
    assert len(batches) <= 1


@given(st.integers(0, 60), st.integers())
def test_copies_are_exact_and_counted(count: int, seed: int) -> None:
    after = through(STREAM, [resent(Chance(seed), count, DAWN + 24 * HOUR)])
    copies = [message for message in after if message.fault == "duplicate"]
    assert len(copies) == count
    originals = {(message.device, message.readings): message.at for message in STREAM}
    assert all(copy.at > originals[copy.device, copy.readings] for copy in copies)


def test_a_clock_moves_only_its_own_device_and_a_dropout_takes_only_its_own() -> None:
    start, stop = DAWN + HOUR, DAWN + 2 * HOUR
    shifted = through(STREAM, [skewed(A, start, stop, 7 * MINUTE)])
    moved = [message for message in shifted if message.readings[0].shift]
    assert {message.device for message in moved} == {A}
    assert all(start <= message.at < stop for message in moved)
    gone = [message for message in STREAM if message not in through(STREAM, [dropout(A, start, stop)])]
    assert gone == [message for message in STREAM if message.device == A and start <= message.at < stop]


@pytest.mark.parametrize("place", range(len(WAYS)), ids=[way.name for way in WAYS])
def test_every_way_of_being_wrong_is_wrong_in_that_way(place: int) -> None:
    way = WAYS[place]
    after = through(STREAM, [garbage(Chance(3), len(WAYS), DAWN + 24 * HOUR, frozenset())])
    bad = next(message for message in after if message.fault.endswith(f":{way.name}"))
    assert bad.raw is not None
    assert bool(_good_values(bad.raw)) == (way.outcome != "refused"), bad.raw
    assert (bad.device in (A, B)) == (way.name != "unknown_device")


def _good_values(raw: bytes) -> dict[str, float]:
    """What a careful reader can use of the payload: finite numbers that physics allows."""
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    values = payload.get("values", {}) if isinstance(payload, dict) else {}
    while isinstance(values, dict) and "values" in values:
        values = values["values"]
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, int | float) and value == value and not (name in ("temperature", "so2") and value < 0)
    }


def test_a_line_is_json_whatever_the_style() -> None:
    for name in (f"D{number}" for number in range(60)):
        reading = Reading(DAWN, ("gas", "flags"), '"gas":1.5', '"fire"', 4)
        shown = json.loads(feed_line(Message(DAWN + 5, name, (reading, reading)), habit(name)))
        assert shown["at"] == "2026-08-04T00:00:00.005+08:00"
        assert shown["topic"] == f"fengshao/v1/up/{name}"
        assert len(shown["payload"]) == 2
        assert shown["payload"][0]["values"] == {"gas": 1.5}
        assert shown["payload"][0]["flags"] == ["fire"]
        assert ("ts" in shown["payload"][0]) == habit(name).timed


def test_order_is_by_receipt_and_stable() -> None:
    first, second = Message(5, "A", ()), Message(5, "B", ())
    assert in_order([Message(9, "C", ()), first, second]) == [first, second, Message(9, "C", ())]
