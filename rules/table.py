"""A table of a settings file that is read key by key: what is wrong is noted with its place, and reading goes on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.durations import LONGEST_MS, milliseconds
from ingest.faults import Fault

MISSING = object()


def shown(found: object) -> str:
    """What was found, as the operator wrote it, not endlessly."""
    if found is MISSING:
        return "nothing"
    text = f'"{found}"' if isinstance(found, str) else str(found).lower() if isinstance(found, bool) else str(found)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass
class Table:
    """``where`` is its key path. A value that is not as expected is noted in ``faults``; something harmless is read."""

    content: Mapping[str, Any]
    where: str
    file: str
    faults: list[Fault]
    taken: set[str] = field(default_factory=set)

    def fault(self, key: str, found: str, expected: str) -> None:
        """Note what is wrong with a key."""
        self.faults.append(Fault(self.file, f"{self.where}.{key}" if self.where else key, found, expected))

    def take(self, key: str, default: object) -> Any:
        """The value as it is."""
        self.taken.add(key)
        return self.content.get(key, default)

    def inner(self, key: str, content: Mapping[str, Any]) -> "Table":
        """A table within this one."""
        return Table(content, f"{self.where}.{key}", self.file, self.faults)

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty."""
        found = self.take(key, MISSING if default is None else default)
        if isinstance(found, str) and (found.strip() or found == default):
            return found
        self.fault(key, shown(found), "a text")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where it is absent."""
        found = self.take(key, [])
        if isinstance(found, list) and all(isinstance(entry, str) and entry.strip() for entry in found):
            return tuple(found)
        self.fault(key, shown(found), "a list of texts")
        return ()

    def choice(self, key: str, choices: tuple[str, ...], default: str | None) -> str:
        """One of a few words."""
        found = self.take(key, MISSING if default is None else default)
        if isinstance(found, str) and found in choices:
            return found
        self.fault(key, shown(found), f"one of {', '.join(choices)}")
        return default or ""

    def number(self, key: str) -> float | None:
        """A finite number."""
        found = self.take(key, MISSING)
        if isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found):
            return float(found)
        self.fault(key, shown(found), "a number")
        return None

    def count(self, key: str) -> int:
        """A whole number, at least one."""
        found = self.take(key, MISSING)
        if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= 1000:
            return found
        self.fault(key, shown(found), "a whole number from 1 to 1000")
        return 0

    def duration(self, key: str, default: int | None = None) -> int | None:
        """A duration in milliseconds, or None; without a ``default`` it has to be there."""
        found = self.take(key, MISSING)
        if found is MISSING and default is not None:
            return default
        length = milliseconds(found)
        if length is not None and length <= LONGEST_MS:
            return length
        self.fault(key, shown(found), 'a duration such as "90s", "10m" or "24h", at most "366d"')
        return None

    def tables(self, key: str) -> list["Table"]:
        """A list of tables with at least one."""
        found = self.take(key, MISSING)
        if isinstance(found, list) and found and all(isinstance(entry, dict) for entry in found):
            return [self.inner(f"{key}[{number}]", entry) for number, entry in enumerate(found, 1)]
        self.fault(key, shown(found), "a list of one or more tables { ... }")
        return []

    def nothing_else(self) -> None:
        """Keys that nobody asked for are most likely misspelt."""
        for key in self.content:
            if key not in self.taken:
                self.fault(key, shown(self.content[key]), f"one of {', '.join(sorted(self.taken))}")
