"""Window sum (rain): a level holds while at least `amount` has fallen within the last `within` minutes, for any of its
limbs; it is left at the end of the first minute for which none has held in any minute of the last `clear_after`."""

from rules.changes import BY_READING, BY_TIME, Alerts, Change, prove, tell
from rules.compile import kernel
from rules.kinds.gauges import (
    CLOCK,
    DEVICE,
    HEAD,
    MINUTE,
    MOVED_AT,
    PASSED,
    PLACE,
    RULE,
    SOONEST,
    Gauges,
    WindowRows,
    add,
    advance,
    note_held,
    open_slot,
)
from rules.levels import NONE
from rules.reading import FAR, NEVER, Reading, Shown


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
    add(slot, minute, reading.value, rows, gauges)
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
