"""The recording: what came in, line by line, so that a replay or a backtest gives the same events.

{"at", "topic", "payload"}   a message      {"at", "break"}   nobody listened for so many ms
{"at", "end"}                the last line: time has passed up to here
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select

from alerts.store import schema
from alerts.store.load import load_setting, newest_seq
from alerts.store.messages import unpack_messages
from alerts.store.pages import pages
from alerts.store.payloads import shown_payload
from ingest.inputs import BREAK, Inputs, unpack
from ingest.message import Message
from rules.events import rfc3339

Line = dict[str, Any]


def feed_lines(engine: Engine, start: int, stop: int, offset_minutes: int) -> Iterator[Line]:
    """Lines with ``start`` <= ``at`` < ``stop``; the end is how far time has come, or ``stop`` where it is beyond."""
    log = schema.log.c
    with engine.begin() as connection:
        newest = newest_seq(connection)
        # A refused message moves no clock, but the end must not stand before it.
        last: int | None = connection.execute(select(func.max(log.last_at))).scalar()
        end = max(load_setting(connection, schema.CLOCK), last or 0)
    query = (
        select(log.seq, log.inputs, log.messages)
        .where(log.last_at >= start, log.first_at < stop)
        .where(log.seq <= newest)  # what is committed while we write is after our end
    )
    for row in pages(engine, query, [log.seq], size=LOG_PAGE):
        for entry in in_order(unpack_messages(row.messages), unpack(row.inputs)):
            if start <= entry[0] < stop:
                yield {"at": rfc3339(entry[0], offset_minutes), **entry[1]}
    if end:
        yield {"at": rfc3339(min(end, stop), offset_minutes), "end": True}


LOG_PAGE = 50
"""Log rows hold whole batches."""


def in_order(messages: list[Message], inputs: Inputs) -> Iterator[tuple[int, Line]]:
    """Each message and break with its time. A break stands before the reading that it stood before:

    inputs     r0  r0  BREAK  r3        r0: a reading of message 0; messages 1 and 2 were refused and have no rows
    lines      m0  (m1)  break  (m2)  m3   the refused ones go by their time
    """
    written = 0
    for place in np.flatnonzero(inputs.metric == BREAK).tolist():
        at = int(inputs.at[place])
        before = inputs.message[:place].max(initial=-1)
        after = inputs.message[place:]
        limit = int(after[after >= 0].min(initial=len(messages)))
        while written < limit and (written <= before or messages[written].at < at):
            yield _line(messages[written])
            written += 1
        yield at, {"break": int(inputs.value[place])}
    for message in messages[written:]:
        yield _line(message)


def _line(message: Message) -> tuple[int, Line]:
    return message.at, {"topic": message.mqtt_topic, "payload": shown_payload(message.payload)}
