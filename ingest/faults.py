"""What is wrong with a settings file, said so that an operator can mend it: where, found, expected."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """``where`` is a line (``line 12, lat``) or a key (``rule[3].level.red.raise``)."""

    file: str
    where: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: found {self.found}; expected {self.expected}"


class SiteFaults(Exception):
    """All faults of a site's files at once; a wrong file stops the start."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))
