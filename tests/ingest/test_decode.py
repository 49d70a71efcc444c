"""What becomes of each kind of message, the bad ones above all."""

import pytest

from ingest.decode import Decoder
from ingest.decode.refusals import LEFT_OUT, MOST
from ingest.inputs import (
    MARK_CEILING,
    MARK_CLOCK,
    MARK_RECEIPT,
    MARK_UNKNOWN_DEVICE,
    MARK_UNKNOWN_METRIC,
    NO_SEQ,
)
from ingest.message import Message
from ingest.metrics import FLAG_BIT
from ingest.rejected import Reason
from ingest.timing import Timing
from ingest.vocabulary import UNKNOWN_DEVICES, UNKNOWN_METRICS
from tests.ingest.decoding import AT, Row, decode, message, reasons, rows, vocabulary

SMOKE = [("smoke", 0.31)]
FIRE = [("flags", float(FLAG_BIT["fire"]))]

# What a device sends, the rows it becomes and why (a part of) it is refused.
PAYLOADS: dict[str, tuple[bytes, list[Row], list[Reason]]] = {
    "a value": (b'{"values": {"smoke": 0.31}}', SMOKE, []),
    "values before flags": (b'{"flags": ["fire"], "values": {"smoke": 0.31}}', SMOKE + FIRE, []),
    "no flag declared": (b'{"flags": []}', [("flags", 0.0)], []),
    "two flags, one of them twice": (b'{"flags": ["fire", "test", "fire"]}', [("flags", 5.0)], []),
    "an unknown key": (b'{"values": {"smoke": 0.31}, "sim": {"iccid": [1, null]}}', SMOKE, []),
    "a batch upload": (b'[{"values": {"smoke": 0.31}}, {"flags": ["fire"]}]', SMOKE + FIRE, []),
    "a byte order mark": (b'\xef\xbb\xbf{"values": {"smoke": 0.31}}', SMOKE, []),
    "a whole number": (b'{"values": {"battery": 87}}', [("battery", 87.0)], []),
    "the later of two equal keys": (b'{"values": {"smoke": "x", "smoke": 0.31}}', SMOKE, []),
    # nothing to read
    "an empty payload": (b"", [], [Reason.EMPTY]),
    "blanks": (b" \n", [], [Reason.EMPTY]),
    "an empty object": (b"{}", [], [Reason.EMPTY]),
    "an empty array": (b"[]", [], [Reason.EMPTY]),
    "missing values": (b'{"ts": "2026-08-04T14:03:05+08:00", "seq": 1}', [], [Reason.EMPTY]),
    "no value among values": (b'{"values": {}}', [], [Reason.EMPTY]),
    "an empty element": (b'[{}, {"values": {"smoke": 0.31}}]', SMOKE, [Reason.EMPTY]),
    # no JSON, or of another shape
    "invalid UTF-8": (b'{"values": {"smoke\xff": 0.31}}', [], [Reason.NOT_UTF8]),
    "invalid UTF-8 where nobody reads": (b'{"values": {"smoke": 0.31}, "x": "\xff"}', [], [Reason.NOT_UTF8]),
    "half an object": (b'{"values": {"smoke": 0.31', [], [Reason.MALFORMED]),
    "a deeply nested object": (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, [], [Reason.MALFORMED]),
    "deep nesting where nobody reads": (
        b'{"values": {"smoke": 0.31}, "x": ' + b"[" * 80 + b"]" * 80 + b"}",
        [],
        [Reason.MALFORMED],
    ),
    "a deeply nested value": (b'{"values": {"smoke": ' + b"[" * 80 + b"]" * 80 + b"}}", [], [Reason.MALFORMED]),
    "a text": (b'"fire"', [], [Reason.NOT_AN_OBJECT]),
    "null": (b"null", [], [Reason.NOT_AN_OBJECT]),
    "NaN alone": (b"NaN", [], [Reason.NOT_AN_OBJECT]),
    "a number among elements": (b'[1, {"values": {"smoke": 0.31}}]', SMOKE, [Reason.NOT_AN_OBJECT]),
    "values in an array": (b'{"values": [1], "flags": ["fire"]}', FIRE, [Reason.BAD_VALUES]),
    "null for values": (b'{"values": null, "flags": ["fire"]}', FIRE, [Reason.BAD_VALUES]),
    "flags in a text": (b'{"values": {"smoke": 0.31}, "flags": "fire"}', SMOKE, [Reason.BAD_FLAGS]),
    "null for flags": (b'{"flags": null}', [], [Reason.BAD_FLAGS]),
    # one value beside a good one
    "a number as text": (b'{"values": {"gas": "12", "smoke": 0.31}}', SMOKE, [Reason.BAD_VALUE]),
    "a truth value": (b'{"values": {"gas": true, "smoke": 0.31}}', SMOKE, [Reason.BAD_VALUE]),
    "null as a value": (b'{"values": {"gas": null, "smoke": 0.31}}', SMOKE, [Reason.BAD_VALUE]),
    "an object as a value": (b'{"values": {"gas": {"v": 1}, "smoke": 0.31}}', SMOKE, [Reason.BAD_VALUE]),
    "NaN": (b'{"values": {"gas": NaN, "smoke": 0.31}}', SMOKE, [Reason.NOT_FINITE]),
    "minus infinity": (b'{"values": {"gas": -Infinity, "smoke": 0.31}}', SMOKE, [Reason.NOT_FINITE]),
    "more than a float holds": (b'{"values": {"gas": 1e999, "smoke": 0.31}}', SMOKE, [Reason.NOT_FINITE]),
    "five thousand digits": (b'{"values": {"x": %s, "smoke": 0.31}}' % (b"9" * 5000), SMOKE, [Reason.NOT_FINITE]),
    "out of range": (b'{"values": {"smoke": 30.1, "gas": 12}}', [("gas", 12.0)], [Reason.OUT_OF_RANGE]),
    "out of range, in text's company": (
        b'{"values": {"smoke": 31, "gas": "x"}}',
        [],
        [Reason.BAD_VALUE, Reason.OUT_OF_RANGE],
    ),
    "a metric without a name": (b'{"values": {"": 1, "smoke": 0.31}}', SMOKE, [Reason.BAD_METRIC]),
    "a metric of 65 letters": (b'{"values": {"%s": 1, "smoke": 0.31}}' % (b"m" * 65), SMOKE, [Reason.BAD_METRIC]),
    "half a character as a name": (b'{"values": {"\\ud800": 1, "smoke": 0.31}}', SMOKE, [Reason.BAD_METRIC]),
    "flags among the values": (b'{"values": {"flags": 1, "smoke": 0.31}}', SMOKE, [Reason.BAD_METRIC]),
    # words that are no flags
    "a flag nobody knows": (b'{"flags": ["flood", "fire"]}', FIRE, [Reason.UNKNOWN_FLAG]),
    "a number among flags": (b'{"flags": ["fire", 3]}', FIRE, [Reason.UNKNOWN_FLAG]),
    "no flag that is known does not say none": (b'{"flags": ["Fire"]}', [], [Reason.UNKNOWN_FLAG]),
    "nor does no flag that is a word": (b'{"flags": [7, null]}', [], [Reason.UNKNOWN_FLAG] * 2),
}  # fmt: skip


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_becomes_rows_and_refusals(name: str) -> None:
    payload, expected, refused = PAYLOADS[name]
    decoded = decode(message(payload))
    assert rows(decoded) == expected
    assert reasons(decoded) == refused
    assert all(rejected.payload is payload and rejected.detail for rejected in decoded.rejected)


