"""The two kinds of place, a row each: how one is written, how it is read, what its failures are called."""

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from alerts.store import postgresql, sqlite
from alerts.store.errors import NO_ROOM, NOT_OURS, StoreAway, StoreError, StoreFull
from alerts.store.place import Database, Place
from alerts.store.tables import check
from alerts.store.writing import Writing


class Kind(NamedTuple):
    """What differs between the two databases when a store is opened."""

    write: Callable[[Any, bool], AbstractContextManager[Writing]]
    """The only writer's connection, tables made where there were none; waits for another writer if told so."""
    read: Callable[[Any], Engine]
    name: Callable[[DBAPIError], tuple[type[StoreError], str]]
    """By which name a failure goes, and what to do."""


FILE = Kind(sqlite.write, sqlite.read, sqlite.name)
SERVER = Kind(postgresql.write, postgresql.read, postgresql.name)


def kind_of(place: Place) -> Kind:
    return SERVER if isinstance(place, Database) else FILE


def open_writer(place: Place, wait: bool) -> AbstractContextManager[Writing]:
    """The connection of the only writer; its revision is not looked at yet."""
    return kind_of(place).write(place, wait)


def open_reader(place: Place) -> Engine:
    """An engine that cannot write, of a store that this program can read; safe while the writer writes."""
    engine = kind_of(place).read(place)
    try:
        with engine.begin() as connection:
            check(connection, place)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def named_failures(place: Place) -> Iterator[None]:
    """Raise the driver's and the system's errors under the names of this package."""
    try:
        yield
    except DBAPIError as failure:
        name, advice = kind_of(place).name(failure)
        said = str(failure.orig).partition("\n")[0]
        raise name(f"{place}: {said}" + (f"; {advice}" if advice else "")) from failure
    except PoolTimeout as failure:
        raise StoreAway(f"{place}: too many questions at once; try again") from failure
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"{place}: {NO_ROOM}") from failure
        raise StoreError(f"{place}: {failure.strerror}; {NOT_OURS}") from failure
