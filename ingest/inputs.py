"""The ordered input of a shard in columns: readings, ticks and breaks, one row each, no Python object per row.

row      device  metric   value            ts / sent / seq      at        message
reading  0..     0..      the value        three times of it    received  place in the batch
tick     -1      TICK     0                at                   second S  -1
break    -1      BREAK    length in ms     at                   when      -1
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

TICK = -1
BREAK = -2
END = -3
"""The end of a recording: time has passed up to ``at`` itself, after the messages of that moment."""

NO_SEQ = -(2**63)
"""``seq`` of a reading that was sent without a number."""

MARK_RECEIPT = 1
"""No usable ``ts`` was sent: the time of receipt stands in."""
MARK_CLOCK = 2
"""``ts`` was too far from ``at``: evaluated at ``at``; ``sent`` keeps the original."""
MARK_UNKNOWN_DEVICE = 4
MARK_UNKNOWN_METRIC = 8
MARK_CEILING = 16
"""The value was above its ceiling and counts as the ceiling."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Columns of equal length n; times are epoch milliseconds (UTC).

    ``device`` and ``metric`` are numbers of the :class:`~ingest.vocabulary.Vocabulary`; flags are the
    pseudo-metric 0 whose value is the mask of :data:`~ingest.metrics.FLAG_BIT`.
    """

    device: NDArray[np.int32]
    metric: NDArray[np.int16]
    value: NDArray[np.float64]
    ts: NDArray[np.int64]
    sent: NDArray[np.int64]
    seq: NDArray[np.int64]
    at: NDArray[np.int64]
    message: NDArray[np.int32]
    marks: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.device)

    def rows(self, start: int, stop: int) -> "Inputs":
        """The rows ``start`` to ``stop`` as views, not copies."""
        return Inputs(*(getattr(self, field.name)[start:stop] for field in fields(self)))

    def where(self, chosen: NDArray[np.bool_]) -> "Inputs":
        """The chosen rows, in their order."""
        return Inputs(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def with_columns(self, **columns: NDArray[Any]) -> "Inputs":
        """The same but for the named columns."""
        return replace(self, **columns)


COLUMN_TYPES: dict[str, type] = {
    "device": np.int32,
    "metric": np.int16,
    "value": np.float64,
    "ts": np.int64,
    "sent": np.int64,
    "seq": np.int64,
    "at": np.int64,
    "message": np.int32,
    "marks": np.uint8,
}


def inputs_of(columns: dict[str, Sequence[float]]) -> Inputs:
    """Inputs from one list per column."""
    return Inputs(**{name: np.array(columns[name], dtype=kind) for name, kind in COLUMN_TYPES.items()})


def join(parts: Sequence[Inputs]) -> Inputs:
    """One input after another."""
    if len(parts) == 1:
        return parts[0]
    return Inputs(
        **{
            name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0, kind)
            for name, kind in COLUMN_TYPES.items()
        }
    )


def pack(inputs: Inputs) -> bytes:
    """The columns as bytes: the row count, then each column in the order of ``COLUMN_TYPES``, little-endian."""
    parts = [len(inputs).to_bytes(8, "little")]
    parts += [
        getattr(inputs, name).astype(np.dtype(kind).newbyteorder("<")).tobytes() for name, kind in COLUMN_TYPES.items()
    ]
    return b"".join(parts)


def unpack(packed: bytes) -> Inputs:
    """What :func:`pack` wrote."""
    count = int.from_bytes(packed[:8], "little")
    offset = 8
    columns: dict[str, NDArray[Any]] = {}
    for name, kind in COLUMN_TYPES.items():
        dtype = np.dtype(kind).newbyteorder("<")
        columns[name] = np.frombuffer(packed, dtype, count, offset).astype(kind)
        offset += count * dtype.itemsize
    return Inputs(**columns)