TIMES: dict[str, tuple[str, int, int, int]] = {
    # what is sent as ts, how it is evaluated, what is kept as sent, how it is marked
    "Beijing": ('"2026-08-04T14:03:05.120+08:00"', AT + 120, AT + 120, 0),
    "UTC, in small letters": ('"2026-08-04t06:03:05.12z"', AT + 120, AT + 120, 0),
    "nanoseconds are cut off": ('"2026-08-04T01:33:05.120999999-04:30"', AT + 120, AT + 120, 0),
    "epoch milliseconds": (str(AT - 7), AT - 7, AT - 7, 0),
    "seven days old": (str(AT - 7 * 86_400_000), AT - 7 * 86_400_000, AT - 7 * 86_400_000, 0),
    "older than that": (str(AT - 7 * 86_400_000 - 1), AT, AT - 7 * 86_400_000 - 1, MARK_CLOCK),
    "a minute ahead": (str(AT + 60_000), AT + 60_000, AT + 60_000, 0),
    "farther ahead": (str(AT + 60_001), AT, AT + 60_001, MARK_CLOCK),
    "1970": ('"1970-01-01T08:00:00.000+08:00"', AT, 0, MARK_CLOCK),
    "2099": ('"2099-01-01T00:00:00Z"', AT, 4_070_908_800_000, MARK_CLOCK),
    "no offset": ('"2026-08-04T14:03:05.120"', AT, AT, MARK_RECEIPT),
    "no such day": ('"2026-02-30T14:03:05Z"', AT, AT, MARK_RECEIPT),
    "a text": ('"yesterday"', AT, AT, MARK_RECEIPT),
    "a fraction": ("1785823385000.5", AT, AT, MARK_RECEIPT),
    "a truth value": ("true", AT, AT, MARK_RECEIPT),
    "null": ("null", AT, AT, MARK_RECEIPT),
    "an object": ('{"s": 1}', AT, AT, MARK_RECEIPT),
    "after all calendars": (str(2**62), AT, AT, MARK_RECEIPT),
    "beyond 64 bits": ("9" * 30, AT, AT, MARK_RECEIPT),
}


