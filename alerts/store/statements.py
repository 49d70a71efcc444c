"""The statements of a commit, compiled once: the hot tables are then written by the driver's own bulk insert."""

from typing import Any

from sqlalchemy import Dialect, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from alerts.store.batch_rows import EVENT_KEY
from alerts.store.schema import events

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_rows(table: Table, dialect: Dialect, leave_out: str = "") -> str:
    """Insert rows given in the order of the columns; a key that the database gives is left out."""
    return _text(_insert(table, dialect, leave_out), dialect)


def insert_new(table: Table, dialect: Dialect, leave_out: str = "") -> str:
    """Insert what is not there yet, and leave alone what is: history is only appended to."""
    return _text(_insert(table, dialect, leave_out).on_conflict_do_nothing(), dialect)


def insert_events(dialect: Dialect) -> ReturningInsert[Any]:
    """Insert those that are not there yet, in the given order, and tell the keys of these."""
    statement: sqlite.Insert = INSERTS[dialect.name](events)
    return statement.on_conflict_do_nothing().returning(*(events.c[name] for name in EVENT_KEY))


def insert_or_replace(table: Table, dialect: Dialect) -> str:
    """Insert, or bring every column of the row with that key up to date."""
    keys = list(table.primary_key.columns)
    statement = _insert(table, dialect, "")
    changed = {column.name: statement.excluded[column.name] for column in table.c if column not in keys}
    return _text(statement.on_conflict_do_update(index_elements=keys, set_=changed), dialect)


def _insert(table: Table, dialect: Dialect, leave_out: str) -> sqlite.Insert:
    """PostgreSQL's statement has the same methods as SQLite's."""
    names = [column.name for column in table.c if column.name != leave_out]
    statement: sqlite.Insert = INSERTS[dialect.name](table).values(dict.fromkeys(names))
    return statement


def _text(statement: Insert, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect))
