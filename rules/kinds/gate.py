"""Gate: is a reading a duplicate (changes nothing), late (not newer than the newest of its device and metric) or new?

A duplicate has the device, metric, sent time and number of one remembered; where there is no number, the device,
metric, evaluated time and value. What is remembered is a hash table with open addressing in one array: a row holds the
key in three whole numbers, and when it was received. Nothing is ever taken out by a reading: an entry that is too old
is passed over by comparing its time, so that the outcome never depends on when :func:`forget` makes room.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.inputs import NO_SEQ
from rules.compile import Integers, Reals, entry, inlined
from rules.fates import DUPLICATE, LATE, NEW
from rules.reading import NEVER, Columns

KEY, KEY_TIME, KEY_REST, RECEIVED = range(4)
"""Columns of an entry; RECEIVED is NEVER where the place is empty."""
COUNT, SPAN, NOW = range(3)
"""``numbers``: entries in use, how long they count, the newest ``at`` of all readings."""

MASK = 2**62 - 1
"""Each step of the hash is cut to 62 bits: then numba's wrapping and Python's endless integers agree."""
MULTIPLIERS = (0x1E3779B97F4A7C15, 0x3F58476D1CE4E5B9, 0x14D049BB133111EB)


class Newest(NamedTuple):
    """The newest evaluated time, [device, metric] (NEVER: none yet), and the value that it came with."""

    ts: Integers
    value: Reals


class Memory(NamedTuple):
    """What was received lately; the number of places is a power of two."""

    entries: Integers
    numbers: Integers


def nothing_newest(devices: int, metrics: int) -> Newest:
    """Nothing received yet."""
    return Newest(np.full((devices, metrics), NEVER, np.int64), np.zeros((devices, metrics)))


def empty_memory(places: int, span: int, now: int = NEVER) -> Memory:
    """Nothing remembered; ``places`` is a power of two."""
    return Memory(empty_entries(places), np.array([0, span, now], np.int64))


def empty_entries(places: int) -> NDArray[np.int64]:
    """A table with nothing in it."""
    return np.full((places, 4), NEVER, np.int64)


@inlined
def gate(columns: Columns, row: int, newest: Newest, memory: Memory) -> int:
    """The fate of a reading, which is remembered unless it is a duplicate."""
    device = int(columns.device[row])
    metric = int(columns.metric[row])
    at = columns.at[row]
    if at > memory.numbers[NOW]:
        memory.numbers[NOW] = at
    numbered = columns.seq[row] != NO_SEQ
    key = (device << 17) | (metric << 1) | numbered
    if numbered:
        time = columns.sent[row]
        rest = columns.seq[row]
    else:
        time = columns.ts[row]
        rest = columns.bits[row] if columns.value[row] != 0.0 else 0  # -0.0 equals 0.0
    if recall(key, time, rest, memory):
        return DUPLICATE
    return NEW if columns.ts[row] > newest.ts[device, metric] else LATE


@inlined
def recall(key: int, time: int, rest: int, memory: Memory) -> bool:
    """Whether this is remembered; if it is not, it is from now on."""
    now = memory.numbers[NOW]
    place = place_of(key, time, rest, memory.entries)
    if memory.entries[place, RECEIVED] == NEVER:
        memory.entries[place, KEY] = key
        memory.entries[place, KEY_TIME] = time
        memory.entries[place, KEY_REST] = rest
        memory.numbers[COUNT] += 1
    elif now - memory.entries[place, RECEIVED] <= memory.numbers[SPAN]:
        return True
    memory.entries[place, RECEIVED] = now
    return False


@inlined
def place_of(key: int, time: int, rest: int, entries: Integers) -> int:
    """Where this key stands, or the empty place where it would."""
    last = len(entries) - 1
    hashed = (key * MULTIPLIERS[0]) & MASK
    hashed = ((hashed ^ (hashed >> 31) ^ time) * MULTIPLIERS[1]) & MASK
    hashed = ((hashed ^ (hashed >> 29) ^ rest) * MULTIPLIERS[2]) & MASK
    place = (hashed >> 20) & last
    while entries[place, RECEIVED] != NEVER and not (
        entries[place, KEY_TIME] == time and entries[place, KEY_REST] == rest and entries[place, KEY] == key
    ):
        place = (place + 1) & last
    return place


@entry
def refill(kept: Integers, entries: Integers) -> None:
    """Put the entries ``kept``, all different, into an empty table."""
    for row in range(len(kept)):
        place = place_of(kept[row, KEY], kept[row, KEY_TIME], kept[row, KEY_REST], entries)
        for column in range(4):
            entries[place, column] = kept[row, column]


def remembered(memory: Memory) -> NDArray[np.int64]:
    """The entries that still count."""
    received = memory.entries[:, RECEIVED]
    counts = (received != NEVER) & (memory.numbers[NOW] - received <= memory.numbers[SPAN])
    kept: NDArray[np.int64] = memory.entries[counts]
    return kept
