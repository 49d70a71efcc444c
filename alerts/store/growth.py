"""What the store was given since a place that the asker remembers, in the order in which it was kept."""

import msgspec
from sqlalchemy import Connection, func, select

from alerts.store import schema
from alerts.store.load import newest_seq
from alerts.store.names import DEVICE, METRIC, load_names
from ingest.inputs import Inputs, unpack
from rules.events import Event


class Grown(msgspec.Struct, frozen=True):
    """``seq`` and ``number``: where to ask on, the newest log row and event in it."""

    seq: int
    number: int
    inputs: list[Inputs]
    events: list[Event]


def grown(connection: Connection, seq: int, number: int, most: int) -> Grown:
    """At most so many log rows after ``seq`` and events after ``number``; one moment.

    A place that the store has not come to is another store's: from the beginning.
    """
    log, events = schema.log.c, schema.events.c
    newest_event: int | None = connection.execute(select(func.max(events.number))).scalar()
    if seq > newest_seq(connection) or number > (newest_event or 0):
        seq = number = 0
    rows = connection.execute(select(log.seq, log.inputs).where(log.seq > seq).order_by(log.seq).limit(most)).all()
    bodies = connection.execute(
        select(events.number, events.body).where(events.number > number).order_by(events.number).limit(most)
    ).all()
    decode = msgspec.json.Decoder(Event).decode
    return Grown(
        seq=rows[-1].seq if rows else seq,
        number=bodies[-1].number if bodies else number,
        inputs=[unpack(row.inputs) for row in rows],
        events=[decode(row.body) for row in bodies],
    )


def names(connection: Connection) -> tuple[list[str], list[str]]:
    """Devices and metrics in the order of their numbers."""
    known = load_names(connection).known
    return list(known[DEVICE]), list(known[METRIC])
