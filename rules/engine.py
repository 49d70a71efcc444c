"""The engine: inputs in, fates and alert events out. A function of the sequence of inputs alone, however it is cut."""

import hashlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.inputs import BREAK, Inputs
from ingest.places import Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.book import compile_book, read_roster
from rules.compile import COMPILES, views
from rules.drive import Limits
from rules.events import Event
from rules.fates import CLOCK
from rules.hashed import empty_table
from rules.kernels import columns_of, compiled_kernels, plain_kernels
from rules.kinds.gauges import CLOCK as MINUTES_PASSED
from rules.kinds.gauges import MINUTE, SOONEST, USED, window_state
from rules.levels import NONE
from rules.memory import COUNT, END, FIRST, NOW, WANTED, learn, longer_diary, still_counting
from rules.reading import FAR, Shown
from rules.rulebook import Rulebook
from rules.state import Size, State, arrays_in, arrays_of, empty_state, fill, snapshot_of
from rules.writer import EventWriter, Row, by_time, take

FIRST_SIZE = Size(devices=256, metrics=24, slots=32, diary=1 << 14, places=1 << 12, changes=4096)
CHANGES_OF_ONE_ROW = 8
"""No rule makes more changes than this of one reading (a window sum: down level by level, and up again)."""


class Judged(NamedTuple):
    """The fate of every row (:mod:`rules.fates`), and the events in the order of their causes."""

    fates: NDArray[np.uint8]
    events: list[Event]


def _digest(rulebook: Rulebook, places: Places, timing: Timing) -> str:
    """What a state was made under: rules, the devices' types and heartbeats, how late is late."""
    roster = [(device.device_id, device.type, device.heartbeat) for device in places.devices.values()]
    return hashlib.sha256(repr((rulebook.rules, roster, timing)).encode()).hexdigest()[:16]


