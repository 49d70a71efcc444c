"""What is wrong with a settings file, said so that an operator can mend it: where, found, expected."""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 300
"""Characters of what was found; who wrote more knows how it goes on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``where`` is a line (``line 12, lat``) or a key (``rule[3].level.red.raise``)."""

    file: str
    where: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {_told(self.where)}: found {_told(self.found)}; expected {self.expected}"


def _told(text: str) -> str:
    """On one line, and not endlessly."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    return short.replace("\n", "\\n")


class SiteFaults(Exception):
    """All faults of a site's files at once; a wrong file stops the start."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))
