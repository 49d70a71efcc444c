"""One program at a time writes a store: a lock that the system takes back when the program ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.store.errors import StoreInUse

OWN = 0o600
"""To be read and written by this user alone."""


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock of the store at ``path``; refuse at once where another holds it. Readers need none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, OWN)
    try:
        try:
            fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            message = f"{path}: in use by another program; stop that first, or name another --data folder"
            raise StoreInUse(message) from taken
        yield
    finally:
        os.close(beside)
