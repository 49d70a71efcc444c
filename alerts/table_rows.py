"""Rows of a settings file, checked key by key: what is wrong is told by file, key, found and expected."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.durations import LONGEST_MS, milliseconds
from ingest.faults import Fault

Row = dict[str, Any]

MOST_TIMES = 1000


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a row: what ``accepts`` returns None for is a fault; an absent key takes ``default``."""

    name: str
    accepts: Callable[[object], object | None]
    expected: str
    required: bool = True
    default: object = None


def text(value: object) -> str | None:
    """A word or sentence that is not empty."""
    return value if isinstance(value, str) and value.strip() else None


def any_text(value: object) -> str | None:
    """A text that may be empty."""
    return value if isinstance(value, str) else None


def flag(value: object) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def count(value: object) -> int | None:
    """A whole number from 0 to 1000."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TIMES else None


def duration(value: object) -> int | None:
    """A length of time above zero and of a year at most, in milliseconds."""
    length = milliseconds(value)
    return length if length is not None and 0 < length <= LONGEST_MS else None


def one_of(*words: str) -> Callable[[object], str | None]:
    """One of these words."""
    return lambda value: value if isinstance(value, str) and value in words else None


def some_of(*words: str) -> Callable[[object], tuple[str, ...] | None]:
    """At least one of these words, each once, given back in the order in which they stand here."""

    def accepts(value: object) -> tuple[str, ...] | None:
        if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
            return None
        return tuple(word for word in words if word in value) if all(item in words for item in value) else None

    return accepts


def read_rows(
    tables: Mapping[str, object], name: str, keys: Sequence[Key], file: str
) -> tuple[list[tuple[str, Row]], list[Fault]]:
    """The checked rows of ``[[name]]``, each with where it stands, and all that is wrong with the others."""
    given = tables.get(name, [])
    if not isinstance(given, list):
        return [], [Fault(file, name, repr(given), f"rows, each under [[{name}]]")]
    rows: list[tuple[str, Row]] = []
    faults: list[Fault] = []
    for number, row in enumerate(given, 1):
        where = f"{name}[{number}]"
        checked, wrong = _read_row(row, keys, file, where)
        faults += wrong
        if not wrong:
            rows.append((where, checked))
    return rows, faults


def _read_row(row: object, keys: Sequence[Key], file: str, where: str) -> tuple[Row, list[Fault]]:
    if not isinstance(row, dict):
        return {}, [Fault(file, where, repr(row), "a table of keys")]
    known = {key.name: key for key in keys}
    faults = [
        Fault(file, f"{where}.{name}", repr(value), f"a known key ({', '.join(known)})")
        for name, value in row.items()
        if name not in known
    ]
    checked: Row = {}
    for name, key in known.items():
        if name not in row:
            checked[name] = key.default
            if key.required:
                faults.append(Fault(file, f"{where}.{name}", "nothing", key.expected))
            continue
        checked[name] = key.accepts(row[name])
        if checked[name] is None:
            faults.append(Fault(file, f"{where}.{name}", repr(row[name]), key.expected))
    return checked, faults


def repeated(rows: Sequence[tuple[str, Row]], key: str, file: str) -> list[Fault]:
    """A fault for each row whose ``key`` an earlier row has already."""
    seen: set[object] = set()
    faults = []
    for where, row in rows:
        if row[key] in seen:
            faults.append(Fault(file, f"{where}.{key}", repr(row[key]), f"a {key} that no other row has"))
        seen.add(row[key])
    return faults
