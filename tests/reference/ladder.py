"""Ladder: a level is reached by readings at or beyond ``raise`` and left by readings on the safe side of ``reset``."""

from rules.events import Event
from rules.levels import NONE
from rules.rulebook import Tier
from tests.reference.episode import Episode
from tests.reference.reading import Condition, Reading, proven, run_of


class Ladder:
    """One ladder rule on one device, with all its readings."""

    def __init__(self, episode: Episode) -> None:
        self.episode = episode
        self.rule = episode.rule
        self.readings: list[Reading] = []

    def read(self, reading: Reading, late: bool) -> list[Event]:
        """After a reading the level is the highest one reached, or not above the present level and not left."""
        if late:
            return []
        self.readings.append(reading)
        present = self.episode.level
        standing = [
            tier.level
            for tier in self.rule.tiers
            if self.reached(tier) or (tier.level <= present and not self.left(tier))
        ]
        level = max(standing, default=NONE)
        return [self.move(level, reading)] if level != present else []

    def reached(self, tier: Tier) -> bool:
        return proven(self.readings, self.beyond(tier), tier.hold)

    def left(self, tier: Tier) -> bool:
        return proven(self.readings, self.safe(tier), self.rule.clear_after)

    def move(self, level: int, reading: Reading) -> Event:
        """Up, the new level's ``raise`` is the threshold; down, the ``reset`` of the level just left."""
        if level > self.episode.level:
            tier = self.tier(level)
            threshold, run = tier.raise_at, run_of(self.readings, self.beyond(tier))
        else:
            tier = self.tier(self.episode.level)
            threshold, run = tier.reset, run_of(self.readings, self.safe(tier))
        evidence = self.episode.watched.evidence(run)
        return self.episode.move(level, reading.ts, reading.at, reading.value, threshold, "reading", evidence)

    def severity(self) -> int:
        """The highest level whose ``raise`` the newest reading is at or beyond."""
        return max((tier.level for tier in self.rule.tiers if self.beyond(tier)(self.readings[-1])), default=NONE)

    def tier(self, level: int) -> Tier:
        return next(tier for tier in self.rule.tiers if tier.level == level)

    def beyond(self, tier: Tier) -> Condition:
        if self.rule.direction == "above":
            return lambda reading: reading.value >= tier.raise_at
        return lambda reading: reading.value <= tier.raise_at

    def safe(self, tier: Tier) -> Condition:
        if self.rule.direction == "above":
            return lambda reading: reading.value < tier.reset
        return lambda reading: reading.value > tier.reset
