"""Rows that move a shard's clock: ticks, breaks and the end of a recording, put among the readings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.inputs import COLUMN_TYPES, NO_SEQ, TICK, Inputs, join

SECOND = 1_000


def clock_rows(kind: int, at: Sequence[int] | NDArray[np.int64], value: float = 0.0) -> Inputs:
    """One row of ``kind`` (``TICK``, ``BREAK`` or ``END``) per time; ``value`` is the length of a break."""
    times = np.asarray(at, dtype=np.int64)
    constants = {"device": -1, "metric": kind, "value": value, "seq": NO_SEQ, "message": -1, "marks": 0}
    columns: dict[str, NDArray[Any]] = {
        name: np.full(len(times), constants[name], dtype) if name in constants else times
        for name, dtype in COLUMN_TYPES.items()
    }
    return Inputs(**columns)


def with_ticks(inputs: Inputs, message_at: NDArray[np.int64], clock: int) -> Inputs:
    """The readings of a batch with the ticks that feed time derives from its messages.

    A message in a later second than all before it (and than ``clock``, the newest tick so far) is preceded by that
    second's tick, whether or not it has rows. ``message_at`` is the ``at`` of each message of the batch::

        clock 2000   messages at       2900          3100  3200          5000
                     rows               r r   T 3000   r    r    T 5000   r
    """
    second = message_at // SECOND * SECOND
    before = np.maximum.accumulate(np.concatenate(([clock], second)))[:-1]
    ticking = np.flatnonzero(second > before)
    if not len(ticking):
        return inputs
    # A tick stands before the rows of its message, behind the ticks already put in.
    places = np.searchsorted(inputs.message, ticking) + np.arange(len(ticking))
    is_tick = np.zeros(len(inputs) + len(ticking), dtype=np.bool_)
    is_tick[places] = True
    order = np.empty(len(is_tick), dtype=np.int64)
    order[~is_tick] = np.arange(len(inputs))
    order[is_tick] = np.arange(len(inputs), len(is_tick))
    both = join((inputs, clock_rows(TICK, second[ticking])))
    return Inputs(**{name: getattr(both, name)[order] for name in COLUMN_TYPES})
