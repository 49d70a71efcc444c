"""Flag: raised by a reading that declares it, left when all readings for ``clear_after`` lack it."""

from dataclasses import replace

from ingest.metrics import FLAG_BIT
from rules.events import Event
from rules.levels import NONE
from tests.reference.episode import Episode
from tests.reference.reading import Reading, proven, run_of


class Flag:
    """One flag rule on one device, with all the readings that spoke of flags."""

    def __init__(self, episode: Episode, stale: int) -> None:
        self.episode = episode
        self.rule = episode.rule
        self.stale = stale
        self.readings: list[Reading] = []

    def read(self, reading: Reading, late: bool) -> list[Event]:
        if late:
            return self.late_fire(reading) if self.rule.flag == "fire" else []
        self.readings.append(reading)
        if self.episode.level == NONE:
            return [] if self.lacks(reading) else [self.raised(reading, reading.ts)]
        if not proven(self.readings, self.lacks, self.rule.clear_after):
            return []
        evidence = self.episode.watched.evidence(run_of(self.readings, self.lacks))
        return [self.episode.move(NONE, reading.ts, reading.at, None, None, "reading", evidence)]

    def late_fire(self, reading: Reading) -> list[Event]:
        """A late fire at most ``stale`` old counts as declared at the newest time of the device's flags."""
        if self.lacks(reading) or reading.at - reading.ts > self.stale:
            return []
        newest = self.readings[-1].ts
        self.readings.append(replace(reading, ts=newest))
        return [self.raised(reading, newest)] if self.episode.level == NONE else []

    def raised(self, reading: Reading, at: int) -> Event:
        evidence = self.episode.watched.evidence([reading])
        return self.episode.move(self.rule.tiers[0].level, at, reading.at, None, None, "reading", evidence)

    def lacks(self, reading: Reading) -> bool:
        return not reading.flags & FLAG_BIT[self.rule.flag]