@pytest.mark.parametrize("name", TIMES)
def test_a_time_alone_never_refuses(name: str) -> None:
    spelled, ts, sent, marks = TIMES[name]
    decoded = decode(message(f'{{"ts": {spelled}, "values": {{"smoke": 0.31}}}}'))
    inputs = decoded.inputs
    assert (inputs.ts.tolist(), inputs.sent.tolist(), inputs.marks.tolist()) == ([ts], [sent], [marks])
    assert (rows(decoded), decoded.rejected) == (SMOKE, [])


def test_without_a_time_the_receipt_counts() -> None:
    inputs = decode(message('{"values": {"smoke": 0.31}}')).inputs
    assert (inputs.ts.tolist(), inputs.sent.tolist(), inputs.marks.tolist()) == ([AT], [AT], [MARK_RECEIPT])


@pytest.mark.parametrize("seq", [0, -1, 2**63 - 1, -(2**63) + 1])
def test_a_number_is_kept(seq: int) -> None:
    assert decode(message(f'{{"seq": {seq}, "flags": []}}')).inputs.seq.tolist() == [seq]


@pytest.mark.parametrize("seq", ["7.0", '"7"', "true", "null", "[7]", str(2**63), str(-(2**63)), "9" * 5000])
def test_a_bad_number_is_refused_and_the_reading_counts(seq: str) -> None:
    decoded = decode(message(f'{{"seq": {seq}, "values": {{"smoke": 0.31}}}}'))
    assert (decoded.inputs.seq.tolist(), rows(decoded)) == ([NO_SEQ], SMOKE)
    assert reasons(decoded) == [Reason.BAD_SEQ]


def test_gas_above_its_ceiling_counts_as_the_ceiling() -> None:
    decoded = decode(message('{"values": {"gas": 100.5}}'), message('{"values": {"gas": 100, "co": 300}}'))
    assert rows(decoded) == [("gas", 100.0), ("gas", 100.0), ("co", 300.0)]
    assert (decoded.inputs.marks & MARK_CEILING).tolist() == [MARK_CEILING, 0, 0]


def test_minus_zero_is_zero() -> None:
    assert str(decode(message('{"values": {"gas": -0.0}}')).inputs.value[0]) == "0.0"


def test_unknown_devices_and_metrics_are_accepted_and_marked() -> None:
    names = vocabulary()
    one, two = message('{"values": {"smoke": 0.31, "radon": -5e9}}', device="新-2"), message('{"flags": []}')
    for _ in range(2):  # the second time both names are in the table
        decoded = decode(one, two, names=names)
        assert [names.devices[number] for number in decoded.inputs.device] == ["新-2", "新-2", "dev-1"]
        assert rows(decoded, names) == [("smoke", 0.31), ("radon", -5e9), ("flags", 0.0)]
        unknown = MARK_UNKNOWN_DEVICE | MARK_RECEIPT
        assert decoded.inputs.marks.tolist() == [unknown, unknown | MARK_UNKNOWN_METRIC, MARK_RECEIPT]


def test_a_device_that_the_site_gains_is_unknown_no_longer() -> None:
    names = vocabulary()
    decoder = Decoder(names, Timing())
    new = [message('{"flags": []}', device="dev-2")]
    before = decoder.decode(new).inputs
    names.register(["dev-2"])
    after = decoder.decode(new).inputs
    assert before.device.tolist() == after.device.tolist()
    assert (before.marks ^ after.marks).tolist() == [MARK_UNKNOWN_DEVICE]


