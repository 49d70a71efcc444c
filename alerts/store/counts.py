"""The pulse of the town: alerts raised per quarter of an hour, when it was last heard, what is open and waits."""

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


def open_by_level(connection: Connection) -> dict[str, int]:
    """How many alerts are open at each level that there is."""
    alerts = schema.alerts.c
    return dict(connection.execute(select(alerts.level, func.count()).where(alerts.open).group_by(alerts.level)).all())


def notices_waiting(connection: Connection) -> int:
    """How many notices are still to be sent."""
    query = select(func.count()).select_from(schema.notices).where(schema.notices.c.state == "pending")
    waiting: int = connection.execute(query).scalar_one()
    return waiting


def newest_at(connection: Connection) -> int:
    """When the newest reading was received, 0 before the first."""
    readings = schema.readings.c
    newest: int | None = connection.execute(select(readings.at).order_by(readings.id.desc()).limit(1)).scalar()
    return newest or 0
