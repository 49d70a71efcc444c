"""What was received lately, to know a reading that comes twice.

Nearly every reading is newer than all before it of its device and metric, so none of them equals it. It is written at
the end of a diary, with the number of the entry before it of the same device and metric:

    diary    a1  b1  a2  c1  b2  a3          latest[a]: entry 5, time 3
    before    -   -   0   -   1   2

Any other reading is looked for back along these links, which lead to ever older times. The readings out of order are
in a hash table, and so is every stretch of the diary that somebody had to look far back in.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.compile import Integers, entry, inlined, kernel
from rules.hashed import PAIR, RECEIVED, REST, TIME, Key, empty_table, place_of, put
from rules.reading import NEVER

BEFORE = 4
"""The column of the diary that the table lacks: the entry before, of the same device and metric; -1 for none."""
NEWEST, ENTRY, TABLED = range(3)
"""``latest``: the newest time in the diary, its entry, and the newest entry that is in the table as well."""
COUNT, SPAN, NOW = range(3)
"""``numbers``: entries in the table, how long a receipt counts, the newest ``at`` of all readings."""
FIRST, END, WANTED = range(3)
"""``pages``: the first entry, the one after the last, and how many entries the table has to take first."""

UNKNOWN, KNOWN, SHORT = range(3)
"""Not received before, and from now on remembered; received before; or nothing done, for the table is short of room."""

FAR_BACK = 64
"""After so many steps back the stretch is put into the table: whoever sends old readings sends many of them."""
BACK = 60_000
"""Receipts do not go back; if one does by less than this (ms), what was forgotten still makes no difference."""


class Memory(NamedTuple):
    """Entry n of the diary is its row n modulo its length; both lengths are powers of two.

    ``latest`` is [device, metric]; all times are as in the keys.
    """

    diary: Integers
    latest: Integers
    table: Integers
    numbers: Integers
    pages: Integers


def empty_memory(devices: int, metrics: int, entries: int, places: int, span: int) -> Memory:
    """Nothing received yet."""
    return Memory(
        diary=np.full((entries, 5), NEVER, np.int64),
        latest=np.full((devices, metrics, 4), NEVER, np.int64),  # the fourth is empty: two pairs to a line of the cache
        table=empty_table(places),
        numbers=np.array([0, span, NEVER], np.int64),
        pages=np.zeros(3, np.int64),
    )


@inlined
def recall(key: Key, device: int, metric: int, at: int, memory: Memory) -> int:
    """Whether this is remembered; if it is not, it is from now on."""
    if key.time <= memory.latest[device, metric, NEWEST]:
        return look_back(key, device, metric, at, memory)
    number = memory.pages[END]
    row = number & (len(memory.diary) - 1)
    memory.diary[row, PAIR] = key.pair
    memory.diary[row, TIME] = key.time
    memory.diary[row, REST] = key.rest
    memory.diary[row, RECEIVED] = at
    memory.diary[row, BEFORE] = memory.latest[device, metric, ENTRY]
    memory.latest[device, metric, NEWEST] = key.time
    memory.latest[device, metric, ENTRY] = number
    memory.pages[END] = number + 1
    return UNKNOWN


@kernel
def look_back(key: Key, device: int, metric: int, at: int, memory: Memory) -> int:
    """The same for a reading out of order."""
    number = memory.latest[device, metric, ENTRY]
    rows = len(memory.diary) - 1
    oldest = max(memory.pages[FIRST], memory.latest[device, metric, TABLED] + 1)
    steps = 0
    while number >= oldest and memory.diary[number & rows, TIME] > key.time:
        number = memory.diary[number & rows, BEFORE]
        steps += 1
        if steps == FAR_BACK:
            if not to_table(device, metric, memory):
                return SHORT
            number = -1
    row = number & rows
    if (
        number >= oldest
        and memory.diary[row, TIME] == key.time
        and memory.diary[row, REST] == key.rest
        and memory.diary[row, PAIR] == key.pair
        and at - memory.diary[row, RECEIVED] <= memory.numbers[SPAN]
    ):
        return KNOWN
    received = memory.table[place_of(key, memory.table), RECEIVED]
    if received != NEVER and at - received <= memory.numbers[SPAN]:
        return KNOWN
    memory.numbers[COUNT] += put(key, at, memory.table)
    return UNKNOWN


@kernel
def to_table(device: int, metric: int, memory: Memory) -> bool:
    """Put this device and metric's part of the diary into the table, unless that is short of room for it."""
    rows = len(memory.diary) - 1
    latest = memory.latest[device, metric, ENTRY]
    oldest = max(memory.pages[FIRST], memory.latest[device, metric, TABLED] + 1)
    wanted = 0
    number = latest
    while number >= oldest:
        wanted += 1
        number = memory.diary[number & rows, BEFORE]
    if 4 * (memory.numbers[COUNT] + wanted) > len(memory.table):
        memory.pages[WANTED] = wanted
        return False
    number = latest
    while number >= oldest:
        row = number & rows
        key = Key(memory.diary[row, PAIR], memory.diary[row, TIME], memory.diary[row, REST])
        memory.numbers[COUNT] += put(key, memory.diary[row, RECEIVED], memory.table)
        number = memory.diary[row, BEFORE]
    memory.latest[device, metric, TABLED] = latest
    return True


@entry
def turn_pages(memory: Memory) -> None:
    """Give up the entries at the beginning of the diary that no longer count."""
    rows = len(memory.diary) - 1
    oldest = memory.numbers[NOW] - memory.numbers[SPAN] - BACK
    while memory.pages[FIRST] < memory.pages[END] and memory.diary[memory.pages[FIRST] & rows, RECEIVED] < oldest:
        memory.pages[FIRST] += 1


def longer_diary(memory: Memory, entries: int) -> Memory:
    """The same with room for so many entries, a power of two."""
    diary = np.full((entries, 5), NEVER, np.int64)
    numbers = np.arange(memory.pages[FIRST], memory.pages[END])
    diary[numbers & (entries - 1)] = memory.diary[numbers & (len(memory.diary) - 1)]
    return memory._replace(diary=diary)


def still_counting(entries: NDArray[np.int64], memory: Memory) -> NDArray[np.int64]:
    """The entries that still count, also for a reading whose receipt goes back by up to ``BACK``."""
    oldest = memory.numbers[NOW] - memory.numbers[SPAN] - BACK
    kept: NDArray[np.int64] = entries[entries[:, RECEIVED] >= max(oldest, NEVER + 1)]
    return kept


def remembered(memory: Memory) -> NDArray[np.int64]:
    """All that still counts, as entries of a table in the order of their keys: each key once, with its last receipt."""
    numbers = np.arange(memory.pages[FIRST], memory.pages[END])
    diary = memory.diary[numbers & (len(memory.diary) - 1), :BEFORE]
    entries = still_counting(np.concatenate([diary, memory.table]), memory)
    entries = entries[np.lexsort((entries[:, RECEIVED], entries[:, REST], entries[:, TIME], entries[:, PAIR]))]
    last = np.ones(len(entries), bool)
    last[:-1] = (entries[1:, :RECEIVED] != entries[:-1, :RECEIVED]).any(axis=1)
    return entries[last]


def learn(latest: NDArray[Any], entries: NDArray[np.int64]) -> None:
    """Entries that only the table has are not newer than ``latest`` says either."""
    pairs = entries[:, PAIR]
    np.maximum.at(latest[:, :, NEWEST], (pairs >> 17, (pairs >> 1) & 0xFFFF), entries[:, TIME])
