"""A file that is there whole or not at all, and that this user alone can read."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """To be written aside, in the same folder; put in place, and on the disk, when the block has ended well."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # with mode 0600
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, aside
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as failed:
        raise OSError(failed.errno, failed.strerror, str(path)) from failed
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a new name is on the disk only when its folder is
    finally:
        os.close(folder)
