"""Changes of levels, as the kernels wrote them down, become alert events with names."""

import math
from collections.abc import Iterable

from ingest.metrics import FLAGS_METRIC, flag_names
from ingest.places import Places
from ingest.vocabulary import Vocabulary
from rules.changes import (
    AT,
    BY_TIME,
    CAUSE,
    DEVICE,
    FIRST_PROOF,
    FIRST_PROOF_VALUE,
    LEVEL,
    PROOFS,
    RAISED_AT,
    RECEIVED,
    RULE,
    THRESHOLD,
    VALUE,
    WAS,
    Alerts,
)
from rules.events import Event, EventKind, Evidence, Subject, event_id
from rules.levels import LEVELS, NONE
from rules.rulebook import Rulebook

Row = tuple[list[int], list[float]]
"""A change: its whole numbers and its reals, by the columns of :mod:`rules.changes`."""


def take(alerts: Alerts) -> list[Row]:
    """Empty the buffer."""
    count = int(alerts.count[0])
    if not count:
        return []
    alerts.count[0] = 0
    return list(zip(alerts.whole[:count].tolist(), alerts.real[:count].tolist(), strict=True))


def by_time(row: Row) -> tuple[int, int, int, int]:
    """The order of what one clock row shows."""
    whole, _ = row
    return whole[RECEIVED], whole[AT], whole[RULE], whole[DEVICE]


class EventWriter:
    """Gives the numbers their names."""

    def __init__(self, rulebook: Rulebook, places: Places, vocabulary: Vocabulary) -> None:
        self._rulebook = rulebook
        self._places = places
        self._vocabulary = vocabulary

    def events(self, rows: Iterable[Row]) -> list[Event]:
        """One event for each change."""
        return [self._event(whole, real) for whole, real in rows]

    def _event(self, whole: list[int], real: list[float]) -> Event:
        rule = self._rulebook.rules[whole[RULE]]
        device_id = self._vocabulary.devices[whole[DEVICE]]
        device = self._places.devices.get(device_id)
        return Event(
            id=event_id(rule.id, "device", device_id, whole[RAISED_AT]),
            event=_kind(whole[WAS], whole[LEVEL]),
            rule=rule.id,
            hazard=rule.hazard,
            subject=Subject("device", device_id),
            level=LEVELS[whole[LEVEL] or whole[WAS]],
            at=whole[AT],
            received=whole[RECEIVED],
            value=_or_null(real[VALUE]),
            threshold=_or_null(real[THRESHOLD]),
            reason="time" if whole[CAUSE] == BY_TIME else "reading",
            evidence=tuple(self._evidence(device_id, whole, real, number) for number in range(whole[PROOFS])),
            basis=rule.basis,
            site=device.site_id if device else "",
            township=device.township if device else "",
            version=self._rulebook.version,
        )

    def _evidence(self, device_id: str, whole: list[int], real: list[float], number: int) -> Evidence:
        metric, ts, standing = whole[FIRST_PROOF + 3 * number : FIRST_PROOF + 3 * number + 3]
        value = real[FIRST_PROOF_VALUE + number]
        level = LEVELS[standing] if standing != NONE else ""
        name = self._vocabulary.metrics[metric]
        if metric == FLAGS_METRIC:
            return Evidence(device_id, ts, name, None, tuple(flag_names(int(value))), level)
        return Evidence(device_id, ts, name, value, (), level)


def _kind(was: int, level: int) -> EventKind:
    if was == NONE:
        return "raised"
    if level == NONE:
        return "cleared"
    return "upgraded" if level > was else "downgraded"


def _or_null(value: float) -> float | None:
    return None if math.isnan(value) else value
