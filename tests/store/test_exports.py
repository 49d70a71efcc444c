"""What leaves the store: the public forms, by time, and a recording that says all that came in."""

import csv
import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.store import Reader, Store, csv_lines, json_lines
from alerts.store.export import KINDS
from alerts.store.feed_lines import in_order
from alerts.store.formats import BOM
from alerts.store.pages import PAGE
from alerts.store.payloads import shown_payload
from alerts.writes import Writes
from ingest.decode import Decoder
from ingest.inputs import pack
from ingest.message import Message
from ingest.rejected import Reason, Rejected
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.events import outside
from rules.fates import LATE, NEW
from tests.store import made


def test_events_leave_in_the_public_form_in_the_order_of_cause(store: Store, reader: Reader) -> None:
    events = [made.event(2, at=made.DAY + 50), made.event(1, at=made.DAY), made.event(2, "cleared", at=made.DAY + 99)]
    store.commit(made.batch(events=events))
    assert list(reader.export("events", offset_minutes=made.BEIJING)) == [outside(e, made.BEIJING) for e in events]
    assert [e["id"] for e in reader.export("events", made.DAY + 1, made.DAY + 99)] == ["e-2"]


def test_rows_of_the_ledger_leave_with_the_sites_times(store: Store, reader: Reader) -> None:
    writes = Writes(
        alerts=made.by_id(made.alert("a", cleared_at=made.DAY + 61_500, run="drill-1")),
        hazards=made.by_id(made.hazard("h", plan='{"steps":[1]}', answer_by=made.DAY, alerts=("a",))),
        tickets=made.by_id(made.ticket("t")),
        notices=made.by_id(made.notice("n", "h")),
    )
    store.commit(made.batch(writes=writes))

    def only(kind: str) -> dict[str, Any]:
        (row,) = reader.export(kind, offset_minutes=made.BEIJING)
        return row

    alert, hazard, notice = only("alerts"), only("hazards"), only("notices")
    assert alert["raised_at"] == "2026-08-04T00:00:00.000+08:00"
    assert alert["cleared_at"] == "2026-08-04T00:01:01.500+08:00"
    assert alert["evidence"][1] == {"device": "D2", "ts": alert["raised_at"], "metric": "smoke", "value": 3.5}
    assert (alert["open"], alert["run"], alert["value"]) == (True, "drill-1", None)
    assert (hazard["plan"], hazard["alerts"], hazard["closed_at"]) == ({"steps": [1]}, ("a",), None)
    assert (hazard["answer_by"], hazard["owner"]) == (alert["raised_at"], "")
    assert (notice["created_at"], notice["next_try_at"]) == (alert["raised_at"], None)
    assert only("tickets")["state"] == "open"


def test_a_reading_leaves_with_its_names(store: Store, reader: Reader) -> None:
    store.commit(
        made.batch(
            made.reading(1, made.DAY, 3.5, seq=7),
            made.reading(0, made.DAY + 1, 33.0, metric=0, sent=10**17, marks=6),
            fates=[NEW, LATE],
            devices=["D0", "D1"],
        )
    )
    first, second = reader.export("readings", offset_minutes=made.BEIJING)
    midnight = "2026-08-04T00:00:00.000+08:00"
    assert first == {
        "device": "D1",
        "metric": "smoke",
        "value": 3.5,
        "flags": None,
        "ts": midnight,
        "sent": midnight,
        "at": midnight,
        "seq": 7,
        "fate": "new",
        "marks": [],
    }
    assert (second["value"], second["flags"], second["seq"]) == (None, ["fire", "isolated"], None)
    assert (second["sent"], second["fate"], second["marks"]) == (10**17, "late", ["clock", "unknown_device"])


