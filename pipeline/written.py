"""Where a command writes: a file (packed where its name ends in .gz) or standard output; what fails has its name."""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


@contextmanager
def written(out: Path | None) -> Iterator[IO[bytes]]:
    """Open for as long as the block lasts."""
    if out is None:
        with _named("standard output"):
            yield sys.stdout.buffer
        return
    with _named(str(out)), gzip.open(out, "wb") if out.suffix == ".gz" else out.open("wb") as file:
        yield cast(IO[bytes], file)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """The system's refusal with the place: a full disk tells none."""
    try:
        yield
    except OSError as failed:
        raise OSError(failed.errno, failed.strerror, path) from failed


def flush_output() -> None:
    """Bring what was printed to whoever reads it; raises OSError where that fails, and tries no second time."""
    try:
        with _named("standard output"):
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
