"""Window sum (rain): a level holds while at least `amount` has fallen within the last `within` minutes, for any of its
limbs; it is left at the end of the first minute for which none has held in any minute of the last `clear_after`.

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

from rules.changes import BY_READING, BY_TIME, Alerts, Change, prove, tell
from rules.compile import Integers, Reals, kernel
from rules.levels import NONE
from rules.reading import FAR, NEVER, Reading, Shown
from rules.rulebook import Rule

MINUTE = 60_000
GREATEST = 1e12
"""Amounts beyond this (in 0.001 mm) count as this and negative ones as nothing: no absurd value spoils a sum."""

HEAD, PASSED, MOVED_AT, DEVICE, RULE, PLACE = range(6)
"""Columns of ``slots``: the minute of the sums, the last minute passed, ``at`` of the last change, whose slot it is."""


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
        slots=np.zeros((slots, 6), np.int64),
        buckets=np.zeros((slots, ring), np.int64),
        sums=np.zeros((slots, len(rows.level)), np.int64),
        held=np.full((slots, len(rows.level)), NEVER, np.int64),
        numbers=np.array([0, NEVER, FAR], np.int64),
    )


@kernel
def window_step(
    reading: Reading, newest: int, rule: int, place: int, rows: WindowRows, gauges: Gauges, alerts: Alerts
) -> None:
    """Take one reading; ``newest`` is the newest time of this device and metric."""
    minute = -(-reading.ts // MINUTE)
    slot = gauges.slot[reading.device, place]
    if slot < 0:
        slot = open_slot(reading.device, rule, place, minute, gauges)
    passed = gauges.numbers[CLOCK] if reading.late else max(gauges.numbers[CLOCK], minute - 1)
    pass_minutes(slot, passed, Shown(0, FAR, reading.at), rows, gauges, alerts)
    if minute > gauges.slots[slot, HEAD]:
        advance(slot, minute, rows, gauges)
    if minute <= gauges.slots[slot, HEAD] - rows.longest[place]:
        return  # older than the longest window
    amount = round(min(max(reading.value * 1000.0, 0.0), GREATEST))
    gauges.buckets[slot, minute % gauges.buckets.shape[1]] += amount
    for limb in range(rows.first[place], rows.first[place + 1]):
        if minute > gauges.slots[slot, HEAD] - rows.within[limb]:
            gauges.sums[slot, limb] += amount
    level = note_held(slot, rows, gauges)
    if level > alerts.level[reading.device, rule]:
        raise_sum(reading, max(newest, gauges.slots[slot, MOVED_AT]), slot, level, rows, gauges, alerts)


@kernel
def raise_sum(
    reading: Reading, at: int, slot: int, level: int, rows: WindowRows, gauges: Gauges, alerts: Alerts
) -> None:
    """The level goes up; the first limb in the rulebook's order that holds is shown."""
    limb = rows.first[gauges.slots[slot, PLACE]]
    while rows.level[limb] != level or gauges.sums[slot, limb] < rows.amount[limb]:
        limb += 1
    rule = gauges.slots[slot, RULE]
    mm = gauges.sums[slot, limb] / 1000
    tell(alerts, Change(reading.device, rule, level, at, reading.at, BY_READING, mm, rows.shown[limb]))
    prove(alerts, reading.metric, reading.ts, reading.value, NONE)
    gauges.slots[slot, MOVED_AT] = at
    look_again(slot, level, rows, gauges)


@kernel
def pass_minutes(slot: int, upto: int, shown: Shown, rows: WindowRows, gauges: Gauges, alerts: Alerts) -> None:
    """Minutes up to ``upto`` have passed: what none of their limbs has held for long enough is left at their ends."""
    device = gauges.slots[slot, DEVICE]
    rule = gauges.slots[slot, RULE]
    while gauges.slots[slot, PASSED] < upto:
        if alerts.level[device, rule] == NONE:
            advance(slot, max(gauges.slots[slot, HEAD], upto), rows, gauges)
            gauges.slots[slot, PASSED] = upto
            return  # without a reading no sum grows: nothing can be raised, and there is nothing to leave
        minute = gauges.slots[slot, PASSED] + 1
        advance(slot, max(gauges.slots[slot, HEAD], minute), rows, gauges)
        gauges.slots[slot, PASSED] = minute
        note_held(slot, rows, gauges)
        leave(slot, minute, shown, rows, gauges, alerts)


@kernel
def leave(slot: int, minute: int, shown: Shown, rows: WindowRows, gauges: Gauges, alerts: Alerts) -> None:
    """At the end of ``minute``: the highest level up to the present one that is not left."""
    device = gauges.slots[slot, DEVICE]
    rule = gauges.slots[slot, RULE]
    place = gauges.slots[slot, PLACE]
    present = alerts.level[device, rule]
    level = NONE
    last = rows.first[place]
    for limb in range(rows.first[place], rows.first[place + 1]):
        if rows.level[limb] <= present and gauges.held[slot, limb] > minute - rows.clear_after[place]:
            level = rows.level[limb]
        if rows.level[limb] == present and (
            rows.level[last] != present or gauges.held[slot, limb] > gauges.held[slot, last]
        ):
            last = limb
    if level == present:
        return
    end = minute * MINUTE
    mm = gauges.sums[slot, last] / 1000
    tell(alerts, Change(device, rule, level, end, received(minute, shown), BY_TIME, mm, rows.shown[last]))
    gauges.slots[slot, MOVED_AT] = end
    if level != NONE:
        look_again(slot, level, rows, gauges)


@kernel
def received(minute: int, shown: Shown) -> int:
    """When the end of this minute is shown."""
    return int(min((minute * MINUTE + shown.lateness) // 1000 * 1000 + 1000, shown.last))


@kernel
def look_again(slot: int, level: int, rows: WindowRows, gauges: Gauges) -> None:
    """The clock need not look at this slot before ``clear_after`` from the last minute in which its level held."""
    place = gauges.slots[slot, PLACE]
    last = NEVER
    for limb in range(rows.first[place], rows.first[place + 1]):
        if rows.level[limb] == level and gauges.held[slot, limb] > last:
            last = gauges.held[slot, limb]
    soonest = (last + rows.clear_after[place]) * MINUTE
    if soonest < gauges.numbers[SOONEST]:
        gauges.numbers[SOONEST] = soonest


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
def advance(slot: int, head: int, rows: WindowRows, gauges: Gauges) -> None:
    """Move the head on: what falls out of a window leaves its sum, and the ring is ready for the new minutes."""
    ring = gauges.buckets.shape[1]
    place = gauges.slots[slot, PLACE]
    before = gauges.slots[slot, HEAD]
    gauges.slots[slot, HEAD] = head
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
def open_slot(device: int, rule: int, place: int, minute: int, gauges: Gauges) -> int:
    """The next free slot, for a device that reports for the first time."""
    slot = gauges.numbers[USED]
    gauges.numbers[USED] = slot + 1
    gauges.slot[device, place] = slot
    passed = max(gauges.numbers[CLOCK], minute - 1)
    gauges.slots[slot, HEAD] = max(passed, minute)
    gauges.slots[slot, PASSED] = passed
    gauges.slots[slot, MOVED_AT] = NEVER
    gauges.slots[slot, DEVICE] = device
    gauges.slots[slot, RULE] = rule
    gauges.slots[slot, PLACE] = place
    return int(slot)
