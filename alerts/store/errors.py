"""What can go wrong with the store, named for the one who must mend it.

StoreError
├── StoreMissing    there is no store at that path
├── StoreOutdated   the file was written in another shape than this version reads
└── StoreFull       the disk (or the file's quota) is full: nothing of the batch was kept
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

PRIMARY_CODE = 0xFF
"""SQLite's extended error codes carry the plain one in their lowest byte."""


class StoreError(Exception):
    """The store could not do what was asked; a batch that failed has left nothing behind."""


class StoreMissing(StoreError):
    """There is no store at that path."""


class StoreOutdated(StoreError):
    """The file has another shape than this version reads."""


class StoreFull(StoreError):
    """No room left on the disk; what was already committed is safe."""


@contextmanager
def named_failures(path: Path) -> Iterator[None]:
    """Raise the driver's errors under the names of this file."""
    try:
        yield
    except DBAPIError as failure:
        code = getattr(failure.orig, "sqlite_errorcode", 0) & PRIMARY_CODE
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull(f"{path}: no room left to write; free disk space and start again") from failure
        raise StoreError(f"{path}: {failure.orig}") from failure
