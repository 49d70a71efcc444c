"""Opening the file: one writer that survives a power cut, readers that never disturb it."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.pool import StaticPool

from alerts.store import schema
from alerts.store.errors import StoreMissing, StoreOutdated
from alerts.store.lock import OWN
from alerts.store.names import METRIC, load_names
from ingest.metrics import METRICS

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


def open_writer(path: Path) -> Engine:
    """The engine of the only writer; a new file has all its tables from the moment at which it is there."""
    if not path.exists():
        _create(path)
    return _writer_engine(path)


def open_reader(path: Path) -> Engine:
    """An engine that cannot write; safe while the writer writes."""
    if not path.is_file():
        raise StoreMissing(f"{path}: there is no store here; start the service first, or name its --data folder")
    url = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, connect_args={"check_same_thread": False})
    _prepare(engine, READER_PRAGMAS, "BEGIN")
    with engine.connect() as connection:
        check(connection, path)
    return engine


def check(connection: Connection, path: Path) -> None:
    """Refuse a file of another shape, and say what to do."""
    if not inspect(connection).has_table(schema.settings.name):
        raise StoreMissing(f"{path}: this is not a store of Fengshao; name another --data folder")
    stored = dict(connection.execute(select(schema.settings.c.name, schema.settings.c.number)).all())
    expected = {"version": schema.VERSION, "shape": schema.shape()}
    if {name: stored.get(name) for name in expected} != expected:
        raise StoreOutdated(
            f"{path}: written in version {stored.get('version')} (shape {stored.get('shape')}) of the tables; "
            f"this program reads version {schema.VERSION} (shape {schema.shape()}). {EXPORT_FIRST}"
        )
    # Metrics may have been appended since; but a number that readings carry must go on to mean the same.
    for number, (found, metric) in enumerate(zip(load_names(connection).known[METRIC], METRICS, strict=False)):
        if found != metric.name:
            raise StoreOutdated(f"{path}: metric {number} is {found!r} there, {metric.name!r} here. {EXPORT_FIRST}")


EXPORT_FIRST = "Export what you need with the program that wrote it, then start this one with an empty --data folder."


def _create(path: Path) -> None:
    """The tables, this version's numbers and the metrics that every file knows: made aside, then put in place."""
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    aside.touch(OWN)  # before the database opens it: the files that it makes beside have the same mode
    engine = _writer_engine(aside)
    numbers = {"version": schema.VERSION, "shape": schema.shape(), schema.CLOCK: 0, schema.CHANGE: 0}
    metrics = [{"kind": METRIC, "number": number, "name": metric.name} for number, metric in enumerate(METRICS)]
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.settings), [{"name": name, "number": numbers[name]} for name in numbers])
        connection.execute(insert(schema.vocabulary), metrics)
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
