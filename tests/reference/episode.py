"""The alert of one rule on one device: its level moves, and every move is an event."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.metrics import FLAGS_METRIC, flag_names
from rules.events import Event, EventKind, Evidence, Reason, Subject, event_id
from rules.levels import LEVELS, NONE
from rules.rulebook import Rule
from tests.reference.reading import Reading


@dataclass(frozen=True, slots=True)
class Watched:
    """The device that an alert is about, as the site files and the vocabulary know it."""

    name: str
    site: str
    township: str
    type: str
    heartbeat: int
    metrics: Sequence[str]

    def evidence(self, readings: Sequence[Reading], level: str = "") -> tuple[Evidence, ...]:
        """The readings as an event shows them."""
        return tuple(
            Evidence(self.name, reading.ts, "flags", None, tuple(flag_names(reading.flags)), level)
            if reading.metric == FLAGS_METRIC
            else Evidence(self.name, reading.ts, self.metrics[reading.metric], reading.value, (), level)
            for reading in readings
        )


@dataclass(slots=True)
class Episode:
    """What is open: ``level`` (NONE when nothing is) and when it was raised."""

    rule: Rule
    watched: Watched
    version: str
    level: int = NONE
    raised_at: int = 0

    def move(
        self,
        level: int,
        at: int,
        received: int,
        value: float | None,
        threshold: float | None,
        reason: Reason,
        evidence: tuple[Evidence, ...] = (),
    ) -> Event:
        """The level becomes ``level``: the event that says so."""
        before, self.level = self.level, level
        if before == NONE:
            self.raised_at = at
        return Event(
            id=event_id(self.rule.id, "device", self.watched.name, self.raised_at),
            event=_kind(before, level),
            rule=self.rule.id,
            hazard=self.rule.hazard,
            subject=Subject("device", self.watched.name),
            level=LEVELS[level or before],
            at=at,
            received=received,
            value=value,
            threshold=threshold,
            reason=reason,
            evidence=evidence,
            basis=self.rule.basis,
            site=self.watched.site,
            township=self.watched.township,
            version=self.version,
        )


def _kind(before: int, level: int) -> EventKind:
    if before == NONE:
        return "raised"
    if level == NONE:
        return "cleared"
    return "upgraded" if level > before else "downgraded"
