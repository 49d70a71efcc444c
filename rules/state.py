"""All that the engine remembers, in arrays [device, …]: allocated, grown with the vocabulary, kept and restored.

The device comes first, so that what one reading touches lies together; which devices report next is as good as random.
"""

from typing import Any, NamedTuple, TypeVar, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from rules.book import Book
from rules.changes import Alerts, no_alerts
from rules.compile import Integers, inlined
from rules.kinds.absence import Quiet, Standing, absence_state
from rules.kinds.flag import flag_state
from rules.kinds.gate import Newest, nothing_newest
from rules.kinds.gauges import Gauges, window_state
from rules.kinds.ladder import LadderRuns, ladder_state
from rules.kinds.run import Run
from rules.memory import COUNT, Memory, empty_memory, remembered
from rules.reading import NEVER

SNAPSHOT_VERSION = 1
UNTOLD = (
    "alerts.whole",
    "alerts.real",
    "alerts.count",
    "memory.diary",
    "memory.latest",
    "memory.table",
    "memory.pages",
)
"""No part of a snapshot: they hold nothing between two inputs, or what ``memory.entries`` tells in one order."""

A = TypeVar("A")


class State(NamedTuple):
    """``clock`` is the newest tick."""

    clock: Integers
    newest: Newest
    memory: Memory
    alerts: Alerts
    ladder: LadderRuns
    flag: Run
    window: Gauges
    absence: Quiet


@inlined
def standing_of(book: Book, state: State) -> Standing:
    """What tells how bad things stand with a device."""
    return Standing(book.told, book.ladder_metric, book.ladder_applies, book.type_of, book.ladder, state.newest)


class Size(NamedTuple):
    """How much there is room for."""

    devices: int
    metrics: int
    slots: int
    diary: int
    places: int
    changes: int


def empty_state(book: Book, size: Size, span: int) -> State:
    """Nothing received yet; ``span`` is how long duplicates are remembered."""
    return State(
        clock=np.full(1, NEVER, np.int64),
        newest=nothing_newest(size.devices, size.metrics),
        memory=empty_memory(size.devices, size.metrics, size.diary, size.places, span),
        alerts=no_alerts(size.devices, len(book.kind), size.changes),
        ladder=ladder_state(size.devices, book.ladder),
        flag=flag_state(size.devices, book.flag),
        window=window_state(size.devices, book.window, size.slots),
        absence=absence_state(size.devices, book.absence),
    )


def arrays_of(state: Any, path: str = "") -> dict[str, NDArray[Any]]:
    """Every array by its path, ``ladder.beyond.ts``."""
    if isinstance(state, np.ndarray):
        return {path: state}
    found: dict[str, NDArray[Any]] = {}
    for name, part in zip(state._fields, state, strict=True):
        found |= arrays_of(part, f"{path}.{name}" if path else name)
    return found


def fill(roomy: A, arrays: dict[str, NDArray[Any]]) -> A:
    """Put each of ``arrays`` into the leading corner of the array of that path, which is as large or larger."""
    for path, target in arrays_of(roomy).items():
        if path in arrays:
            kept = arrays[path]
            target[tuple(slice(extent) for extent in kept.shape)] = kept
    return roomy


class _Array(msgspec.Struct, array_like=True):
    path: str
    dtype: str
    shape: tuple[int, ...]
    buffer: bytes


class _Snapshot(msgspec.Struct):
    version: int
    rulebook: str
    arrays: list[_Array]


def snapshot_of(state: State, rulebook: str) -> bytes:
    """The state as bytes: equal states give equal bytes, wherever the memory keeps its entries."""
    entries = remembered(state.memory)
    numbers = state.memory.numbers.copy()
    numbers[COUNT] = len(entries)
    arrays = arrays_of(state) | {"memory.entries": entries, "memory.numbers": numbers}
    kept = [
        _Array(path, array.dtype.str, array.shape, np.ascontiguousarray(array).tobytes())
        for path, array in arrays.items()
        if path not in UNTOLD
    ]
    return msgspec.msgpack.encode(_Snapshot(SNAPSHOT_VERSION, rulebook, kept))


def arrays_in(snapshot: bytes, rulebook: str) -> dict[str, NDArray[Any]]:
    """The arrays of a snapshot; ValueError where it is not one of this version and this rulebook."""
    kept = msgspec.msgpack.decode(snapshot, type=_Snapshot)
    if (kept.version, kept.rulebook) != (SNAPSHOT_VERSION, rulebook):
        raise ValueError(
            f"snapshot of version {kept.version}, rulebook {kept.rulebook}; "
            f"expected version {SNAPSHOT_VERSION}, rulebook {rulebook}"
        )
    return {
        array.path: np.frombuffer(array.buffer, cast(Any, array.dtype)).reshape(array.shape) for array in kept.arrays
    }
