"""The lines of a feed file, plain or gzipped, one at a time: when, on which topic, which bytes."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EARLIEST = -62_104_060_800_000
LATEST = 253_370_764_799_999
"""The years 2 to 9998, as everywhere in the feed's format."""
LONGEST_TIME = 35
LONGEST_TOPIC = 65_535
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class FeedFault(ValueError):
    """The file is no feed, or a line of it is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message; ``told`` is ``at`` as the file spells it. A line without a topic is the feed's end."""

    at: int
    told: str
    topic: str
    payload: bytes


class _Written(msgspec.Struct):
    at: str | int
    topic: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"")
    end: bool = False


_DECODER = msgspec.json.Decoder(_Written)


def read_lines(path: Path) -> Iterator[Line]:
    """All messages in order and the end where the file has one; breaks are left out: a broker cannot tell them.

    Raises FeedFault with the file, and the line where a line is none.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, text in enumerate(file, 1):
                line = _line(path, number, text.removeprefix(BYTE_ORDER_MARK) if number == 1 else text)
                if line is not None:
                    yield line
    except (OSError, EOFError, zlib.error) as wrong:
        raise FeedFault(f"{path}: found {wrong}; expected a feed file that can be read to its end") from None


def _line(path: Path, number: int, text: bytes) -> Line | None:
    """None for a break, and for a line that is blank."""
    if text.isspace():
        return None
    try:
        written = _DECODER.decode(text)
        line = Line(milliseconds(written.at), str(written.at), written.topic, _bytes(written.payload))
        _check_topic(line.topic)
    except (ValueError, RecursionError) as wrong:
        raise FeedFault(f"{path}: line {number}: found {text[:60]!r}; expected a feed line ({wrong})") from None
    return line if written.topic or written.end else None


def _check_topic(topic: str) -> None:
    """A broker ends the connection over a topic with a wildcard, and each time that it comes again."""
    if any(char in topic for char in "+#\0") or len(topic.encode()) > LONGEST_TOPIC:
        raise ValueError("a topic with + or #, or one that is too long")


def milliseconds(at: str | int) -> int:
    """Epoch milliseconds of an RFC 3339 time, or of what is one already; raises ValueError for another."""
    if isinstance(at, str):
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or len(at) > LONGEST_TIME:
            raise ValueError("a time without an offset, or one that is too long")
        at = (moment - EPOCH) // MILLISECOND
    if not EARLIEST <= at <= LATEST:
        raise ValueError("a time that no calendar has")
    return at


def _bytes(payload: msgspec.Raw) -> bytes:
    """The payload as it is written, or the bytes that ``{"hex": …}`` stands for."""
    written = bytes(payload)
    if b'"hex"' not in written:
        return written
    found: Any = json.loads(written)
    if isinstance(found, dict) and found.keys() == {"hex"} and isinstance(found["hex"], str):
        return bytes.fromhex(found["hex"])
    return written
