"""The gauges of the window sums: rain by the minute in a ring for each, and the running sum of each limb.

```
minutes passed ────────┤ head              head: the device's newest minute, or the last that time has passed
  … 0  0  3  5  8  0  2│ 0                 a reading lands in its minute, late or not;
      └── within ──────┘                   sums are always those of the head
```
Minutes are numbers, ceil(ts / 60 s); amounts are whole numbers of 0.001 mm, so sums are exact.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rules.compile import Integers, Reals, kernel
from rules.levels import NONE
from rules.reading import FAR, NEVER
from rules.rulebook import Rule

MINUTE = 60_000
GREATEST = 1e12
"""Amounts beyond this (in 0.001 mm) count as this and negative ones as nothing: no absurd value spoils a sum."""

HEAD, PASSED, WET, MOVED_AT, DEVICE, RULE, PLACE = range(7)
"""Columns of ``slots``: the minute of the sums, the last that is passed, the last with rain in it, ``at`` of the last
change, and whose slot it is."""


class WindowRows(NamedTuple):
    """The window sums of a rulebook. Row p has limbs ``first[p]`` to ``first[p + 1]``, by rising level, then in order.

    ``longest``, ``clear_after`` and ``within`` are minutes; ``amount`` is whole 0.001 mm and ``shown`` the rule's mm.
    """

    first: Integers
    longest: Integers
    clear_after: Integers
    level: Integers
    within: Integers
    amount: Integers
    shown: Reals


class Gauges(NamedTuple):
    """Only what has reported has a slot: ``slot`` is [device, window rule], -1 for none.

    ``buckets`` is [slot, minute modulo its length]; ``sums`` and ``held`` (the last minute in which it held) are
    [slot, limb]. ``numbers`` are the slots in use, the last minute that the clock has passed, and a time (of ``ts``)
    at or before the soonest at which a level can be left.
    """

    slot: Integers
    slots: Integers
    buckets: Integers
    sums: Integers
    held: Integers
    numbers: Integers


USED, CLOCK, SOONEST = range(3)


def window_rows(rules: Sequence[Rule]) -> WindowRows:
    """The tables of these rules, all of kind window_sum."""
    limbs = [(tier.level, limb) for rule in rules for tier in rule.tiers for limb in tier.limbs]
    counts = [sum(len(tier.limbs) for tier in rule.tiers) for rule in rules]
    longest = [max(limb.within for tier in rule.tiers for limb in tier.limbs) // MINUTE for rule in rules]
    return WindowRows(
        first=np.cumsum([0, *counts], dtype=np.int64),
        longest=np.array(longest, np.int64),
        clear_after=np.array([max(1, math.ceil(rule.clear_after / MINUTE)) for rule in rules], np.int64),
        level=np.array([level for level, _ in limbs], np.int64),
        within=np.array([limb.within // MINUTE for _, limb in limbs], np.int64),
        amount=np.array([round(limb.amount * 1000) for _, limb in limbs], np.int64),
        shown=np.array([limb.amount for _, limb in limbs], np.float64),
    )


def window_state(devices: int, rows: WindowRows, slots: int) -> Gauges:
    """Nothing has rained yet."""
    ring = int(rows.longest.max()) if len(rows.longest) else 1
    return Gauges(
        slot=np.full((devices, len(rows.longest)), -1, np.int64),
        slots=np.zeros((slots, 7), np.int64),
        buckets=np.zeros((slots, ring), np.int64),
        sums=np.zeros((slots, len(rows.level)), np.int64),
        held=np.full((slots, len(rows.level)), NEVER, np.int64),
        numbers=np.array([0, NEVER, FAR], np.int64),
    )


@kernel
def open_slot(device: int, rule: int, place: int, minute: int, gauges: Gauges) -> int:
    """The next free slot, for a device that reports for the first time."""
    slot = gauges.numbers[USED]
    gauges.numbers[USED] = slot + 1
    gauges.slot[device, place] = slot
    passed = max(gauges.numbers[CLOCK], minute - 1)
    gauges.slots[slot, HEAD] = max(passed, minute)
    gauges.slots[slot, PASSED] = passed
    gauges.slots[slot, WET] = NEVER
    gauges.slots[slot, MOVED_AT] = NEVER
    gauges.slots[slot, DEVICE] = device
    gauges.slots[slot, RULE] = rule
    gauges.slots[slot, PLACE] = place
    return int(slot)


@kernel
def advance(slot: int, head: int, rows: WindowRows, gauges: Gauges) -> None:
    """Move the head on: what falls out of a window leaves its sum, and the ring is ready for the new minutes."""
    ring = gauges.buckets.shape[1]
    place = gauges.slots[slot, PLACE]
    before = gauges.slots[slot, HEAD]
    gauges.slots[slot, HEAD] = head
    if before - gauges.slots[slot, WET] >= ring:
        return  # dry for as long as the ring goes back
    for limb in range(rows.first[place], rows.first[place + 1]):
        within = rows.within[limb]
        if head - before >= within:
            gauges.sums[slot, limb] = 0
        if gauges.sums[slot, limb] == 0:  # no amount is negative: nothing is in the window
            continue
        bucket = (before + 1 - within) % ring
        for _ in range(head - before):
            gauges.sums[slot, limb] -= gauges.buckets[slot, bucket]
            bucket = bucket + 1 if bucket + 1 < ring else 0
    bucket = before % ring
    for _ in range(min(head - before, ring)):
        bucket = bucket + 1 if bucket + 1 < ring else 0
        gauges.buckets[slot, bucket] = 0


@kernel
def note_held(slot: int, rows: WindowRows, gauges: Gauges) -> int:
    """Note which limbs hold at the head; the highest level that one of them gives."""
    place = gauges.slots[slot, PLACE]
    level = NONE
    for limb in range(rows.first[place], rows.first[place + 1]):
        if gauges.sums[slot, limb] >= rows.amount[limb]:
            gauges.held[slot, limb] = gauges.slots[slot, HEAD]
            level = rows.level[limb]
    return level


@kernel
def add(slot: int, minute: int, value: float, rows: WindowRows, gauges: Gauges) -> None:
    """Rain (mm) of a minute that is within the longest window."""
    amount = round(min(max(value * 1000.0, 0.0), GREATEST))
    if amount == 0:
        return
    gauges.buckets[slot, minute % gauges.buckets.shape[1]] += amount
    gauges.slots[slot, WET] = max(gauges.slots[slot, WET], minute)
    place = gauges.slots[slot, PLACE]
    for limb in range(rows.first[place], rows.first[place + 1]):
        if minute > gauges.slots[slot, HEAD] - rows.within[limb]:
            gauges.sums[slot, limb] += amount
