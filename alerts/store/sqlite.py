"""SQLite: one file, one writer that survives a power cut, readers that never disturb it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from alerts.store.errors import NO_ROOM, NOT_OURS, StoreError, StoreFull, StoreMissing
from alerts.store.lock import OWN, file_number, only_writer, still_there
from alerts.store.tables import make_tables
from alerts.store.writing import Writing

BUSY_MS = 10_000
WRITER_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",  # every commit is on the disk before its messages are acknowledged
    "wal_autocheckpoint=4000",  # pages: the log beside the file stays at some 16 MB
    "journal_size_limit=67108864",  # and is cut back to this after a long reader has made it grow
    "cache_size=-65536",
    "temp_store=MEMORY",
)
READER_PRAGMAS = (f"busy_timeout={BUSY_MS}", "query_only=ON", "cache_size=-16384")

PRIMARY_CODE = 0xFF
"""SQLite's extended error codes carry the plain one in their lowest byte."""

NAMES: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (StoreFull, NO_ROOM),
    sqlite3.SQLITE_NOTADB: (
        StoreError,
        "expected a store of Fengshao; move that file away, or name another --data folder",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreError,
        "the file is damaged; put a copy back, or start with an empty --data folder",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "the disk failed to read or write; look at the system's log before starting again",
    ),
    sqlite3.SQLITE_BUSY: (
        StoreError,
        "another program holds the file; end it (a database shell, a copy under way) and start again",
    ),
    sqlite3.SQLITE_READONLY: (StoreError, NOT_OURS),
    sqlite3.SQLITE_CANTOPEN: (StoreError, NOT_OURS),
    sqlite3.SQLITE_PERM: (StoreError, NOT_OURS),
}
"""SQLite's code → by which name it goes, and what to do."""


def name(failure: DBAPIError) -> tuple[type[StoreError], str]:
    return NAMES.get(getattr(failure.orig, "sqlite_errorcode", 0) & PRIMARY_CODE, (StoreError, ""))


@contextmanager
def write(path: Path, wait: bool) -> Iterator[Writing]:
    """The only writer; a new file has all its tables from the moment at which it is there."""
    with only_writer(path, wait):
        if not path.exists():
            _create(path)
        engine = _writer_engine(path)
        try:
            with engine.connect() as connection:
                yield Writing(connection, partial(still_there, path, file_number(path)))
        finally:
            engine.dispose()


def read(path: Path) -> Engine:
    """An engine that cannot write."""
    if not path.is_file():
        raise StoreMissing(f"{path}: there is no store here; start the service first, or name its --data folder")
    url = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, connect_args={"check_same_thread": False})
    _prepare(engine, READER_PRAGMAS, "BEGIN")
    return engine


def _create(path: Path) -> None:
    """Made aside, then put in place."""
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    aside.touch(OWN)  # before the database opens it: the files that it makes beside have the same mode
    engine = _writer_engine(aside)
    with engine.begin() as connection:
        make_tables(connection)
    engine.dispose()
    aside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _writer_engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    _prepare(engine, WRITER_PRAGMAS, "BEGIN IMMEDIATE")
    return engine


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    """Set the pragmas on each connection and begin transactions ourselves: the driver begins them too late."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
