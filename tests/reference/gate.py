"""The gate: is a reading new, late or a duplicate, for each device and metric."""

from ingest.inputs import NO_SEQ
from ingest.timing import Timing
from rules.rulebook import Rulebook
from tests.reference.reading import Reading

NEW, LATE, DUPLICATE, CLOCK = range(4)


def memory_of(rulebook: Rulebook, timing: Timing) -> int:
    """How long a reading is remembered: the longest of all windows and ``stale``, plus ``lateness``."""
    windows = [limb.within for rule in rulebook.rules for tier in rule.tiers for limb in tier.limbs]
    return max([timing.stale, *windows]) + timing.lateness


class Gate:
    """What each device said last of each metric, and what was seen when."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.seen: dict[tuple[object, ...], int] = {}
        self.newest: dict[int, dict[int, Reading]] = {}

    def fate(self, reading: Reading) -> int:
        if reading.seq == NO_SEQ:
            key: tuple[object, ...] = (reading.device, reading.metric, reading.ts, reading.value)
        else:
            key = (reading.device, reading.metric, "seq", reading.sent, reading.seq)
        seen_at = self.seen.get(key)
        if seen_at is not None and reading.at - seen_at <= self.memory:
            return DUPLICATE
        self.seen[key] = reading.at
        newest = self.newest.get(reading.device, {}).get(reading.metric)
        return LATE if newest and reading.ts <= newest.ts else NEW

    def note(self, reading: Reading) -> None:
        """A new reading has been taken."""
        self.newest.setdefault(reading.device, {})[reading.metric] = reading

    def newest_of(self, device: int) -> Reading:
        """The device's newest reading of any metric; of equal ones that of the lowest metric."""
        return max(self.newest[device].values(), key=lambda reading: (reading.ts, -reading.metric))
