"""Durations as the settings spell them: ``"90s"``, ``"10m"``, ``"24h"``, ``"7d"``."""

import re

UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST_MS = 366 * 86_400_000
"""What is due later than in a year is a mistake, and in ten thousand years no calendar has it."""
_FORM = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)", re.ASCII)


def milliseconds(text: object) -> int | None:
    """The duration in milliseconds, or None where ``text`` is not one."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    return round(float(found[1]) * UNIT_MS[found[2]]) if found else None
