"""What can go wrong with the store, named for the one who must mend it: file, what was found, what to do.

StoreError
├── StoreMissing    there is no store at that path
├── StoreOutdated   the file was written in another shape than this version reads
├── StoreInUse      another program writes it
├── StoreGone       the file is no longer where it was: removed or replaced while it was written
└── StoreFull       the disk (or the file's quota) is full: nothing of the batch was kept
"""

import errno
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


class StoreInUse(StoreError):
    """Another program writes it; there is only ever one writer."""


class StoreGone(StoreError):
    """The file was removed or replaced: what is written now, no later start would find."""


class StoreFull(StoreError):
    """No room left on the disk; what was already committed is safe."""


NO_ROOM = "no room left to write; free disk space and start again"
NOT_OURS = "expected a folder and files that this user may write; correct their owner, or name another --data folder"

WHAT_TO_DO = {
    sqlite3.SQLITE_NOTADB: "expected a store of Fengshao; move that file away, or name another --data folder",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put a copy back, or start with an empty --data folder",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write; look at the system's log before starting again",
    sqlite3.SQLITE_BUSY: "another program holds the file; end it (a database shell, a copy under way) and start again",
    sqlite3.SQLITE_READONLY: NOT_OURS,
    sqlite3.SQLITE_CANTOPEN: NOT_OURS,
    sqlite3.SQLITE_PERM: NOT_OURS,
}


@contextmanager
def named_failures(path: Path) -> Iterator[None]:
    """Raise the driver's and the system's errors under the names of this file."""
    try:
        yield
    except DBAPIError as failure:
        code = getattr(failure.orig, "sqlite_errorcode", 0) & PRIMARY_CODE
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull(f"{path}: {NO_ROOM}") from failure
        advice = WHAT_TO_DO.get(code)
        raise StoreError(f"{path}: {failure.orig}" + (f"; {advice}" if advice else "")) from failure
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"{path}: {NO_ROOM}") from failure
        raise StoreError(f"{path}: {failure.strerror}; {NOT_OURS}") from failure
