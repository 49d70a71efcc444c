"""The lines of a feed file, plain or gzipped, one at a time: when, on which topic, which bytes."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


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


def read_lines(path: Path) -> Iterator[Line]:
    """All messages in order and the end where the file has one; breaks are left out: a broker cannot tell them.

    Raises ValueError with file and line where a line is none.
    """
    decoder = msgspec.json.Decoder(_Written)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, text in enumerate(file, 1):
            try:
                written = decoder.decode(text)
                if written.topic or written.end:
                    yield Line(milliseconds(written.at), str(written.at), written.topic, _bytes(written.payload))
            except ValueError as wrong:
                raise ValueError(
                    f"{path}: line {number}: found {text[:60]!r}; expected a feed line ({wrong})"
                ) from None


def milliseconds(at: str | int) -> int:
    """Epoch milliseconds of an RFC 3339 time, or of what is one already."""
    return at if isinstance(at, int) else (datetime.fromisoformat(at) - EPOCH) // MILLISECOND


def _bytes(payload: msgspec.Raw) -> bytes:
    """The payload as it is written, or the bytes that ``{"hex": …}`` stands for."""
    written = bytes(payload)
    if b'"hex"' not in written:
        return written
    found: Any = json.loads(written)
    if isinstance(found, dict) and found.keys() == {"hex"} and isinstance(found["hex"], str):
        return bytes.fromhex(found["hex"])
    return written
