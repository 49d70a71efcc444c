"""How a simulator's own command line ends where what it was given is wrong: with a line, not with a trace."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def said_in_a_line() -> Iterator[None]:
    """Files, addresses and numbers that are wrong come as these errors, and say themselves what they are."""
    try:
        yield
    except (OSError, ValueError, csv.Error) as wrong:
        sys.exit(str(wrong))