def test_what_was_refused_leaves_with_its_bytes_though_they_are_kept_once(store: Store, reader: Reader) -> None:
    bad = b'{"values":{"smoke":"x","gas":null}}'
    refused = [
        Rejected(0, Reason.BAD_VALUE, "fengshao/v1/up/D1", bad, made.DAY, "smoke"),
        Rejected(0, Reason.BAD_VALUE, "fengshao/v1/up/D1", bad, made.DAY, "gas"),
        Rejected(1, Reason.NOT_UTF8, "fengshao/v1/up/D2", b"\xff\xfe", made.DAY + 1),
        Rejected(2, Reason.NOT_UTF8, "fengshao/v1/up/D3", b"\xff\xfe", made.DAY + 2),
        Rejected(3, Reason.EMPTY, "fengshao/v1/up/D4", b"", made.DAY + 3),
    ]
    store.commit(made.batch(rejected=refused))
    rows = list(reader.export("rejected"))
    assert [(row["topic"], row["reason"], row["detail"]) for row in rows] == [
        (refusal.mqtt_topic, refusal.reason, refusal.detail) for refusal in refused
    ]
    assert [bytes(original(row["payload"])) for row in rows] == [refusal.payload for refusal in refused]
    assert rows[2]["text"] == "��"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_pages_through_all_rows_once_by_time(kind: str, store: Store, reader: Reader) -> None:
    count = PAGE + 3
    names = [f"{place:05}" for place in range(count)]
    at = [made.DAY + place // 7 for place in range(count)]
    writes = Writes(
        alerts=made.by_id(*map(made.alert, names, at)),
        hazards=made.by_id(*map(made.hazard, names, at)),
        tickets=made.by_id(*map(made.ticket, names, at)),
        notices=made.by_id(*(made.notice(name, "h", when) for name, when in zip(names, at, strict=True))),
    )
    store.commit(
        made.batch(
            *(made.reading(0, when, sent=place) for place, when in enumerate(at)),
            devices=["D1"],
            writes=writes,
            events=[made.event(place, at=when) for place, when in enumerate(at)],
            rejected=[Rejected(n, Reason.EMPTY, f"t/{n}", b"", when) for n, when in enumerate(at)],
        )
    )
    rows = [json.dumps(row, sort_keys=True) for row in reader.export(kind)]
    assert len(rows) == len(set(rows)) == count
    assert len({frozenset(row) for row in reader.export(kind)}) == 1
    assert len(list(reader.export(kind, made.DAY + 1, made.DAY + 3))) == 14


def original(payload: Any) -> bytes:
    """What a replay publishes for the payload of a feed line."""
    if isinstance(payload, msgspec.Raw):
        return bytes(payload)
    is_hex = isinstance(payload, dict) and set(payload) == {"hex"}
    return bytes.fromhex(payload["hex"]) if is_hex else json.dumps(payload).encode()


def test_a_recording_has_all_messages_the_breaks_and_the_end(store: Store, reader: Reader) -> None:
    at = made.DAY
    store.commit(
        made.batch(
            made.tick(at),
            made.reading(0, at + 10, message=0),
            made.tick(at + 1_000),
            made.reading(0, at + 1_010, message=2),
            messages=[
                made.message("D1", at + 10, b'{"values": {"smoke": 1.50}}'),
                made.message("D1", at + 20, b"\xff"),
                made.message("D1", at + 1_010, b"[]"),
            ],
            clock=at + 1_010,
        )
    )
    store.commit(made.batch(made.pause(at + 90_000, 88_990), made.tick(at + 90_000), clock=at + 90_000))
    store.commit(
        made.batch(made.reading(0, at + 90_005), messages=[made.message("D2", at + 90_005)], clock=at + 90_005)
    )
    lines = [json.loads(line) for line in json_lines(reader.feed_lines(offset_minutes=made.BEIJING))]
    up = "fengshao/v1/up/"
    assert lines == [
        {"at": "2026-08-04T00:00:00.010+08:00", "topic": f"{up}D1", "payload": {"values": {"smoke": 1.5}}},
        {"at": "2026-08-04T00:00:00.020+08:00", "topic": f"{up}D1", "payload": {"hex": "ff"}},
        {"at": "2026-08-04T00:00:01.010+08:00", "topic": f"{up}D1", "payload": []},
        {"at": "2026-08-04T00:01:30.000+08:00", "break": 88_990},
        {"at": "2026-08-04T00:01:30.005+08:00", "topic": f"{up}D2", "payload": {"values": {"smoke": 0.1}}},
        {"at": "2026-08-04T00:01:30.005+08:00", "end": True},
    ]
    part = list(reader.feed_lines(at + 20, at + 90_000))
    assert [line.get("topic", "end")[-2:] for line in part] == ["D1", "D1", "nd"]
    assert part[-1]["at"] == "2026-08-03T16:01:30.000+00:00"


def test_a_recording_never_ends_before_its_last_message(store: Store, reader: Reader) -> None:
    refused = made.message("D1", made.DAY + 500, b"\xff")
    store.commit(made.batch(made.tick(made.DAY), messages=[refused], clock=made.DAY))
    assert [line["at"][-15:] for line in reader.feed_lines(offset_minutes=made.BEIJING)] == ["00:00.500+08:00"] * 2


def test_a_recording_decodes_to_the_same_readings(store: Store, reader: Reader) -> None:
    payloads = [
        b'{"ts": "2026-08-04T00:00:01+08:00", "seq": 7, "values": {"smoke": 0.310, "battery": 87}, "flags": ["fire"]}',
        b'[{"ts": 1785772800500, "values": {"gas": 1e2}}, {"values": {"rain": 0.2, "pm25": 12}}]',
        b'{"values": {"smoke": NaN, "temperature": 21.5}}',
        b'{"values": {"smoke": 99}, "flags": ["fire", "no such flag"]}',
        b'{\n  "values": {"smoke": 1, "smoke": 2}\n}',
        b'{"values": {"smoke": 123456789012345678901234567890}}',
        b'{"ts": "1970-01-01T00:00:00Z", "values": {"smoke": 0.2}}',
        b"",
        b"\xff\x00",
        b'"text"',
        b'{"hex": "7b7d"}',
    ]
    came = [made.message(f"D{place % 3}", made.DAY + place, payload) for place, payload in enumerate(payloads)]

    def decoded(messages: list[Message]) -> tuple[bytes, list[Any], list[str]]:
        vocabulary = Vocabulary()
        found = Decoder(vocabulary, Timing()).decode(messages)
        refused = [(refusal.message, refusal.reason) for refusal in found.rejected]
        return pack(found.inputs), refused, vocabulary.metrics

    store.commit(made.batch(messages=came))
    lines = [json.loads(line) for line in json_lines(reader.feed_lines(offset_minutes=made.BEIJING))]
    replayed = [
        Message(line["topic"], original(line["payload"]), message.at)
        for line, message in zip(lines[:-1], came, strict=True)
    ]
    assert decoded(replayed) == decoded(came)
    assert len(decoded(came)[1]) >= 5


steps_of_time = st.lists(
    st.tuples(st.sampled_from(["reading", "two readings", "refused", "break", "tick"]), st.integers(0, 3)), max_size=30
)


@given(steps_of_time)
def test_messages_and_breaks_stand_in_the_recording_as_they_came(came: list[tuple[str, int]]) -> None:
    """Between the readings of two messages a break keeps its place; what was refused keeps its own order and time."""
    at = made.DAY
    rows: list[dict[str, Any]] = []
    messages: list[Message] = []
    expected: list[tuple[str, int]] = []
    for kind, later in came:
        at += later
        if kind == "break":
            rows.append(made.pause(at, 5))
        elif kind == "tick":
            rows.append(made.tick(at))
        else:
            rows += [made.reading(0, at, message=len(messages))] * {"reading": 1, "two readings": 2}.get(kind, 0)
            messages.append(made.message(kind, at))
        if kind in ("break", "reading", "two readings"):
            expected.append((kind, at))
    lines = list(in_order(messages, made.inputs(*rows)))
    kinds = [(line.get("topic", "/break").rsplit("/", 1)[-1], when) for when, line in lines]
    assert [entry for entry in kinds if entry[0] != "refused"] == expected
    refused = [("refused", message.at) for message in messages if message.mqtt_topic.endswith("refused")]
    assert sorted(kinds) == sorted(expected + refused)
    assert [when for _, when in kinds] == sorted(when for _, when in kinds)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("hex"), inner, max_size=4)
    ),
    max_leaves=12,
)
payloads = st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode())


