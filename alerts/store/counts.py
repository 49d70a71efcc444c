"""The pulse of the town: alerts raised per quarter of an hour, and when it was last heard."""

from sqlalchemy import Connection, func, select

from alerts.store import schema

QUARTER = 15 * 60_000


def raised_per_quarter(connection: Connection, start: int, stop: int) -> list[tuple[int, str, int]]:
    """(beginning of the quarter, level, count) in order."""
    events = schema.events.c
    quarter = (events.at - events.at % QUARTER).label("quarter")
    raised = select(quarter, events.level).where(events.event == "raised", events.at >= start, events.at < stop)
    found = raised.subquery().c
    query = select(found.quarter, found.level, func.count()).group_by(found.quarter, found.level)
    return list(connection.execute(query.order_by(found.quarter, found.level)))


def newest_at(connection: Connection) -> int:
    """When the newest reading was received, 0 before the first."""
    readings = schema.readings.c
    newest: int | None = connection.execute(select(readings.at).order_by(readings.id.desc()).limit(1)).scalar()
    return newest or 0
