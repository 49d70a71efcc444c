"""A feed file is read to its end, byte for byte, whatever stands in it."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.faults import Fault
from ingest.feed_file import Break, End, _entries, read_feed
from ingest.message import Message

AT = '"2026-08-04T00:00:03.120+08:00"'
AT_MS = 1_785_772_803_120


def feed(folder: Path, *lines: bytes, name: str = "feed.jsonl") -> Path:
    """A file of these lines."""
    text = b"".join(line + b"\n" for line in lines)
    path = folder / name
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


def line(payload: str, at: object = AT) -> bytes:
    """The line of a message."""
    return f'{{"at": {at}, "topic": "t", "payload": {payload}}}'.encode()


@pytest.mark.parametrize("name", ["feed.jsonl", "feed.jsonl.gz"])
def test_messages_breaks_and_the_end_are_read_in_order(tmp_path: Path, name: str) -> None:
    path = feed(
        tmp_path,
        b"\xef\xbb\xbf" + line('{"values": {"smoke": 0.310}, "x": [1]}'),
        line('[{"flags": []}, {"flags": ["fire"]}]', AT_MS + 1),
        b"",
        line('{"hex": "7b22 FF"}', AT_MS + 1),
        line('{"hex": "7b", "values": {}}', AT_MS + 1),
        f'{{"at": {AT_MS + 9}, "break": 1500}}'.encode(),
        f'{{"at": {AT_MS + 10}, "end": true}}'.encode(),
        name=name,
    )
    assert list(read_feed(path)) == [
        Message("t", b'{"values": {"smoke": 0.310}, "x": [1]}', AT_MS),
        Message("t", b'[{"flags": []}, {"flags": ["fire"]}]', AT_MS + 1),
        Message("t", b'{"\xff', AT_MS + 1),
        Message("t", b'{"hex": "7b", "values": {}}', AT_MS + 1),
        Break(AT_MS + 9, 1500),
        End(AT_MS + 10),
    ]


# A line between two good ones, and what is found in it.
WRONG: dict[str, tuple[bytes, str]] = {
    "half a line": (line("{}")[:-5], "truncated"),
    "no JSON": (b"at 12:00", "malformed"),
    "no object": (b"[]", "Expected `object`"),
    "no time": (b'{"topic": "t", "payload": {}}', "missing required field `at`"),
    "a time without offset": (line("{}", '"2026-08-04T00:00:03"'), "at '2026-08-04T00:00:03'"),
    "an absurd time": (line("{}", 10**30), "at 1000000000000000000000000000000"),
    "a time as a fraction": (line("{}", 1.5), "Expected `int | str`"),
    "a topic that is a number": (b'{"at": %d, "topic": 1, "payload": {}}' % AT_MS, "Expected `str`"),
    "no payload": (b'{"at": %d, "topic": "t"}' % AT_MS, "none of them"),
    "odd hexadecimal": (line('{"hex": "7b2"}'), "bad hexadecimal"),
    "no hexadecimal": (line('{"hex": "xy"}'), "bad hexadecimal"),
    "a break backwards": (b'{"at": %d, "break": -1}' % AT_MS, "none of them"),
    "a break of an age": (b'{"at": %d, "break": 999999999999999999}' % AT_MS, "none of them"),
    "an end that is none": (b'{"at": %d, "end": false}' % AT_MS, "none of them"),
    "another encoding": (b'{"at": %d, "topic": "\xb9\xe3", "payload": {}}' % AT_MS, "utf-8"),
    "a time before the last": (line("{}", AT_MS - 1), "a time before that of a line above"),
    "deep nesting": (line("[" * 100_000 + "]" * 100_000), "recursion"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_line_is_told_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    wrong, found = WRONG[name]
    before, fault, after = read_feed(feed(tmp_path, line("{}"), wrong, line("[]")))
    assert (before, after) == (Message("t", b"{}", AT_MS), Message("t", b"[]", AT_MS))
    assert isinstance(fault, Fault)
    assert (fault.file, fault.where) == ("feed.jsonl", "line 2")
    assert found in fault.found


def test_nothing_follows_the_end(tmp_path: Path) -> None:
    end, fault = read_feed(feed(tmp_path, f'{{"at": {AT}, "end": true}}'.encode(), line("{}")))
    assert (end, isinstance(fault, Fault)) == (End(AT_MS), True)
    assert str(fault).startswith("feed.jsonl: line 2: found a line after the end")


def test_a_file_cut_short_is_told_after_what_can_be_read(tmp_path: Path) -> None:
    path = feed(tmp_path, *[line(f'{{"values": {{"smoke": {number}}}}}') for number in range(9)], name="cut.gz")
    path.write_bytes(path.read_bytes()[:-9])
    *messages, fault = read_feed(path)
    assert all(isinstance(message, Message) for message in messages)
    assert isinstance(fault, Fault)
    assert fault.where == "the file"


@pytest.mark.parametrize("name", ["none.jsonl", "none.jsonl.gz"])
def test_a_missing_file_is_a_fault(tmp_path: Path, name: str) -> None:
    (fault,) = read_feed(tmp_path / name)
    assert isinstance(fault, Fault)
    assert "No such file" in fault.found


def test_what_is_no_gzip_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "feed.gz"
    path.write_bytes(line("{}"))
    (fault,) = read_feed(path)
    assert isinstance(fault, Fault)


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_any_bytes_are_a_payload_in_hexadecimal(payloads: list[bytes]) -> None:
    lines = [line(f'{{"hex": "{payload.hex()}"}}') for payload in payloads]
    assert list(_entries("feed", lines)) == [Message("t", payload, AT_MS) for payload in payloads]
