"""The store's only writer: one batch, one transaction, on the disk before ``commit`` returns."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer
from alerts.store import schema
from alerts.store.batch import Batch, Loaded
from alerts.store.batch_rows import (
    EVENT_KEY,
    event_key,
    event_rows,
    is_idle,
    is_logged,
    log_row,
    reading_rows,
    rejected_rows,
    snapshot_rows,
)
from alerts.store.load import load, load_setting, logged_inputs, newest_seq
from alerts.store.names import DEVICE, METRIC, load_names
from alerts.store.opening import named_failures, open_writer
from alerts.store.place import Place
from alerts.store.requests import Asked, unanswered, write_replies
from alerts.store.rows import writer_of
from alerts.store.statements import insert_events, insert_new, insert_or_replace, insert_rows
from alerts.store.tables import check
from alerts.writes import Writes
from ingest.inputs import Inputs
from rules.events import Event

SOME = 500
"""How many are asked for at once: a statement takes only so many values."""


class Store:
    """Keeps all that is kept. A commit that fails leaves nothing behind and raises a ``StoreError``."""

    def __init__(self, place: Place, wait: bool = False) -> None:
        """Makes the tables where there are none; with ``wait`` a standby, which goes on once no other writes."""
        self._place = place
        with named_failures(place), ExitStack() as opened:
            self._connection, self._still_there = opened.enter_context(open_writer(place, wait))
            with self._connection.begin():
                check(self._connection, place)
                self._seq = newest_seq(self._connection)
                self._change = load_setting(self._connection, schema.CHANGE)
                self._names = load_names(self._connection)
            self._opened = opened.pop_all()
        self._idle = False
        self.added: list[Event] = []
        """The events of the newest commit that were not there before, in order."""
        dialect = self._connection.dialect
        self._insert_log = insert_rows(schema.log, dialect)
        self._insert_readings = insert_rows(schema.readings, dialect, leave_out="id")
        self._insert_rejected = insert_rows(schema.rejected, dialect, leave_out="id")
        self._insert_events = insert_events(dialect)
        self._insert_steps = insert_new(schema.steps, dialect, leave_out="number")
        self._insert_names = insert_rows(schema.vocabulary, dialect)
        self._put = {table: insert_or_replace(table, dialect) for table in (*LEDGER, *NEWEST)}

    def commit(self, batch: Batch) -> None:
        """Keep the whole batch. While a road idles, the newest log row moves on with the clock: the log stays."""
        idle, logged = is_idle(batch), is_logged(batch)
        goes_on = idle and self._idle
        seq = self._seq + (logged and not goes_on)
        names = self._names.rows(DEVICE, batch.devices) + self._names.rows(METRIC, batch.metrics)
        with named_failures(self._place), self._connection.begin():
            self._many(self._put[schema.log] if goes_on else self._insert_log, [log_row(seq, batch)] if logged else [])
            self._many(self._insert_names, names)
            self._many(self._insert_readings, reading_rows(batch.inputs, batch.fates))
            self._many(self._insert_rejected, rejected_rows(seq, batch.rejected))
            added = self._add(batch.events)
            self._write_ledger(batch.writes)
            self._many(self._put[schema.totals], list(batch.totals.items()))
            self._many(self._put[schema.positions], list(batch.positions.items()))
            self._many(self._put[schema.snapshots], snapshot_rows(seq, batch))
            if batch.replies:
                write_replies(self._connection, batch.replies)
            settings = [(schema.CLOCK, batch.clock), (schema.CHANGE, self._change + 1)]
            self._many(self._put[schema.settings], settings)
        self._still_there()
        # Only now is it on the disk.
        self._seq, self._idle, self._change, self.added = seq, idle, self._change + 1, added
        self._names.learn(names)

    def load(self) -> Loaded:
        """What a restart needs."""
        with named_failures(self._place), self._connection.begin():
            return load(self._connection)

    def inputs(self) -> Iterator[Inputs]:
        """All inputs that are logged, in order; nothing may be committed meanwhile."""
        with named_failures(self._place), self._connection.begin():
            yield from logged_inputs(self._connection, 0)

    def asked(self) -> list[Asked]:
        """The orders of boards that have no reply yet; on a server alone."""
        with named_failures(self._place), self._connection.begin():
            return unanswered(self._connection)

    def known(self, ids: Sequence[str]) -> set[str]:
        """Those of these alerts that are stored, open or ended."""
        return {found for (found,) in self._of(schema.alerts, ("id",), ids)}

    def unseen(self, events: Sequence[Event]) -> list[Event]:
        """Those that are not stored yet, in their order; of copies the first."""
        seen = set(self._of(schema.events, EVENT_KEY, [event.id for event in events]))
        new: list[Event] = []
        for event in events:
            if (key := event_key(event)) not in seen:
                seen.add(key)
                new.append(event)
        return new

    def close(self) -> None:
        """Let go of the place."""
        self._opened.close()

    def _of(self, table: Table, columns: Sequence[str], ids: Sequence[str]) -> list[tuple[Any, ...]]:
        """These columns of the rows with one of these ids."""
        wanted = select(*(table.c[name] for name in columns))
        with named_failures(self._place), self._connection.begin():
            return [
                tuple(row)
                for start in range(0, len(ids), SOME)
                for row in self._connection.execute(wanted.where(table.c.id.in_(ids[start : start + SOME])))
            ]

    def _add(self, events: Sequence[Event]) -> list[Event]:
        """Those that are new; of copies in one batch the first."""
        if not events:
            return []
        keys = {tuple(row) for row in self._connection.execute(self._insert_events, event_rows(events))}
        added: list[Event] = []
        for event in events:
            if (key := event_key(event)) in keys:
                keys.remove(key)
                added.append(event)
        return added

    def _write_ledger(self, writes: Writes) -> None:
        if writes.dropped_timers:
            gone = [{"gone": timer} for timer in sorted(writes.dropped_timers)]
            self._connection.execute(delete(schema.timers).where(schema.timers.c.id == bindparam("gone")), gone)
        for table, (name, struct) in LEDGER.items():
            self._many(self._put[table], writer_of(struct)(getattr(writes, name).values()))
        self._many(self._insert_steps, writer_of(Step)(writes.steps))

    def _many(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._connection.exec_driver_sql(statement, list(rows))


LEDGER = {
    schema.alerts: ("alerts", Alert),
    schema.hazards: ("hazards", Hazard),
    schema.tickets: ("tickets", Ticket),
    schema.notices: ("notices", Notice),
    schema.timers: ("timers", Timer),
}
"""The rows of the ledger that change: table, their name in ``Writes``, what they are."""

NEWEST = (schema.totals, schema.positions, schema.snapshots, schema.settings, schema.log)
"""What else is brought up to date: counts, states, the clock, and the log's row of an idle road."""
