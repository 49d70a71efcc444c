"""The tables of a running store into a file, and such a file into an empty store: one form for both databases.

A backup is read in one transaction, so it shows the store of one moment; a restore is one transaction too.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, column, delete, func, insert, select, table

from alerts.store import schema
from alerts.store.backup_file import BackupReader, BackupWriter, Head, TableHead, open_backup, whole
from alerts.store.errors import StoreError, StoreOutdated
from alerts.store.load import load_setting
from alerts.store.migrate import upgrade
from alerts.store.opening import named_failures, open_reader, open_writer
from alerts.store.place import Place
from alerts.store.tables import check

CARRIED = tuple(table for table in schema.metadata.sorted_tables if table is not schema.requests)
"""All but the orders of boards: one that has waited ten seconds is refused, and what others did is in the rest."""
POSITIONS = schema.positions.name

AT_ONCE = 1_000
"""So many rows are fetched at a time."""

Seen = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


class StoreNotEmpty(StoreError):
    """A restore never writes over what is there."""


def backup(place: Place, file: IO[bytes], program: str, at: int, beside: Mapping[str, bytes], seen: Seen) -> Head:
    """Write the store as it is at this moment, while it is in use."""
    with closing(_moment(place)) as moment:
        head = Head(schema.REVISIONS[-1], program, at, next(moment), dict(beside))
        writer = BackupWriter(file, head)
        for done, row in enumerate(moment):
            writer.put(row)
            if done % AT_ONCE == 0:
                seen(done, head.rows)
        writer.seal()
    seen(head.rows, head.rows)
    return head


@contextmanager
def restoring(place: Place, path: Path, without: Sequence[str], seen: Seen) -> Iterator[Head]:
    """Put the file into an empty store; ``without`` are tables to leave empty. Kept once the block has ended.

    The file is read through before the store is touched. One of an older revision is brought forward.
    """
    head = whole(path)
    if head.revision not in schema.REVISIONS:
        raise StoreOutdated(
            f"{path}: its tables are of revision {head.revision}, this program's of {schema.REVISIONS[-1]}; "
            f"restore it with Fengshao {head.program}, which wrote it, or a newer one"
        )
    with named_failures(place), open_writer(place, wait=False) as (connection, still_there):
        with connection.begin():
            check(connection, place)
            _refuse_unless_empty(connection, place)
            with open_backup(path) as file:
                _as_written(connection, file.head)
                _fill(connection, file, without, seen)
            upgrade(connection)
            check(connection, place)
            _number_on(connection)
            yield head
        still_there()


def _moment(place: Place) -> Generator[Any, None, None]:
    """The heads of all tables, then row after row, of one moment.

    Table by table in the order of their keys: equal stores make equal files, and indexes grow at their end.
    """
    with named_failures(place):
        engine = open_reader(place)
        try:
            with engine.begin() as connection:
                yield tuple(_table_head(connection, carried) for carried in CARRIED)
                for carried in CARRIED:
                    query = select(carried).order_by(*carried.primary_key.columns)
                    yield from connection.execute(query, execution_options={"yield_per": AT_ONCE})
        finally:
            engine.dispose()


def _table_head(connection: Connection, carried: Table) -> TableHead:
    rows = connection.execute(select(func.count()).select_from(carried)).scalar_one()
    return TableHead(str(carried.name), tuple(map(str, carried.c.keys())), rows)  # SQLAlchemy has strings of its own


def _refuse_unless_empty(connection: Connection, place: Place) -> None:
    if commits := load_setting(connection, schema.CHANGE):
        raise StoreNotEmpty(
            f"{place}: found a store with {commits} commits; expected an empty one, "
            "for a restore never writes over anything: name another, or move that one away"
        )


def _as_written(connection: Connection, head: Head) -> None:
    """The tables as they were when the file was written, without a row."""
    if head.revision != schema.REVISIONS[-1]:
        schema.metadata.drop_all(connection)
        schema.revision.drop(connection)
        upgrade(connection, to=head.revision)
    else:
        for carried in CARRIED:
            connection.execute(delete(carried))


def _fill(connection: Connection, file: BackupReader, without: Sequence[str], seen: Seen) -> None:
    done = 0
    for head, rows in file.parts():
        if head.name not in without:
            # The driver's own bulk insert, with the columns that the file has.
            into = insert(table(head.name, *map(column, head.columns))).compile(dialect=connection.dialect)
            connection.exec_driver_sql(str(into), [tuple(row) for row in rows])
        done += len(rows)
        seen(done, file.head.rows)


def _number_on(connection: Connection) -> None:
    """New rows get numbers after the restored ones; SQLite sees to that by itself."""
    if connection.dialect.name != "postgresql":
        return
    for carried in CARRIED:
        if (key := carried.autoincrement_column) is not None:
            sequence = func.pg_get_serial_sequence(carried.name, key.name)
            newest = select(func.max(key)).scalar_subquery()
            connection.execute(select(func.setval(sequence, func.coalesce(newest, 1), newest.is_not(None))))