@given(payloads)
@example(b'{"hex": "00"}')
@example(b'{"values": {"smoke": NaN}}')
@example(b'{"values":\n{}}')
@example(b'{"a": 1, "a": 2}')
@example(b"[" * 5_000 + b"]" * 5_000)
@example(b'{"a": 1e999}')
@example(b'{"a": "\\ud800"}')
@example(b"7")
def test_any_payload_comes_through_a_feed_line_unchanged(payload: bytes) -> None:
    line = msgspec.json.encode({"payload": shown_payload(payload)})
    assert b"\n" not in line
    read = json.loads(line)["payload"]
    assert isinstance(read, dict | list)
    if isinstance(read, dict) and set(read) == {"hex"}:
        assert bytes.fromhex(read["hex"]) == payload
    else:
        assert msgspec.json.decode(json.dumps(read).encode()) == msgspec.json.decode(payload)


cells = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=2)


@given(st.lists(st.fixed_dictionaries({"device": cells, "value": cells}), min_size=1, max_size=5))
@example([{"device": "=HYPERLINK(1)", "value": "\t+1"}])
def test_a_spreadsheet_never_runs_what_a_device_sent(rows: list[dict[str, Any]]) -> None:
    text = b"".join(csv_lines(rows)).decode()
    assert text.startswith(BOM)
    header, *lines = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""))
    assert header == list(rows[0])
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        for cell, value in zip(line, [row[name] for name in header], strict=True):
            if isinstance(value, str):
                assert cell.removeprefix("'") == value.removeprefix("'") or cell == f"'{value}"
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_csv_has_a_column_for_each_field_and_leaves_numbers_alone(store: Store, reader: Reader) -> None:
    store.commit(made.batch(made.reading(0, made.DAY, -3.5), events=[made.event(1)], devices=["=D1"]))
    reading = list(csv.DictReader(io.StringIO(b"".join(csv_lines(reader.export("readings"))).decode("utf-8-sig"))))
    assert (reading[0]["device"], reading[0]["value"], reading[0]["marks"]) == ("'=D1", "-3.5", "[]")
    (event,) = csv.DictReader(io.StringIO(b"".join(csv_lines(reader.export("events"))).decode("utf-8-sig")))
    assert (event["subject.kind"], event["subject.id"], event["run"]) == ("device", "D1", "")
    assert json.loads(event["evidence"])[0]["flags"] == ["fire"]
