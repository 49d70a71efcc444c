"""Questions of the board: a hazard with all that hangs on it, a device over time."""

from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from alerts.store import schema
from alerts.store.names import DEVICE, METRIC
from alerts.store.schema import HOUR_MS
from alerts.store.stored import StoredReading
from ingest.metrics import FLAGS_METRIC, flag_names


def alerts_of(hazard_id: str) -> Select[Any]:
    """Oldest first."""
    alerts = schema.alerts.c
    return select(schema.alerts).where(alerts.hazard_id == hazard_id).order_by(alerts.raised_at, alerts.id)


def notices_of(hazard_id: str) -> Select[Any]:
    """Oldest first, lower steps first."""
    notices = schema.notices.c
    query = select(schema.notices).where(notices.hazard_id == hazard_id)
    return query.order_by(notices.created_at, notices.step, notices.id)


def readings(connection: Connection, device: str, start: int, stop: int, metric: str | None) -> list[StoredReading]:
    """By ``ts``, then in the order in which they came."""
    columns, names = schema.readings.c, schema.vocabulary.c
    query = (
        select(columns.ts, columns.at, columns.metric, columns.value, columns.fate, names.name)
        .join(schema.vocabulary, (names.kind == METRIC) & (names.number == columns.metric))
        .where(*_within(connection, device, start, stop))
        .order_by(columns.ts, columns.id)
    )
    if metric is not None:
        query = query.where(columns.metric == _number(METRIC, metric))
    return [_reading(row) for row in connection.execute(query)]


def series(
    connection: Connection, device: str, metric: str, start: int, stop: int, points: int
) -> list[tuple[int, float]]:
    """The line, thinned."""
    columns = schema.readings.c
    query = (
        select(columns.ts, columns.value)
        .where(*_within(connection, device, start, stop), columns.metric == _number(METRIC, metric))
        .order_by(columns.ts, columns.id)
    )
    return thinned([(ts, value) for ts, value in connection.execute(query)], start, stop, points)


def thinned(line: list[tuple[int, float]], start: int, stop: int, points: int) -> list[tuple[int, float]]:
    """At most ``points`` of an ordered line: of each of ``points`` / 2 equal parts the lowest and the highest."""
    if len(line) <= points:
        return line
    parts = max(points // 2, 1)
    ts = np.array([point[0] for point in line], np.int64)
    value = np.array([point[1] for point in line], np.float64)
    firsts = np.searchsorted(ts, start + (stop - start) * np.arange(parts + 1) // parts).tolist()
    kept: list[int] = []
    for first, last in pairwise(firsts):
        if last > first:
            lowest, highest = value[first:last].argmin(), value[first:last].argmax()
            kept += sorted({first + int(lowest), first + int(highest)})
    return [line[place] for place in kept]


def _within(connection: Connection, device: str, start: int, stop: int) -> list[ColumnElement[bool]]:
    """The device's readings in the span: the index is by hour first, so every hour is named."""
    columns = schema.readings.c
    first, last = (connection.execute(select(end(columns.hour))).scalar() or 0 for end in (func.min, func.max))
    hours = range(max(first, start // HOUR_MS), min(last, (stop - 1) // HOUR_MS) + 1)
    return [
        columns.hour.in_(bindparam("hours", list(hours), expanding=True, literal_execute=True)),
        columns.device == _number(DEVICE, device),
        columns.ts >= start,
        columns.ts < stop,
    ]


def _number(kind: str, name: str) -> Any:
    names = schema.vocabulary.c
    return select(names.number).where(names.kind == kind, names.name == name).scalar_subquery()


def _reading(row: Any) -> StoredReading:
    flags = flag_names(int(row.value)) if row.metric == FLAGS_METRIC else ()
    return StoredReading(
        ts=row.ts,
        at=row.at,
        metric=row.name,
        value=row.value,
        flags=tuple(flags),
        fate=row.fate,
    )
