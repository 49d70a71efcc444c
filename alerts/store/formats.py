"""Exported rows as bytes: JSON Lines, or CSV that a spreadsheet opens without running what a device sent."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

BOM = "\ufeff"
"""Spreadsheets take a CSV with it for UTF-8; without it Chinese is garbled."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One object per line."""
    encode = msgspec.json.Encoder().encode
    return (encode(row) + b"\n" for row in rows)


def csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A header from the first row, then a line per row."""
    text = io.StringIO(newline="")
    write = csv.writer(text).writerow
    header: list[str] = []
    for row in rows:
        flat = flattened(row)
        if not header:
            header = list(flat)
            text.write(BOM)
            write(header)
        write([flat[name] for name in header])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def flattened(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"subject": {"kind": …}}`` as ``subject.kind``; lists as JSON text; null as nothing."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and name in NESTED:
            flat |= flattened(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = _cell(value)
    return flat


NESTED = ("subject",)
"""Objects that always have the same keys; others would give each row its own columns."""


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if value is None or isinstance(value, bool | int | float):
        return value
    return msgspec.json.encode(value).decode()
