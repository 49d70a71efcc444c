"""Window sum: a level holds while any of its limbs has its amount of rain within its window of whole minutes."""

from rules.events import Event, Reason
from rules.levels import NONE
from rules.rulebook import Limb, Tier
from tests.reference.episode import Episode
from tests.reference.reading import Reading

MINUTE = 60_000


def whole_minutes(ms: int) -> int:
    """The minute in which the moment ``ms`` lies: (m-1, m]."""
    return -(-ms // MINUTE)


class WindowSum:
    """One window-sum rule on one device: what fell in each minute, in 0.001 mm."""

    def __init__(self, episode: Episode, passed: int) -> None:
        self.episode = episode
        self.rule = episode.rule
        self.passed = passed
        self.fallen: dict[int, int] = {}
        self.held: dict[tuple[int, Limb], int] = {}  # the latest minute in which a limb of a level held
        self.newest = 0
        self.event_at = 0
        self.clear_minutes = max(1, whole_minutes(self.rule.clear_after))
        self.longest = max(whole_minutes(limb.within) for tier in self.rule.tiers for limb in tier.limbs)

    def read(self, reading: Reading, late: bool) -> list[Event]:
        """First the minutes that the reading's time has passed, then the reading; a late one passes nothing."""
        minute = whole_minutes(reading.ts)
        events: list[Event] = []
        if not late:
            while self.is_open and self.passed < minute - 1:
                self.passed += 1
                events += self.minute_passed(self.passed, reading.at)
            self.passed = max(self.passed, minute - 1)
            self.newest = reading.ts
        self.fallen[minute] = self.fallen.get(minute, 0) + round(reading.value * 1000)
        now = max(self.passed, whole_minutes(self.newest))
        self.fallen = {m: amount for m, amount in self.fallen.items() if m > now - self.longest}
        self.note_held(now)
        holding = [(tier.level, limb) for tier in self.rule.tiers for limb in tier.limbs if self.holds(limb, now)]
        level = max((level for level, _ in holding), default=NONE)
        if level > self.episode.level:
            first = next(limb for holds_for, limb in holding if holds_for == level)
            at = max(self.newest, self.event_at)
            events.append(self.move(level, at, reading.at, first, now, "reading", [reading]))
        return events

    def minute_passed(self, minute: int, received: int) -> list[Event]:
        """At the end of a minute a level is left when none of its limbs held in the last ``clear_after``."""
        if not self.is_open:
            return []  # nothing held before, and time alone adds no rain
        self.note_held(minute)
        present = self.episode.level
        level = max((t.level for t in self.rule.tiers if t.level <= present and not self.left(t, minute)), default=NONE)
        if level == present:
            return []
        left = next(tier for tier in self.rule.tiers if tier.level == present)
        last = max(left.limbs, key=lambda limb: self.held.get((present, limb), -1))  # the first one on ties
        return [self.move(level, minute * MINUTE, received, last, minute, "time", [])]

    @property
    def is_open(self) -> bool:
        return self.episode.level != NONE

    def left(self, tier: Tier, minute: int) -> bool:
        return all(self.held.get((tier.level, limb), -1) <= minute - self.clear_minutes for limb in tier.limbs)

    def note_held(self, minute: int) -> None:
        for tier in self.rule.tiers:
            for limb in tier.limbs:
                if self.holds(limb, minute):
                    self.held[tier.level, limb] = minute

    def holds(self, limb: Limb, minute: int) -> bool:
        return self.sum(limb, minute) >= round(limb.amount * 1000)

    def sum(self, limb: Limb, minute: int) -> int:
        """What fell in the limb's window that ends with ``minute``."""
        first = minute - whole_minutes(limb.within) + 1
        return sum(amount for m, amount in self.fallen.items() if first <= m <= minute)

    def move(
        self, level: int, at: int, received: int, limb: Limb, minute: int, reason: Reason, shown: list[Reading]
    ) -> Event:
        self.event_at = at
        value, evidence = self.sum(limb, minute) / 1000, self.episode.watched.evidence(shown)
        return self.episode.move(level, at, received, value, limb.amount, reason, evidence)
