"""Every bad input that the field can send, to the real road on a real broker, with a good neighbour in between."""

import json
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from ingest.instants import instant
from pipeline.broker import embedded_broker
from pipeline.site import load_site
from simulators.mqtt import MqttLink
from tests.parts.live_road import BROKERS, LiveRoad
from tests.parts.small_site import write_small_site

UP = "fengshao/v1/up/"
BAD, GOOD = "T1", "T2"
OTHER_SOURCE = '\n[[source]]\nname = "other"\nfilter = "elsewhere/#"\n'
DELAY_SECONDS = 2.0
MEGABYTES_10 = b'{"values": {"smoke": 0.05}, "note": "' + b"x" * (10 << 20) + b'"}'
NESTED = b'{"values": {"smoke": 0.05}, "x": ' + b'{"a": ' * 100_000 + b"1" + b"}" * 100_000 + b"}"
IN_1970, IN_2099 = "1970-01-01T00:00:07.000+08:00", "2099-12-31T23:59:59.000+08:00"


class Bad(NamedTuple):
    """What is sent, and what is to become of it: (metric, value, marks) of what is stored, reasons of what is not."""

    payload: bytes
    stored: Sequence[tuple[str, float, list[str]]] = ()
    reasons: Sequence[str] = ()
    topic: str = UP + BAD
    sent: str = ""
    """The device's own time, where it must be kept though it is not believed."""


NO_TIME = ["receipt_time"]
INPUTS: dict[str, Bad] = {
    "an empty payload": Bad(b"", reasons=["empty"]),
    "10 MB of payload": Bad(MEGABYTES_10, reasons=["too_large"]),
    "invalid UTF-8": Bad(b'{"values": {"smoke": 0.05}, "x": "\xff"}', reasons=["not_utf8"]),
    "NaN": Bad(b'{"values": {"smoke": NaN, "battery": 81}}', [("battery", 81.0, NO_TIME)], ["not_finite"]),
    "infinity": Bad(b'{"values": {"smoke": -Infinity, "battery": 82}}', [("battery", 82.0, NO_TIME)], ["not_finite"]),
    "a number as text": Bad(b'{"values": {"smoke": "2", "battery": 83}}', [("battery", 83.0, NO_TIME)], ["bad_value"]),
    "missing values": Bad(b'{"seq": 5}', reasons=["empty"]),
    "an unknown device": Bad(
        b'{"values": {"smoke": 0.06}}', [("smoke", 0.06, [*NO_TIME, "unknown_device"])], topic=UP + "stranger"
    ),
    "an unknown metric": Bad(b'{"values": {"shine": 7}}', [("shine", 7.0, [*NO_TIME, "unknown_metric"])]),
    "a time in 1970": Bad(
        f'{{"ts": "{IN_1970}", "values": {{"battery": 84}}}}'.encode(), [("battery", 84.0, ["clock"])], sent=IN_1970
    ),
    "a time in 2099": Bad(
        f'{{"ts": "{IN_2099}", "values": {{"battery": 85}}}}'.encode(), [("battery", 85.0, ["clock"])], sent=IN_2099
    ),
    "a time that no calendar has": Bad(
        b'{"ts": "2026-02-30T99:00:00+08:00", "values": {"battery": 86}}', [("battery", 86.0, NO_TIME)]
    ),
    "a deeply nested object": Bad(NESTED, reasons=["malformed"]),
    "half an object": Bad(b'{"values": {"smoke": 0.0', reasons=["malformed"]),
    "an unknown topic": Bad(b'{"values": {"smoke": 0.05}}', reasons=["unknown_topic"], topic="elsewhere/T1"),
    "no device in the topic": Bad(b'{"values": {"smoke": 0.05}}', reasons=["bad_device"], topic=UP),
    "a value out of range beside a good one": Bad(
        b'{"values": {"smoke": 31, "battery": 87}}', [("battery", 87.0, NO_TIME)], ["out_of_range"]
    ),
}


class Outcome(NamedTuple):
    """What the store holds in the end; ``delays``: how long the good neighbour of each bad input took."""

    readings: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    events: list[dict[str, Any]]
    totals: dict[str, int]
    delays: dict[str, float]
    lived: bool


def raw(payload: Any) -> bytes:
    """The bytes that an exported payload stands for."""
    if isinstance(payload, dict) and set(payload) == {"hex"}:
        return bytes.fromhex(payload["hex"])
    return json.dumps(payload).encode()


def good_payload(number: int) -> bytes:
    """Each with a time of its own, as a device sends it."""
    now = time.time_ns() // 1_000_000
    return json.dumps({"ts": now + number, "seq": number, "values": {"temperature": 20 + number}}).encode()


def publish(link: MqttLink, topic: str, payload: bytes) -> None:
    link.publish(topic, payload)
    assert link.drain(20.0), "the broker did not take it"


