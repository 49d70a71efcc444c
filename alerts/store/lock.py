"""One program at a time writes a store: a lock that the system takes back when the program ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.store.errors import StoreGone, StoreInUse

OWN = 0o600
"""To be read and written by this user alone."""


@contextmanager
def only_writer(path: Path, wait: bool) -> Iterator[None]:
    """Hold the lock of the store at ``path``; refuse at once, or wait, where another holds it. Readers need none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, OWN)
    try:
        try:
            fcntl.flock(beside, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as taken:
            message = f"{path}: in use by another program; stop that first, or name another --data folder"
            raise StoreInUse(message) from taken
        yield
    finally:
        os.close(beside)


def file_number(path: Path) -> tuple[int, int]:
    """By what the system knows the file at ``path``; (0, 0) where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def still_there(path: Path, number: tuple[int, int]) -> None:
    """Refuse to write on into a file that no longer stands at ``path``."""
    if file_number(path) != number:
        raise StoreGone(f"{path}: removed or replaced while it was in use; nothing more is taken, start again")
