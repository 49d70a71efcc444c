"""What the only writer holds while it writes."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection


class Writing(NamedTuple):
    """The one connection of the one writer."""

    connection: Connection
    still_there: Callable[[], None]
    """Asked after each commit: raises where what was written will not be found by the next start."""
