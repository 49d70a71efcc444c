"""The store's only writer: one batch, one transaction, on the disk before ``commit`` returns."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer
from alerts.store import schema
from alerts.store.batch import Batch, Loaded
from alerts.store.batch_rows import event_rows, log_row, reading_rows, rejected_rows, snapshot_rows
from alerts.store.connect import open_writer, write_clock
from alerts.store.errors import named_failures
from alerts.store.load import load, logged_inputs, newest_seq
from alerts.store.names import DEVICE, METRIC, NameRow, load_names
from alerts.store.rows import writer_of
from alerts.store.statements import insert_new, insert_or_replace, insert_rows
from alerts.writes import Writes
from ingest.inputs import Inputs


class Store:
    """Keeps all that is kept. A commit that fails leaves nothing behind and raises a ``StoreError``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with named_failures(path):
            self._engine = open_writer(path)
            self._connection = self._engine.connect()
            with self._connection.begin():
                self._seq = newest_seq(self._connection)
                self._names = load_names(self._connection)
        dialect = self._engine.dialect
        self._insert_log = insert_rows(schema.log, dialect)
        self._insert_readings = insert_rows(schema.readings, dialect, leave_out="id")
        self._insert_rejected = insert_rows(schema.rejected, dialect, leave_out="id")
        self._insert_events = insert_new(schema.events, dialect, leave_out="number")
        self._insert_steps = insert_new(schema.steps, dialect, leave_out="number")
        self._insert_names = insert_rows(schema.vocabulary, dialect)
        self._put = {table: insert_or_replace(table, dialect) for table in (*LEDGER, schema.totals, schema.snapshots)}
        self.events_added = 0
        """How many events of the newest commit were not there before."""

    def commit(self, batch: Batch) -> int:
        """Keep the whole batch; the number of its log row."""
        seq = self._seq + 1
        names = self._names.rows(DEVICE, batch.devices) + self._names.rows(METRIC, batch.metrics)
        with named_failures(self._path), self._connection.begin():
            self._many(self._insert_log, [log_row(seq, batch)])
            self._many(self._insert_names, names)
            self._many(self._insert_readings, reading_rows(batch.inputs, batch.fates))
            self._many(self._insert_rejected, rejected_rows(seq, batch.rejected))
            added = self._many(self._insert_events, event_rows(batch.events))
            self._write_ledger(batch.writes)
            self._many(self._put[schema.totals], list(batch.totals.items()))
            self._many(self._put[schema.snapshots], snapshot_rows(seq, batch))
            write_clock(self._connection, batch.clock)
        self._remember(seq, names, added)
        return seq

    def load(self, recent: int) -> Loaded:
        """What a restart needs, with the newest ``recent`` messages."""
        with named_failures(self._path), self._connection.begin():
            return load(self._connection, recent)

    def inputs(self) -> Iterator[Inputs]:
        """All inputs that are logged, in order; nothing may be committed meanwhile."""
        with named_failures(self._path), self._connection.begin():
            yield from logged_inputs(self._connection, 0)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._engine.dispose()

    def _write_ledger(self, writes: Writes) -> None:
        if writes.dropped_timers:
            gone = [{"gone": timer} for timer in sorted(writes.dropped_timers)]
            self._connection.execute(delete(schema.timers).where(schema.timers.c.id == bindparam("gone")), gone)
        for table, (name, struct) in LEDGER.items():
            self._many(self._put[table], writer_of(struct)(getattr(writes, name).values()))
        self._many(self._insert_steps, writer_of(Step)(writes.steps))

    def _many(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many rows the statement added or changed."""
        return self._connection.exec_driver_sql(statement, list(rows)).rowcount if rows else 0

    def _remember(self, seq: int, names: list[NameRow], added: int) -> None:
        """Only now that the batch is on the disk."""
        self._seq = seq
        self._names.learn(names)
        self.events_added = added


LEDGER = {
    schema.alerts: ("alerts", Alert),
    schema.hazards: ("hazards", Hazard),
    schema.tickets: ("tickets", Ticket),
    schema.notices: ("notices", Notice),
    schema.timers: ("timers", Timer),
}
"""The rows of the ledger that change: table, their name in ``Writes``, what they are."""
