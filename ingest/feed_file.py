"""A feed file (recording, replay, backtest, drill): JSON Lines, optionally gzip, one line per message."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from ingest.faults import Fault
from ingest.instants import EARLIEST, instant
from ingest.json_faults import NOT_JSON
from ingest.message import Message

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Break:
    """``length`` milliseconds for which nobody listened; the recording goes on at ``at``."""

    at: int
    length: int


@dataclass(frozen=True, slots=True)
class End:
    """The recording ends: time has passed up to ``at`` itself."""

    at: int


class Wrong(NamedTuple):
    """What a line has wrong, before it is known where it stands."""

    found: str
    expected: str


class Line(msgspec.Struct, gc=False):
    """What a line may hold; the payload stays the very bytes that stand in the file."""

    at: str | int
    topic: str | UnsetType = UNSET
    payload: msgspec.Raw | UnsetType = UNSET
    pause: int | UnsetType = msgspec.field(default=UNSET, name="break")
    end: bool = False


class Hex(msgspec.Struct, forbid_unknown_fields=True):
    """A payload that is no JSON, spelled in hexadecimal."""

    hex: str


_LINE = msgspec.json.Decoder(Line)
_HEX = msgspec.json.Decoder(Hex)


def read_feed(path: Path) -> Iterator[Message | Break | End | Fault]:
    """The entries in order; what a line has wrong is a fault in its place, and the rest is read on."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield from _entries(path.name, lines)
    except (OSError, EOFError, zlib.error) as fault:
        yield Fault(path.name, "the file", str(fault), "a feed file that can be read to its end")


def _entries(file: str, lines: Iterable[bytes]) -> Iterator[Message | Break | End | Fault]:
    newest, ended = EARLIEST, False
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        entry = _entry(line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line)
        if ended:
            entry = Wrong("a line after the end", "nothing after the line that says end")
        elif not isinstance(entry, Wrong) and entry.at < newest:
            entry = Wrong("a time before that of a line above", "lines in the order of at")
        if isinstance(entry, Wrong):
            yield Fault(file, f"line {number}", entry.found, entry.expected)
        else:
            newest, ended = entry.at, isinstance(entry, End)
            yield entry


def _entry(line: bytes) -> Message | Break | End | Wrong:
    try:
        said = _LINE.decode(line)
    except NOT_JSON as fault:
        return Wrong(str(fault), "an object with at and topic and payload, break, or end")
    at = instant(said.at)
    if at is None:
        return Wrong(f"at {said.at!r:.60}", "a time with an offset, or epoch milliseconds")
    if said.topic is not UNSET and said.payload is not UNSET:
        payload = _payload(bytes(said.payload))
        return Wrong("bad hexadecimal", "pairs of digits") if payload is None else Message(said.topic, payload, at)
    if said.pause is not UNSET and 0 <= said.pause <= at - EARLIEST:
        return Break(at, said.pause)
    return End(at) if said.end else Wrong("none of them", "topic and payload, break (milliseconds), or end (true)")


def _payload(raw: bytes) -> bytes | None:
    """The bytes that the device sent; None where they are spelled wrong."""
    if not raw.startswith(b"{") or b'"hex"' not in raw:
        return raw
    try:
        return bytes.fromhex(_HEX.decode(raw).hex)
    except NOT_JSON:
        return raw
    except ValueError:
        return None
