"""The kernels that Python calls, compiled for the one layout that all their arrays have, or plain."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.inputs import COLUMN_TYPES, Inputs
from rules.book import Book
from rules.compile import direct, interpreted
from rules.drive import Limits, drive
from rules.due import quiet_due, windows_due
from rules.hashed import refill
from rules.memory import turn_pages
from rules.reading import Columns, Shown
from rules.state import State


class Kernels(NamedTuple):
    """What the engine calls; the arguments are those of the functions of the same names."""

    drive: Callable[..., int] = drive
    quiet_due: Callable[..., int] = quiet_due
    windows_due: Callable[..., int] = windows_due
    refill: Callable[..., None] = refill
    turn_pages: Callable[..., None] = turn_pages


def plain_kernels() -> Kernels:
    """As they are written."""
    return Kernels(
        interpreted(drive),
        interpreted(quiet_due),
        interpreted(windows_due),
        interpreted(refill),
        interpreted(turn_pages),
    )


def compiled_kernels(book: Book, state: State) -> Kernels:
    """Compiled, or taken from the compiler's cache: seconds, or a fifth of one."""
    none = columns_of(Inputs(**{name: np.empty(0, kind) for name, kind in COLUMN_TYPES.items()}))
    shown = Shown(0, 0, 0)
    return Kernels(
        direct(drive, 0, none, np.empty(0, np.uint8), book, state, Limits(0, 0)),
        direct(quiet_due, 0, shown, book, state, 0),
        direct(windows_due, 0, shown, book.window, state.window, state.alerts, 0),
        direct(refill, state.memory.table, state.memory.table),
        direct(turn_pages, state.memory),
    )


def columns_of(inputs: Inputs) -> Columns:
    """The columns of an input, not copied unless they are oddly laid out."""
    value = _laid_out(inputs.value, np.float64)
    return Columns(
        _laid_out(inputs.device, np.int32),
        _laid_out(inputs.metric, np.int16),
        value,
        value.view(np.int64),
        _laid_out(inputs.ts, np.int64),
        _laid_out(inputs.sent, np.int64),
        _laid_out(inputs.seq, np.int64),
        _laid_out(inputs.at, np.int64),
    )


def _laid_out(column: NDArray[Any], kind: type) -> NDArray[Any]:
    """One layout for all, for the compiled code looks at nothing but the numbers."""
    if column.flags.carray and column.dtype == kind:
        return column
    return np.require(column, kind, ["C", "A", "W"])
