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

PAIR, TIME, REST, RECEIVED = range(4)
"""Columns of an entry (the first three as in :class:`Key`); RECEIVED is NEVER where the place is empty."""
COUNT, SPAN, NOW = range(3)
"""``numbers``: entries in use, how long they count, the newest ``at`` of all readings."""

BACK = 60_000
"""Receipts do not go back; if one does by less than this (ms), what was forgotten still makes no difference."""

MASK = 2**62 - 1
"""Each step of the hash is cut to 62 bits: then numba's wrapping and Python's endless integers agree."""
MULTIPLIERS = (0x1E3779B97F4A7C15, 0x3F58476D1CE4E5B9, 0x14D049BB133111EB)


class Key(NamedTuple):
    """``pair`` is device, metric and whether there is a number; ``rest`` the number, or the value bit by bit."""

    pair: int
    time: int
    rest: int


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
    """A table with nothing in it. No entry lies across two lines of the processor's cache (64 bytes)."""
    roomy = np.full(places * 4 + 8, NEVER, np.int64)
    skip = -roomy.ctypes.data % 64 // 8
    return roomy[skip : skip + places * 4].reshape(places, 4)


@inlined
def gate(columns: Columns, row: int, newest: Newest, memory: Memory) -> int:
    """The fate of a reading, which is remembered unless it is a duplicate."""
    memory.numbers[NOW] = max(memory.numbers[NOW], columns.at[row])
    if recall(key_of(columns, row), columns.at[row], memory):
        return DUPLICATE
    return NEW if columns.ts[row] > newest.ts[columns.device[row], columns.metric[row]] else LATE


@inlined
def key_of(columns: Columns, row: int) -> Key:
    """What makes a reading the same as another."""
    pair = (int(columns.device[row]) << 17) | (int(columns.metric[row]) << 1)
    if columns.seq[row] != NO_SEQ:
        return Key(pair | 1, columns.sent[row], columns.seq[row])
    value = columns.bits[row] if columns.value[row] != 0.0 else 0  # -0.0 equals 0.0
    return Key(pair, columns.ts[row], value)


@inlined
def recall(key: Key, at: int, memory: Memory) -> bool:
    """Whether this is remembered; if it is not, it is from now on."""
    place = place_of(key, memory.entries)
    if memory.entries[place, RECEIVED] == NEVER:
        memory.entries[place, PAIR] = key.pair
        memory.entries[place, TIME] = key.time
        memory.entries[place, REST] = key.rest
        memory.numbers[COUNT] += 1
    elif at - memory.entries[place, RECEIVED] <= memory.numbers[SPAN]:
        return True
    memory.entries[place, RECEIVED] = at
    return False


@inlined
def place_of(key: Key, entries: Integers) -> int:
    """Where this key stands, or the empty place where it would."""
    place = first_place(key, len(entries))
    while entries[place, RECEIVED] != NEVER and not (
        entries[place, TIME] == key.time and entries[place, REST] == key.rest and entries[place, PAIR] == key.pair
    ):
        place = (place + 1) & (len(entries) - 1)
    return place


@inlined
def first_place(key: Key, places: int) -> int:
    """Where to look first."""
    hashed = (key.pair * MULTIPLIERS[0]) & MASK
    hashed = ((hashed ^ (hashed >> 31) ^ key.time) * MULTIPLIERS[1]) & MASK
    hashed = ((hashed ^ (hashed >> 29) ^ key.rest) * MULTIPLIERS[2]) & MASK
    return (hashed >> 20) & (places - 1)


@entry
def refill(kept: Integers, entries: Integers) -> None:
    """Put the entries ``kept``, all different, into an empty table."""
    for row in range(len(kept)):
        place = place_of(Key(kept[row, PAIR], kept[row, TIME], kept[row, REST]), entries)
        for column in range(4):
            entries[place, column] = kept[row, column]


def remembered(memory: Memory) -> NDArray[np.int64]:
    """The entries that still count, also for a reading whose receipt goes back by up to ``BACK``."""
    oldest = memory.numbers[NOW] - memory.numbers[SPAN] - BACK
    kept: NDArray[np.int64] = memory.entries[memory.entries[:, RECEIVED] >= max(oldest, NEVER + 1)]
    return kept