def test_names_are_bounded() -> None:
    names = vocabulary()
    many = ", ".join(f'"m{number}": 1' for number in range(UNKNOWN_METRICS + 2))
    decoded = decode(message(f'{{"values": {{{many}}}}}'), names=names)
    assert len(decoded.inputs) == UNKNOWN_METRICS
    assert reasons(decoded) == [Reason.TOO_MANY_NAMES] * 2

    names.devices += [f"d{number}" for number in range(UNKNOWN_DEVICES)]
    decoded = decode(message('{"flags": []}', device="one-more"), message('{"flags": []}'), names=names)
    assert (len(decoded.inputs), reasons(decoded)) == (1, [Reason.TOO_MANY_NAMES])


@pytest.mark.parametrize(
    ("mqtt_topic", "reason"),
    [
        ("fengshao/v2/up/dev-1", Reason.UNKNOWN_TOPIC),
        ("", Reason.UNKNOWN_TOPIC),
        ("fengshao/v1/up", Reason.UNKNOWN_TOPIC),
        ("fengshao/v1/up/", Reason.BAD_DEVICE),
        ("fengshao/v1/up/a/b", Reason.BAD_DEVICE),
        ("fengshao/v1/up/a+", Reason.BAD_DEVICE),
        ("fengshao/v1/up/#", Reason.BAD_DEVICE),
        ("fengshao/v1/up/a\n", Reason.BAD_DEVICE),
        ("fengshao/v1/up/" + "d" * 129, Reason.BAD_DEVICE),
    ],
)
def test_a_topic_that_is_no_device_s_is_refused(mqtt_topic: str, reason: Reason) -> None:
    names = vocabulary()
    decoded = decode(Message(mqtt_topic, b'{"flags": []}', AT), names=names)
    assert (len(decoded.inputs), reasons(decoded), names.devices) == (0, [reason], ["dev-1"])


def test_the_longest_device_id_is_accepted() -> None:
    assert len(decode(message('{"flags": []}', device="d" * 128)).inputs) == 1


def test_ten_megabytes_are_refused_and_nothing_else_is() -> None:
    good = message('{"values": {"smoke": 0.31}}')
    decoded = decode(good, message(b" " * 10_000_000), good)
    assert rows(decoded) == SMOKE * 2
    assert [(rejected.message, rejected.reason) for rejected in decoded.rejected] == [(1, Reason.TOO_LARGE)]


def test_size_is_measured_in_bytes() -> None:
    payload = '{"flags": []}'
    assert not decode(message(payload), max_bytes=len(payload)).rejected
    assert reasons(decode(message(payload), max_bytes=len(payload) - 1)) == [Reason.TOO_LARGE]


def test_elements_stand_in_the_order_of_their_evaluated_times() -> None:
    batch = f"""[{{"ts": {AT + 2}, "values": {{"gas": 2, "co": 2}}}}, {{"ts": {AT + 1}, "values": {{"gas": 1}}}},
                 {{"ts": 0, "values": {{"gas": 0}}}}, {{"ts": {AT + 1}, "values": {{"gas": 1.5}}, "flags": []}}]"""
    later = f'{{"ts": {AT}, "flags": ["fire"]}}'
    decoded = decode(message(batch), message(later))
    # The time of 1970 is evaluated at the receipt; the second message stays behind the first.
    assert rows(decoded) == [("gas", 0.0), ("gas", 1.0), ("gas", 1.5), ("flags", 0.0), ("gas", 2.0), ("co", 2.0), *FIRE]
    assert decoded.inputs.ts.tolist() == [AT, AT + 1, AT + 1, AT + 1, AT + 2, AT + 2, AT]
    assert decoded.inputs.message.tolist() == [0] * 6 + [1]


def test_a_megabyte_of_nonsense_is_few_refusals() -> None:
    good = message('{"values": {"smoke": 0.31}}')
    decoded = decode(message(b"[" + b"1," * 400_000 + b"1]"), message(b'{"values": {"gas": "x"}}'), good)
    assert [rejected.message for rejected in decoded.rejected] == [0] * MOST + [1]
    assert [rejected.detail.endswith(LEFT_OUT) for rejected in decoded.rejected[-3:]] == [False, True, False]
    assert rows(decoded) == SMOKE


def test_an_empty_batch_has_no_rows() -> None:
    decoded = decode()
    assert (len(decoded.inputs), decoded.rejected, decoded.messages) == (0, [], 0)
