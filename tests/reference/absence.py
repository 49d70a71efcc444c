"""Absence: nothing heard of a device for more than ``misses`` times its heartbeat."""

from rules.events import Event, Evidence
from rules.levels import NONE
from tests.reference.episode import Episode


class Absence:
    """One absence rule on one device that has been heard."""

    def __init__(self, episode: Episode, heard_at: int) -> None:
        self.episode = episode
        self.allowed = episode.rule.misses * episode.watched.heartbeat
        self.quiet_since = heard_at

    @property
    def due(self) -> int | None:
        """When it is quiet for longer than allowed; none while that is already known."""
        return self.quiet_since + self.allowed if self.episode.level == NONE else None

    def pause(self, length: int) -> None:
        """A break of ours is nobody's silence."""
        if self.due is not None:
            self.quiet_since += length

    def fall_due(self, received: int, evidence: tuple[Evidence, ...]) -> list[Event]:
        level, at, allowed = self.episode.rule.tiers[0].level, self.quiet_since + self.allowed, self.allowed / 1000
        return [self.episode.move(level, at, received, allowed, allowed, "time", evidence)]

    def heard(self, at: int) -> list[Event]:
        quiet, self.quiet_since = at - self.quiet_since, at
        if self.episode.level == NONE:
            return []
        return [self.episode.move(NONE, at, at, quiet / 1000, self.allowed / 1000, "reading")]
