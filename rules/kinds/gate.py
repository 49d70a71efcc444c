"""Gate: is a reading a duplicate (changes nothing), late (not newer than the newest of its device and metric) or new?

A duplicate has the device, metric, sent time and number of one received lately; where there is no number, the device,
metric, evaluated time and value.
"""

from typing import NamedTuple

import numpy as np

from ingest.inputs import NO_SEQ
from rules.compile import Integers, Reals, inlined
from rules.fates import DUPLICATE, LATE, NEW
from rules.hashed import Key
from rules.memory import NOW, SHORT, UNKNOWN, Memory, recall
from rules.reading import NEVER, Columns

WAITS = -1
"""No fate yet: the memory needs room first."""


class Newest(NamedTuple):
    """The newest evaluated time, [device, metric] (NEVER: none yet), and the value that it came with."""

    ts: Integers
    value: Reals


def nothing_newest(devices: int, metrics: int) -> Newest:
    """Nothing received yet."""
    return Newest(np.full((devices, metrics), NEVER, np.int64), np.zeros((devices, metrics)))


@inlined
def gate(columns: Columns, row: int, newest: Newest, memory: Memory) -> int:
    """The fate of a reading, which is remembered unless it is a duplicate; or WAITS."""
    device = int(columns.device[row])
    metric = int(columns.metric[row])
    memory.numbers[NOW] = max(memory.numbers[NOW], columns.at[row])
    known = recall(key_of(columns, row), device, metric, columns.at[row], memory)
    if known != UNKNOWN:
        return WAITS if known == SHORT else DUPLICATE
    return NEW if columns.ts[row] > newest.ts[device, metric] else LATE


@inlined
def key_of(columns: Columns, row: int) -> Key:
    """What makes a reading the same as another."""
    pair = (int(columns.device[row]) << 17) | (int(columns.metric[row]) << 1)
    if columns.seq[row] != NO_SEQ:
        return Key(pair | 1, columns.sent[row], columns.seq[row])
    value = columns.bits[row] if columns.value[row] != 0.0 else 0  # -0.0 equals 0.0
    return Key(pair, columns.ts[row], value)
