"""Reading back, at a start, what is needed to go on as if the service had never stopped."""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, func, or_, select, union

from alerts.model import Alert, Hazard, Notice, Ticket, Timer
from alerts.store import schema
from alerts.store.batch import PUBLISHED, Loaded
from alerts.store.names import DEVICE, METRIC, load_names
from alerts.store.rows import Row, reader_of
from ingest.inputs import Inputs, unpack
from rules.events import Event

RULES = "rules"
UNACKNOWLEDGED = "unacknowledged"
"""The names of the snapshots."""


def load(connection: Connection) -> Loaded:
    """All of it, in one transaction."""
    names = load_names(connection).known
    totals = load_numbers(connection, schema.totals)
    seq, snapshot = load_snapshot(connection, RULES)
    return Loaded(
        clock=load_setting(connection, schema.CLOCK),
        devices=list(names[DEVICE]),
        metrics=list(names[METRIC]),
        totals=totals,
        snapshot=snapshot or None,
        inputs_after=list(logged_inputs(connection, seq)),
        unacknowledged=load_snapshot(connection, UNACKNOWLEDGED)[1],
        positions=load_numbers(connection, schema.positions),
        unpublished=_unpublished(connection, totals.get(PUBLISHED, 0)),
        alerts=rows_of(connection, live_alerts(), Alert),
        hazards=rows_of(connection, open_hazards(), Hazard),
        tickets=rows_of(connection, open_tickets(), Ticket),
        notices=rows_of(connection, live_notices(), Notice),
        timers=rows_of(connection, select(schema.timers).order_by(schema.timers.c.due, schema.timers.c.id), Timer),
    )


def newest_seq(connection: Connection) -> int:
    """The number of the newest log row, 0 before the first."""
    newest: int | None = connection.execute(select(func.max(schema.log.c.seq))).scalar()
    return newest or 0


def load_setting(connection: Connection, name: str) -> int:
    """The clock, or the number of commits; 0 before the first commit."""
    settings = schema.settings.c
    number: int = connection.execute(select(settings.number).where(settings.name == name)).scalar_one()
    return number


def load_numbers(connection: Connection, table: Table) -> dict[str, int]:
    """What was counted, or the positions, by name."""
    columns = table.c
    return dict(connection.execute(select(columns.name, columns.number).order_by(columns.name)).all())


def load_snapshot(connection: Connection, name: str) -> tuple[int, bytes]:
    """The log row after which it was so, 0 where there is none, and its pieces joined."""
    snapshots = schema.snapshots.c
    newest = select(func.max(snapshots.seq)).where(snapshots.name == name).scalar_subquery()
    query = select(snapshots.seq, snapshots.state).where(snapshots.name == name, snapshots.seq == newest)
    rows = connection.execute(query.order_by(snapshots.piece)).all()
    return (rows[0].seq, b"".join(row.state for row in rows)) if rows else (0, b"")


def rows_of(connection: Connection, query: Select[Any], struct: type[Row]) -> list[Row]:
    """The rows of the query as structs."""
    return list(map(reader_of(struct), connection.execute(query)))


def open_alerts() -> Select[Any]:
    """Oldest first."""
    return _by_time(schema.alerts, "raised_at").where(schema.alerts.c.open)


def open_hazards() -> Select[Any]:
    """Oldest first."""
    return _by_time(schema.hazards, "opened_at").where(schema.hazards.c.phase != "closed")


def open_tickets() -> Select[Any]:
    """Oldest first."""
    return _by_time(schema.tickets, "opened_at").where(schema.tickets.c.state != "closed")


def live_alerts() -> Select[Any]:
    """The open ones, and the cleared ones of what is still open: texts of an escalation tell of them too."""
    alerts = schema.alerts.c
    return _by_time(schema.alerts, "raised_at").where(
        or_(alerts.open, alerts.hazard_id.in_(_open_ids()), alerts.ticket_id.in_(_open_ids()))
    )


def live_notices() -> Select[Any]:
    """Those of what is still open (a notice of a ticket has its id as ``hazard_id``), and those still to be sent."""
    notices = schema.notices.c
    return _by_time(schema.notices, "created_at").where(
        or_(notices.hazard_id.in_(_open_ids()), notices.state == "pending")
    )


def _open_ids() -> Any:
    """Ids of the hazards and tickets that are open."""
    return union(
        select(schema.hazards.c.id).where(schema.hazards.c.phase != "closed"),
        select(schema.tickets.c.id).where(schema.tickets.c.state != "closed"),
    ).scalar_subquery()


def _by_time(table: Table, time: str) -> Select[Any]:
    return select(table).order_by(table.c[time], table.c.id)


def logged_inputs(connection: Connection, seq: int) -> Iterator[Inputs]:
    """The inputs committed after log row ``seq``, in order."""
    log = schema.log.c
    for (packed,) in connection.execute(select(log.inputs).where(log.seq > seq).order_by(log.seq)):
        inputs = unpack(packed)
        if len(inputs):
            yield inputs


def _unpublished(connection: Connection, published: int) -> list[Event]:
    events = schema.events.c
    query = select(events.body).order_by(events.number).offset(published)
    decode = msgspec.json.Decoder(Event).decode
    return [decode(body) for (body,) in connection.execute(query)]
