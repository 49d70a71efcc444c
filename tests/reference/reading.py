"""One reading, and what a run of readings proves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of the input. ``flags`` is what a reading of the pseudo-metric 0 declares."""

    device: int
    metric: int
    value: float
    ts: int
    sent: int
    seq: int
    at: int

    @property
    def flags(self) -> int:
        return int(self.value)


Condition = Callable[[Reading], bool]


def proven(readings: Sequence[Reading], condition: Condition, span: int) -> bool:
    """The newest reading and all before it, back to one at least ``span`` earlier, meet the condition."""
    for reading in reversed(readings):
        if not condition(reading):
            return False
        if reading.ts <= readings[-1].ts - span:
            return True
    return False


def run_of(readings: Sequence[Reading], condition: Condition) -> tuple[Reading, ...]:
    """The first and the newest reading of the present run that meets the condition; one where they are the same."""
    first = readings[-1]
    for reading in reversed(readings):
        if not condition(reading):
            break
        first = reading
    return (first,) if first is readings[-1] else (first, readings[-1])
