"""The loop over the rows of an input: the gate, silence, then each rule that takes this reading, in rulebook order."""

from typing import NamedTuple

from ingest.inputs import BREAK
from ingest.metrics import FLAGS_METRIC
from rules.book import Book
from rules.compile import Integers, entry, inlined
from rules.due import tick
from rules.fates import CLOCK, DUPLICATE, LATE
from rules.kinds import FLAG, LADDER
from rules.kinds.absence import Standing, absence_step
from rules.kinds.flag import flag_step
from rules.kinds.gate import WAITS, gate
from rules.kinds.gauges import USED
from rules.kinds.ladder import ladder_step
from rules.kinds.window_sum import window_step
from rules.reading import Columns, Reading
from rules.state import State, standing_of


class Limits(NamedTuple):
    """With more than ``room`` changes in the buffer the next row has to wait."""

    room: int
    lateness: int


@entry
def drive(row: int, columns: Columns, fates: Integers, book: Book, state: State, limits: Limits) -> int:
    """Judge rows from ``row`` on; the row that needs something done first, or the number of rows."""
    standing = standing_of(book, state)
    rows = len(columns.device)
    devices, metrics = state.newest.ts.shape
    slots = len(state.window.slots) - len(book.window.longest)
    while row < rows:
        device = int(columns.device[row])
        metric = int(columns.metric[row])
        if device < 0:
            if metric == BREAK or not tick(columns.at[row], limits.lateness, state):
                return row
            fates[row] = CLOCK
            row += 1
            continue
        if device >= devices or not 0 <= metric < metrics or state.alerts.count[0] > limits.room:
            return row
        if book.slots_for[metric] and state.window.numbers[USED] > slots:
            return row
        value = columns.value[row]
        if value - value != 0.0:  # not finite
            fates[row] = LATE
            row += 1
            continue
        fate = gate(columns, row, state.newest, state.memory)
        if fate == WAITS:
            return row
        fates[row] = fate
        if fate != DUPLICATE:
            late = int(fate == LATE)
            judge_one(Reading(device, metric, value, columns.ts[row], columns.at[row], late), book, state, standing)
        row += 1
    return row


@inlined
def judge_one(reading: Reading, book: Book, state: State, standing: Standing) -> None:
    """One reading that is no duplicate."""
    device = reading.device
    metric = reading.metric
    absence_step(reading, book.absence, state.absence, standing, state.alerts)
    if not reading.late:  # only now: what became due before this reading does not know it
        state.newest.ts[device, metric] = reading.ts
        state.newest.value[device, metric] = reading.value
    kind_of = book.type_of[device]
    for index in range(book.first[kind_of, metric], book.first[kind_of, metric + 1]):
        rule = book.rules[index]
        kind = book.kind[rule]
        place = book.place[rule]
        if kind == LADDER:
            if not reading.late:
                ladder_step(reading, rule, place, book.ladder, state.ladder, state.alerts)
        elif kind == FLAG:
            newest = state.newest.ts[device, FLAGS_METRIC]
            flag_step(reading, newest, rule, place, book.flag, state.flag, state.alerts)
        else:
            newest = state.newest.ts[device, metric]
            window_step(reading, newest, rule, place, book.window, state.window, state.alerts)
