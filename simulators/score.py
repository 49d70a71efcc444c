"""How well a run did: its public alert events against the truth of the feed. Pure, and odd input never raises.

An alert belongs to a row of the truth if its device is one of the row's and it was raised within the row's time:

    begins - 60 s  |------- episode or nuisance -------|  ends + 30 min
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LEVELS = {"none": 0, "blue": 1, "yellow": 2, "orange": 3, "red": 4}
NOTICED_BEFORE = 60_000
LINGERS = 30 * 60_000


@dataclass(slots=True)
class Alert:
    """All events of one id. ``reached``: every level it rose to, with the time (epoch ms)."""

    raised: int
    rule: str
    hazard: str
    devices: frozenset[str]
    reached: list[tuple[int, int]]
    first: Mapping[str, Any]

    @property
    def highest(self) -> int:
        return max((level for level, _ in self.reached), default=0)


def score(events: Iterable[Any], truth: Mapping[str, Any]) -> dict[str, Any]:
    """Episodes found and missed, alerts that are false, and how long the first word took, in seconds."""
    alerts = list(_alerts(events).values())
    episodes = _rows(truth, "episodes")
    nuisances = _rows(truth, "nuisances")
    found: list[str] = []
    missed: list[str] = []
    unmet: list[dict[str, Any]] = []
    delays: list[float] = []
    for episode in episodes:
        answers = [(expected, _when(expected, episode, alerts)) for expected in _rows(episode, "expect")]
        late = [expected for expected, at in answers if at is None]
        (missed if late or not answers else found).append(str(episode.get("id", "")))
        unmet += [{"episode": episode.get("id", ""), **expected} for expected in late]
        delays += [max(0, at - _since(expected, episode)) / 1000 for expected, at in answers if at is not None]
    false = [alert for alert in alerts if _is_false(alert, episodes, nuisances)]
    device_days = _number(_mapping(truth.get("totals")).get("devices"))
    return {
        "found": len(found),
        "missed": len(missed),
        "false": len(false),
        "found_ids": found,
        "missed_ids": missed,
        "missed_expectations": unmet,
        "false_events": [dict(alert.first) for alert in false],
        "delay_p50": _percentile(delays, 50),
        "delay_p95": _percentile(delays, 95),
        "device_days": device_days,
        "false_per_1000_device_days": round(1000 * len(false) / device_days, 3) if device_days else 0.0,
    }


def _alerts(events: Iterable[Any]) -> dict[str, Alert]:
    """The events grouped by id; what is not an alert event is passed over."""
    alerts: dict[str, Alert] = {}
    for event in events:
        if not isinstance(event, Mapping):
            continue
        at, level = _time(event.get("at")), LEVELS.get(str(event.get("level")), 0)
        if at is None or not level or not event.get("id"):
            continue
        alert = alerts.setdefault(str(event["id"]), _first_of(event, at))
        if event.get("event") in ("raised", "upgraded"):
            alert.raised = min(alert.raised, at)
            alert.reached.append((level, at))
    return {key: alert for key, alert in alerts.items() if alert.reached}


def _first_of(event: Mapping[str, Any], at: int) -> Alert:
    subject = _mapping(event.get("subject"))
    named = [subject.get("id")] if subject.get("kind", "device") == "device" else []
    # what stands for several devices (a site, a township) is known by the readings that prove it
    named += [] if named else [entry.get("device") for entry in _rows(event, "evidence")]
    return Alert(at, str(event.get("rule")), str(event.get("hazard")), frozenset(map(str, named)), [], event)


def _when(expected: Mapping[str, Any], episode: Mapping[str, Any], alerts: Sequence[Alert]) -> int | None:
    """When the expected level was first reached in time, on any of the expected devices; None: never."""
    begins, by = _time(episode.get("begins")), _time(expected.get("by"))
    level = LEVELS.get(str(expected.get("level")), 0)
    if begins is None or by is None or not level:
        return None
    devices = set(map(str, _list(expected.get("devices")) or _list(episode.get("devices"))))
    times = [
        at
        for alert in alerts
        if alert.rule == expected.get("rule") and alert.devices & devices
        for reached, at in alert.reached
        if reached >= level and begins - NOTICED_BEFORE <= at <= by
    ]
    return min(times, default=None)


def _since(expected: Mapping[str, Any], episode: Mapping[str, Any]) -> int:
    """From when the world itself was past the threshold: ``since``, or else the episode's beginning."""
    return _time(expected.get("since")) or _time(episode.get("begins")) or 0


def _is_false(alert: Alert, episodes: Sequence[Mapping[str, Any]], nuisances: Sequence[Mapping[str, Any]]) -> bool:
    """Above what a nuisance allows, or yellow and above where nothing true happened; device tickets are apart."""
    if alert.hazard.startswith("device_") or any(_covers(row, alert) for row in episodes):
        return False
    allowed = [LEVELS.get(str(row.get("max_level")), 0) for row in nuisances if _covers(row, alert)]
    return alert.highest > (max(allowed) if allowed else LEVELS["blue"])


def _covers(row: Mapping[str, Any], alert: Alert) -> bool:
    begins, ends = _time(row.get("begins")), _time(row.get("ends"))
    if begins is None or ends is None or not begins - NOTICED_BEFORE <= alert.raised <= ends + LINGERS:
        return False
    return not alert.devices.isdisjoint(map(str, _list(row.get("devices"))))


def _percentile(values: Sequence[float], percent: int) -> float | None:
    """Nearest rank: the smallest value that at least ``percent`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


def _time(text: object) -> int | None:
    """Epoch milliseconds of an RFC 3339 time; None where it is not one."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else round(moment.timestamp() * 1000)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(owner: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [row for row in _list(owner.get(key)) if isinstance(row, Mapping)]


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