def wait_for_good(road: LiveRoad, count: int) -> float:
    """Seconds until that many readings of the good neighbour are committed."""
    begun = time.monotonic()
    with road.reader() as reader:
        while len(reader.readings(GOOD, 0, 2**62)) < count:
            assert time.monotonic() < begun + 30, "the good reading never came"
            time.sleep(0.01)
    return time.monotonic() - begun


@pytest.fixture(scope="module", params=BROKERS)
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Each bad input, behind it a good reading; then all of them at once; then a fire, which must still be seen."""
    folder = tmp_path_factory.mktemp(request.param)
    site = write_small_site(folder)
    (site / "site.toml").write_text((site / "site.toml").read_text(encoding="utf-8") + OTHER_SOURCE, encoding="utf-8")
    assert [source.filter for source in load_site(site).sources] == [f"{UP}+", "elsewhere/#"]
    delays: dict[str, float] = {}
    with embedded_broker(folder / "broker", request.param) as broker:
        road = LiveRoad(site, folder / "data", broker.url, "wall").start()
        link = MqttLink(broker.url, "field")
        assert link.connect(), link.refusal
        publish(link, UP + GOOD, good_payload(0))
        good = 1
        wait_for_good(road, good)  # from here on it is warm
        for name, bad in INPUTS.items():
            link.publish(bad.topic, bad.payload)
            publish(link, UP + GOOD, good_payload(good))
            good += 1
            delays[name] = wait_for_good(road, good)
        for bad in INPUTS.values():
            link.publish(bad.topic, bad.payload)
            link.publish(UP + GOOD, good_payload(good))
            good += 1
        assert link.drain(20.0)
        delays["all at once"] = wait_for_good(road, good)
        publish(link, UP + BAD, b'{"flags": ["fire"]}')
        road.wait_for("events.raised", 1)
        lived = road.lives()
        link.close()
        road.stop()
    readings, rejected, events = (road.exported(kind) for kind in ("readings", "rejected", "events"))
    return Outcome(readings, rejected, events, road.totals(), delays, lived)


@pytest.mark.parametrize("name", INPUTS)
def test_what_can_be_believed_is_stored_and_marked(name: str, outcome: Outcome) -> None:
    bad = INPUTS[name]
    device = bad.topic.removeprefix(UP)
    values = [(metric, value) for metric, value, _ in bad.stored]
    found = [
        reading
        for reading in outcome.readings
        if reading["device"] == device and (reading["metric"], reading["value"]) in values
    ]
    assert [(r["metric"], r["value"], sorted(r["marks"])) for r in found] == [
        (metric, value, sorted(marks)) for metric, value, marks in [*bad.stored, *bad.stored]
    ]
    for reading in found:
        assert reading["ts"] == reading["at"]
        assert instant(reading["sent"]) == instant(bad.sent or reading["at"])


@pytest.mark.parametrize("name", [name for name, bad in INPUTS.items() if bad.reasons])
def test_what_cannot_is_kept_with_its_reason_and_its_very_bytes(name: str, outcome: Outcome) -> None:
    bad = INPUTS[name]
    found = [
        refused["reason"]
        for refused in outcome.rejected
        if refused["topic"] == bad.topic and raw(refused["payload"]) == bad.payload
    ]
    assert found == [*bad.reasons, *bad.reasons]


def test_nothing_else_is_stored_or_refused(outcome: Outcome) -> None:
    good = [reading for reading in outcome.readings if reading["device"] == GOOD]
    assert [reading["value"] for reading in good] == [20 + number for number in range(2 * len(INPUTS) + 1)]
    assert {reading["fate"] for reading in good} == {"new"}
    stored = sum(len(bad.stored) for bad in INPUTS.values()) * 2
    assert len(outcome.readings) == len(good) + stored + 1
    assert len(outcome.rejected) == sum(len(bad.reasons) for bad in INPUTS.values()) * 2


def test_nobody_waits_because_of_it(outcome: Outcome) -> None:
    assert max(outcome.delays.values()) < DELAY_SECONDS, outcome.delays


def test_the_road_lives_on_and_its_totals_add_up(outcome: Outcome) -> None:
    totals = outcome.totals
    whole = [bad for bad in INPUTS.values() if not bad.stored]
    assert outcome.lived
    assert [event["event"] for event in outcome.events if event["rule"] == "fire"] == ["raised"]
    assert totals["received"] == 4 * len(INPUTS) + 2
    assert totals["rejected"] == 2 * len(whole)
    assert totals["accepted"] == totals["received"] - totals["rejected"]
    assert totals["duplicates"] == totals["redelivered"] == 0
    by_reason = sum(count for name, count in totals.items() if name.startswith("rejected."))
    assert by_reason == totals["rejected"]
    beside = sum(count for name, count in totals.items() if name.startswith("refused_values."))
    assert beside == 2 * sum(len(bad.reasons) for bad in INPUTS.values() if bad.stored)
