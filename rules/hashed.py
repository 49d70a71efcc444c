"""A hash table with open addressing, in one array: the readings that the memory has no quicker way to find.

A row holds what makes a reading the same as another, in three whole numbers, and when it was received. Nothing is ever
taken out by a reading: an entry that is too old is passed over by comparing its time, so that the outcome never
depends on when the table is made anew.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.compile import Integers, entry, inlined
from rules.reading import NEVER

PAIR, TIME, REST, RECEIVED = range(4)
"""Columns of an entry (the first three as in :class:`Key`); RECEIVED is NEVER where the place is empty."""

MASK = 2**62 - 1
"""Each step of the hash is cut to 62 bits: then numba's wrapping and Python's endless integers agree."""
MULTIPLIERS = (0x1E3779B97F4A7C15, 0x3F58476D1CE4E5B9, 0x14D049BB133111EB)


class Key(NamedTuple):
    """``pair`` is device, metric and whether there is a number; ``rest`` the number, or the value bit by bit."""

    pair: int
    time: int
    rest: int


def empty_table(places: int) -> NDArray[np.int64]:
    """Nothing in it; ``places`` is a power of two."""
    return np.full((places, 4), NEVER, np.int64)


@inlined
def place_of(key: Key, table: Integers) -> int:
    """Where this key stands, or the empty place where it would."""
    place = first_place(key, len(table))
    while table[place, RECEIVED] != NEVER and not (
        table[place, TIME] == key.time and table[place, REST] == key.rest and table[place, PAIR] == key.pair
    ):
        place = (place + 1) & (len(table) - 1)
    return place


@inlined
def first_place(key: Key, places: int) -> int:
    """Where to look first."""
    hashed = (key.pair * MULTIPLIERS[0]) & MASK
    hashed = ((hashed ^ (hashed >> 31) ^ key.time) * MULTIPLIERS[1]) & MASK
    hashed = ((hashed ^ (hashed >> 29) ^ key.rest) * MULTIPLIERS[2]) & MASK
    return (hashed >> 20) & (places - 1)


@inlined
def put(key: Key, received: int, table: Integers) -> int:
    """Remember a receipt; the number of places that it took, 0 where the key stood there already."""
    place = place_of(key, table)
    if table[place, RECEIVED] != NEVER:
        table[place, RECEIVED] = max(table[place, RECEIVED], received)
        return 0
    table[place, PAIR] = key.pair
    table[place, TIME] = key.time
    table[place, REST] = key.rest
    table[place, RECEIVED] = received
    return 1


@entry
def refill(kept: Integers, table: Integers) -> None:
    """Put the entries ``kept``, all different, into an empty table."""
    for row in range(len(kept)):
        put(Key(kept[row, PAIR], kept[row, TIME], kept[row, REST]), kept[row, RECEIVED], table)
