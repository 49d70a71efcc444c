"""PostgreSQL: one writer by an advisory lock of the very session that writes, readers that see one moment each."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from alerts.store.errors import StoreAway, StoreError, StoreInUse
from alerts.store.place import Database
from alerts.store.postgresql_errors import NO_DRIVER, REOPEN, name
from alerts.store.tables import found_revision, make_tables
from alerts.store.writing import Writing

__all__ = ["ask", "name", "read", "write"]

CONNECT: dict[str, int | str] = {
    "application_name": "fengshao",
    "connect_timeout": 10,
    # A server whose machine is gone says nothing: after half a minute it counts as gone.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
"""How a connection is made, where the address does not say otherwise."""

BOUNDS = ("lock_timeout = '10s'", "statement_timeout = '60s'")
WRITER_SETTINGS = (*BOUNDS, "synchronous_commit = on")  # every commit is on the disk before it counts
READER_SETTINGS = (
    *BOUNDS,
    "default_transaction_isolation = 'repeatable read'",  # every question is answered from one moment
    "default_transaction_read_only = on",
    "idle_in_transaction_session_timeout = '60s'",
)
ASKER_SETTINGS = (
    "lock_timeout = '2s'",
    "statement_timeout = '5s'",
    "synchronous_commit = off",  # the reply, which is awaited, brings the order to the disk with it
)

ONLY_WRITER = 0x66656E677368616F
"""The lock's number within the database."""

LOOK_SECONDS = 1.0
"""A standby asks so often. It does not wait within a statement, for that would keep the server from vacuuming."""


@contextmanager
def write(place: Database, wait: bool) -> Iterator[Writing]:
    """The only writer; a database without tables gets all of them in one transaction."""
    engine = _engine(place, WRITER_SETTINGS, poolclass=StaticPool)
    _connect_once(engine, place)
    try:
        with engine.connect() as connection:
            while not _takes_lock(connection):
                if not wait:
                    raise StoreInUse(f"{place}: in use by another program; stop that first, or name another database")
                Event().wait(LOOK_SECONDS)
            with connection.begin():
                if not found_revision(connection):
                    make_tables(connection)
            # The lock is the session's: with it goes the connection, and nothing more can be written.
            yield Writing(connection, lambda: None)
    finally:
        engine.dispose()


def read(place: Database) -> Engine:
    """An engine that cannot write; a connection that the server dropped meanwhile is noticed and made anew."""
    return _engine(place, READER_SETTINGS, pool_pre_ping=True, pool_size=4, max_overflow=12, pool_timeout=10)


def ask(place: Database) -> Engine:
    """An engine for what boards ask of the only writer; it waits for nobody long."""
    return _engine(place, ASKER_SETTINGS, pool_pre_ping=True, pool_size=4, max_overflow=0, pool_timeout=5)


def _takes_lock(connection: Connection) -> bool:
    with connection.begin():
        taken: bool = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({ONLY_WRITER})").scalar_one()
    return taken


def _connect_once(engine: Engine, place: Database) -> None:
    """The library would connect again by itself, without the lock and beside another writer."""
    connected: list[bool] = []

    @event.listens_for(engine, "do_connect")
    def on_connect(*_: Any) -> None:
        if connected:
            raise StoreAway(f"{place}: the connection broke, and with it went the lock; {REOPEN}")
        connected.append(True)


def _engine(place: Database, settings: tuple[str, ...], **more: Any) -> Engine:
    known = {key: value for key, value in CONNECT.items() if key not in place.url.query}
    try:
        engine = create_engine(place.url, paramstyle="format", hide_parameters=True, connect_args=known, **more)
        from alerts.store.postgresql_text import take_any_text
    except ModuleNotFoundError as missing:
        raise StoreError(f"{place}: {NO_DRIVER}") from missing

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        take_any_text(connection)
        connection.execute(";".join(f"SET {setting}" for setting in settings))
        connection.commit()

    return engine
