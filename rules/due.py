"""What the clock shows: every silence and every window that had become due, found device by device, slot by slot.

The engine puts what is found into the order of time. Only the evidence of a silence depends on that order: it tells
how bad things stood *then*, so a device's windows are brought to that moment before its silence is told.
"""

from rules.book import Book
from rules.changes import Alerts
from rules.compile import entry, kernel
from rules.kinds.absence import first_due, raise_quiet
from rules.kinds.gauges import CLOCK, DEVICE, MINUTE, PASSED, RULE, SOONEST, USED, Gauges, WindowRows
from rules.kinds.window_sum import look_again, pass_minutes, received
from rules.levels import NONE
from rules.reading import Shown
from rules.state import State, standing_of


@entry
def quiet_due(device: int, shown: Shown, book: Book, state: State, room: int) -> int:
    """Raise the silences of the devices from ``device`` on; the device to go on with once there is room again.

    Windows must be told only up to the minute that the clock has passed. The caller sets ``soonest`` to FAR first.
    """
    rows = book.absence
    standing = standing_of(book, state)
    quiet = state.absence
    while device < len(quiet.due) and state.alerts.count[0] <= room:
        place = first_due(device, shown.before, rows, quiet, state.alerts)
        while place >= 0:
            due = quiet.due[device, place]
            second = min(due // 1000 * 1000 + 1000, shown.last)
            bring_windows(device, second, due, rows.rule[place], shown, book, state)
            raise_quiet(device, place, second, rows, quiet, standing, state.alerts)
            place = first_due(device, shown.before, rows, quiet, state.alerts)
        for place in range(len(rows.rule)):
            if state.alerts.level[device, rows.rule[place]] == NONE:
                quiet.soonest[0] = min(quiet.soonest[0], quiet.due[device, place])
        device += 1
    return device


@kernel
def bring_windows(device: int, second: int, due: int, rule: int, shown: Shown, book: Book, state: State) -> None:
    """Pass the minutes whose ends come before (``second``, ``due``, ``rule``) in the order of what a clock shows."""
    for place in range(len(book.window.longest)):
        slot = state.window.slot[device, place]
        if slot < 0:
            continue
        other = state.window.slots[slot, RULE]
        if state.alerts.level[device, other] == NONE:
            continue
        minute = state.window.numbers[CLOCK]
        while minute > state.window.slots[slot, PASSED]:
            seen = received(minute, shown)
            end = minute * MINUTE
            if seen < second or (seen == second and (end < due or (end == due and other < rule))):
                break
            minute -= 1
        pass_minutes(slot, minute, shown, book.window, state.window, state.alerts)


@entry
def windows_due(slot: int, shown: Shown, rows: WindowRows, gauges: Gauges, alerts: Alerts, room: int) -> int:
    """Lower the window sums from ``slot`` on; the slot to go on with once there is room again.

    The caller sets the minute that the clock has passed, and the soonest time to FAR.
    """
    while slot < gauges.numbers[USED] and alerts.count[0] <= room:
        pass_minutes(slot, gauges.numbers[CLOCK], shown, rows, gauges, alerts)
        level = alerts.level[gauges.slots[slot, DEVICE], gauges.slots[slot, RULE]]
        if level != NONE:
            look_again(slot, int(level), rows, gauges)
        slot += 1
    return slot


@kernel
def tick(at: int, lateness: int, state: State) -> bool:
    """Move the clock (an end is a tick between two seconds), unless something may be due by then."""
    now = max(state.clock[0], at)
    if state.absence.soonest[0] < now or state.window.numbers[SOONEST] + lateness < now:
        return False
    state.clock[0] = now
    minute = (now - lateness - 1) // MINUTE
    state.window.numbers[CLOCK] = max(state.window.numbers[CLOCK], minute)
    return True