class Engine:
    """The state of one shard. ``interpreted`` runs the kernels as plain Python even where they could be compiled."""

    def __init__(
        self, rulebook: Rulebook, places: Places, vocabulary: Vocabulary, timing: Timing, interpreted: bool = False
    ) -> None:
        self._rulebook = rulebook
        self._places = places
        self._vocabulary = vocabulary
        self._timing = timing
        self._plain = interpreted or not COMPILES
        self._writer = EventWriter(rulebook, places, vocabulary)
        self._digest = _digest(rulebook, places, timing)
        windows = [limb.within for rule in rulebook.rules for tier in rule.tiers for limb in tier.limbs]
        self._span = max([timing.stale, *windows]) + timing.lateness
        reserve = CHANGES_OF_ONE_ROW * len(rulebook.rules)
        self._size = FIRST_SIZE._replace(changes=FIRST_SIZE.changes + reserve)
        self._limits = Limits(FIRST_SIZE.changes, timing.lateness)
        self._state: State
        self._allocate({})
        self._kernels = plain_kernels() if self._plain else compiled_kernels(self._book, self._state)

    @property
    def clock(self) -> int:
        """The newest tick, end or receipt."""
        return int(max(self._state.clock[0], self._state.memory.numbers[NOW]))

    def judge(self, inputs: Inputs) -> Judged:
        """Take the rows in order."""
        rows = len(inputs)
        self._make_room(rows)
        columns = self._seen(columns_of(inputs))
        fates = np.empty(rows, np.uint8)
        seen_fates = self._seen(fates)
        events: list[Event] = []
        row = 0
        while True:
            row = self._kernels.drive(row, columns, seen_fates, self._book, self._view, self._limits)
            events += self._writer.events(take(self._state.alerts))
            if row == rows:
                return Judged(fates, events)
            if inputs.device[row] < 0:
                events += self._writer.events(self._clock_row(inputs, row))
                fates[row] = CLOCK
                row += 1
            elif not (inputs.device[row] < self._size.devices and 0 <= inputs.metric[row] < self._size.metrics):
                raise IndexError(f"row {row}: no device {inputs.device[row]} or no metric {inputs.metric[row]}")
            elif self._slots_short():
                self._more_slots()
            elif self._state.memory.pages[WANTED]:
                self._larger_table(self._table_entries(), rows)

    def snapshot(self) -> bytes:
        """The whole state, exactly."""
        return snapshot_of(self._state, self._digest)

    def restore(self, snapshot: bytes) -> None:
        """Go on from a snapshot; ValueError where it was made under other rules, devices or times."""
        arrays = arrays_in(snapshot, self._digest)
        devices, metrics = arrays["newest.ts"].shape
        self._size = self._size._replace(
            devices=max(devices, self._size.devices),
            metrics=max(metrics, self._size.metrics),
            slots=len(arrays["window.slots"]),
        )
        kept = arrays.pop("memory.entries")
        self._allocate(arrays)
        learn(self._state.memory.latest, kept)
        self._larger_table(kept, 0)

    def _clock_row(self, inputs: Inputs, row: int) -> list[Row]:
        if inputs.metric[row] == BREAK:
            self._rest(float(inputs.value[row]))
            return []
        return self._show(max(int(self._state.clock[0]), int(inputs.at[row])))

    def _show(self, now: int) -> list[Row]:
        """Act on everything that the clock shows at ``now``, in the order of time."""
        state, room, lateness = self._state, self._limits.room, self._timing.lateness
        shown = Shown(now, lateness, now)
        state.clock[0] = now
        minutes = state.window.numbers
        minutes[MINUTES_PASSED] = max(minutes[MINUTES_PASSED], (now - lateness - 1) // MINUTE)
        minutes[SOONEST] = state.absence.soonest[0] = FAR
        rows: list[Row] = []
        device = slot = 0
        while device < self._size.devices:
            device = self._kernels.quiet_due(device, shown, self._book, self._view, room)
            rows += take(state.alerts)
        while slot < minutes[USED]:
            slot = self._kernels.windows_due(slot, shown, self._book.window, self._view.window, self._view.alerts, room)
            rows += take(state.alerts)
        return sorted(rows, key=by_time)

    def _rest(self, length: float) -> None:
        """Nobody could be heard for so long: no silence that is not told yet counts it."""
        if not 0 < length < FAR:
            return
        due = self._state.absence.due
        waiting = (due != FAR) & (self._state.alerts.level[:, self._absence_rules] == NONE)
        due[waiting] += int(length)

    def _more_slots(self) -> None:
        self._size = self._size._replace(slots=2 * self._size.slots)
        window = window_state(self._size.devices, self._rows, self._size.slots)
        self._state = self._state._replace(window=fill(window, arrays_of(self._state.window)))
        self._look()

    def _slots_short(self) -> bool:
        return bool(self._state.window.numbers[USED] > self._size.slots - len(self._rulebook.rules))

    def _make_room(self, rows: int) -> None:
        """For the names that the vocabulary has gained, and for remembering this many readings more."""
        devices, metrics = len(self._vocabulary.devices), len(self._vocabulary.metrics)
        if devices > self._size.devices or metrics > self._size.metrics:
            self._grow(
                devices=max(self._size.devices, devices + devices // 4),
                metrics=max(self._size.metrics, metrics + 8),
            )
        if 2 * (int(self._state.memory.numbers[COUNT]) + rows) > self._size.places:
            self._larger_table(self._table_entries(), rows)
        if self._diary_needs(rows) > self._size.diary:
            self._kernels.turn_pages(self._view.memory)
            if self._diary_needs(rows) > self._size.diary:
                self._longer_diary(rows)

    def _grow(self, **sizes: int) -> None:
        self._size = self._size._replace(**sizes)
        self._allocate(arrays_of(self._state))

    def _allocate(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Arrays of the present size that hold what ``arrays`` held."""
        roster = read_roster(self._places, self._vocabulary, self._size.devices)
        book = compile_book(self._rulebook, roster, self._timing)
        self._absence_rules = book.absence.rule
        self._rows = book.window
        self._book = self._seen(book)
        self._state = fill(empty_state(book, self._size, self._span), arrays)
        self._look()

    def _diary_needs(self, rows: int) -> int:
        pages = self._state.memory.pages
        return int(pages[END] - pages[FIRST]) + rows

    def _longer_diary(self, rows: int) -> None:
        self._size = self._size._replace(diary=1 << (self._diary_needs(rows) - 1).bit_length())
        self._state = self._state._replace(memory=longer_diary(self._state.memory, self._size.diary))
        self._look()

    def _table_entries(self) -> NDArray[np.int64]:
        return still_counting(self._state.memory.table, self._state.memory)

    def _larger_table(self, kept: NDArray[np.int64], rows: int) -> None:
        """A table of the memory that holds ``kept``, and has room for ``rows`` more and for what is wanted."""
        memory = self._state.memory
        room = len(kept) + rows + int(memory.pages[WANTED])
        memory.pages[WANTED] = 0
        self._size = self._size._replace(places=max(FIRST_SIZE.places, 1 << (4 * room - 1).bit_length()))
        table = empty_table(self._size.places)
        memory.numbers[COUNT] = len(kept)
        self._kernels.refill(self._seen(kept), self._seen(table))
        self._state = self._state._replace(memory=memory._replace(table=table))
        self._look()

    def _look(self) -> None:
        self._view = self._seen(self._state)

    def _seen(self, arrays: Any) -> Any:
        """As the kernels take it."""
        return views(arrays) if self._plain else arrays
