"""An alert event: what the rules say happened, in the form in which it leaves the system."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import msgspec

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://fengshao.example/alert-event")
"""The project's fixed namespace: changing it would give every alert another id."""

EventKind = Literal["raised", "upgraded", "downgraded", "cleared"]
Reason = Literal["reading", "time", "rule_removed", "device_removed"]


class Subject(msgspec.Struct, frozen=True):
    """What the alert is about."""

    kind: Literal["device", "gateway", "site", "township"]
    id: str


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reading that proves the event; ``flags`` readings have ``value`` null and name the flags.

    ``level`` is set only on the evidence of absence: how bad things stood when the device fell quiet.
    """

    device: str
    ts: int
    metric: str
    value: float | None = None
    flags: tuple[str, ...] = ()
    level: str = ""


class Event(msgspec.Struct, frozen=True):
    """One change of an alert's level. Times are epoch milliseconds here, RFC 3339 outside (:func:`outside`).

    ``level`` is the new level; of a ``cleared`` event the level that ended. Unique by (id, event, level, at).
    """

    id: str
    event: EventKind
    rule: str
    hazard: str
    subject: Subject
    level: str
    at: int
    received: int
    value: float | None
    threshold: float | None
    reason: Reason
    evidence: tuple[Evidence, ...]
    basis: str
    site: str
    township: str
    version: str
    run: str | None = None


def event_id(rule: str, kind: str, subject: str, raised_at: int, run: str | None = None) -> str:
    """The id that all events of one episode share."""
    name = f"{rule}|{kind}|{subject}|{raised_at}"
    return str(uuid.uuid5(NAMESPACE, f"{name}|{run}" if run else name))


def rfc3339(ms: int, offset_minutes: int) -> str:
    """``ms`` with milliseconds and the site's offset, e.g. ``2026-08-04T14:03:05.120+08:00``."""
    zone = timezone(timedelta(minutes=offset_minutes))
    moment = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone).replace(microsecond=ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds")


def outside(event: Event, offset_minutes: int) -> dict[str, Any]:
    """The event as the public contract spells it."""
    shown: dict[str, Any] = msgspec.to_builtins(event)
    shown["at"] = rfc3339(event.at, offset_minutes)
    shown["received"] = rfc3339(event.received, offset_minutes)
    for entry in shown["evidence"]:
        entry["ts"] = rfc3339(entry["ts"], offset_minutes)
        entry.setdefault("value", None)
    return shown
