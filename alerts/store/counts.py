"""How many: events by kind, alerts by level, notices by state, raised per quarter of an hour."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from alerts.store import schema

QUARTER = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything at one moment."""

    events: dict[str, int]
    """By kind of event."""
    alerts: dict[str, int]
    """All alerts by the highest level that they had."""
    open_alerts: dict[str, int]
    """By present level."""
    hazards: int
    open_hazards: dict[str, int]
    """By present level."""
    tickets: int
    open_tickets: int
    notices: dict[str, int]
    """By state."""
    rejected: dict[str, int]
    """Refusals by reason."""


def count_all(connection: Connection) -> Counts:
    """One query each."""
    alerts, hazards, tickets = schema.alerts.c, schema.hazards.c, schema.tickets.c
    return Counts(
        events=_by(connection, schema.events.c.event),
        alerts=_by(connection, alerts.peak),
        open_alerts=_by(connection, alerts.level, alerts.open),
        hazards=sum(_by(connection, hazards.phase).values()),
        open_hazards=_by(connection, hazards.level, hazards.phase != "closed"),
        tickets=sum(_by(connection, tickets.state).values()),
        open_tickets=sum(_by(connection, tickets.state, tickets.state != "closed").values()),
        notices=_by(connection, schema.notices.c.state),
        rejected=_by(connection, schema.rejected.c.reason),
    )


def raised_per_quarter(connection: Connection, start: int, stop: int) -> list[tuple[int, str, int]]:
    """(beginning of the quarter, level, count) in order."""
    events = schema.events.c
    quarter = (events.at - events.at % QUARTER).label("quarter")
    query = (
        select(quarter, events.level, func.count())
        .where(events.event == "raised", events.at >= start, events.at < stop)
        .group_by(quarter, events.level)
        .order_by(quarter, events.level)
    )
    return list(connection.execute(query))


def newest_at(connection: Connection) -> int:
    """When the newest reading was received, 0 before the first."""
    readings = schema.readings.c
    newest: int | None = connection.execute(select(readings.at).order_by(readings.id.desc()).limit(1)).scalar()
    return newest or 0


def oldest_pending(connection: Connection) -> int | None:
    """When the oldest notice still to be sent was written."""
    notices = schema.notices.c
    oldest: int | None = connection.execute(
        select(func.min(notices.created_at)).where(notices.state == "pending")
    ).scalar()
    return oldest


def _by(connection: Connection, column: ColumnElement[str], *only: ColumnElement[bool]) -> dict[str, int]:
    query: Any = select(column, func.count()).where(*only).group_by(column).order_by(column)
    return dict(connection.execute(query).all())
