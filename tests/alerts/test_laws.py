"""Laws of the ledger, over any day of events, answers and receipts: cuts, copies and restarts change nothing."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.incident import ANSWERS
from alerts.ledger import Entry, entry_time, record
from alerts.model import Receipt
from rules.events import Event, EventKind
from rules.levels import LEVELS
from tests.alerts.town import CITY, DISTRICT, GRID, MINUTE, NOON, SUBSTITUTE, TOWNSHIP, UNIT, Town, fire

PEOPLE = (UNIT, GRID, TOWNSHIP, SUBSTITUTE, DISTRICT, CITY)
DEVICES = (("D1", "fire"), ("D2", "fire"), ("G1", "gas_leak"), ("G1", "device_quiet"), ("R1", "rain"))


@dataclass
class Day:
    """A day that is made entry by entry, each one possible after those before it."""

    entries: list[Entry] = field(default_factory=list)
    town: Town = field(default_factory=Town)
    levels: dict[int, tuple[int, int]] = field(default_factory=dict)
    now: int = NOON

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.town.do(entry, now=entry_time(entry))

    def event(self, device: int, level: int, late: int) -> None:
        """Moves one alert to ``level``; its time goes on, received up to half an hour later."""
        name, hazard = DEVICES[device]
        present, raised = self.levels.get(device, (0, 0))
        if level == present:
            return
        raised = self.now if present == 0 else raised
        kind = (
            "raised" if present == 0 else "cleared" if level == 0 else "upgraded" if level > present else "downgraded"
        )
        shown = LEVELS[level or present]
        place = {} if hazard != "rain" else {"site": ""}
        self.add(
            fire(kind, shown, self.now, device=name, raised=raised, received=self.now + late, hazard=hazard, **place)  # type: ignore[arg-type]
        )
        self.now += late
        self.levels[device] = (level, raised)

    def answer(self, hazard: int, person: int, answer: int) -> None:
        ids = [*self.town.stored["hazards"], *self.town.stored["tickets"]]
        if ids:
            note = "写明" if answer % 2 else ""
            of = ids[hazard % len(ids)]
            self.add(Town.answer_to(of, ANSWERS[answer], PEOPLE[person], self.now, note))

    def again(self, device: int, person: int, answer: int) -> None:
        """An incident is lifted and over; its device is in alarm again, heard of late; somebody answers at once."""
        self.event(device, 3, 0)
        place = [hazard.id for hazard in self.town.ledger.rows.hazards.values() if hazard.kind == DEVICES[device][1]]
        for hazard in place:
            for said in ("arrive", "true", "handle", "lift"):
                self.add(Town.answer_to(hazard, said, TOWNSHIP, self.now))
        self.event(device, 0, 1)
        self.event(device, 2, 30 * MINUTE)
        for hazard in place:
            self.add(Town.answer_to(hazard, ANSWERS[answer], PEOPLE[person], self.now))

    def revise(self, device: int, kind: EventKind, level: int, before: int) -> None:
        """A changed rulebook says of the device's newest alert that it began, or went on, at another level."""
        name, hazard = DEVICES[device]
        if device in self.levels:
            _, raised = self.levels[device]
            at = max(raised, self.now - before)
            self.add(fire(kind, LEVELS[level], at, device=name, raised=raised, received=self.now, hazard=hazard))

    def receipt(self, notice: int, state: str) -> None:
        ids = list(self.town.stored["notices"])
        if ids:
            self.add(Receipt(notice_id=ids[notice % len(ids)], state=state, at=self.now))  # type: ignore[arg-type]


EVENT = st.tuples(st.just("event"), st.integers(0, 4), st.integers(0, 4), st.sampled_from([0, 0, 0, 30 * MINUTE]))
ANSWER = st.tuples(st.just("answer"), st.integers(0, 5), st.integers(0, 5), st.integers(0, len(ANSWERS) - 1))
RECEIPT = st.tuples(st.just("receipt"), st.integers(0, 20), st.sampled_from(["sent", "delivered", "failed"]))
DECLINE = ANSWERS.index("decline")
AGAIN = st.tuples(
    st.just("again"), st.integers(0, 2), st.integers(0, 5), st.sampled_from([DECLINE, DECLINE, *range(len(ANSWERS))])
)
KIND = st.sampled_from(["raised", "upgraded", "downgraded"])
REVISE = st.tuples(st.just("revise"), st.integers(0, 4), KIND, st.integers(1, 4), st.sampled_from([0, 1, 20 * MINUTE]))
GAP = st.sampled_from([0, 1, 1_000, MINUTE, 3 * MINUTE, 10 * MINUTE, 31 * MINUTE])


def days(*kinds: st.SearchStrategy[tuple[object, ...]], gap: st.SearchStrategy[int] = GAP) -> st.SearchStrategy[Day]:
    def made(moves: list[tuple[int, tuple[object, ...]]]) -> Day:
        day = Day()
        for gap, (kind, *numbers) in moves:
            day.now += gap
            getattr(day, str(kind))(*numbers)
        return day

    return st.lists(st.tuples(gap, st.one_of(*kinds)), min_size=1, max_size=25).map(made)


def cut(entries: list[Entry], places: list[int]) -> list[list[Entry]]:
    marks = sorted({0, len(entries), *(place % (len(entries) + 1) for place in places)})
    return [entries[start:stop] for start, stop in pairwise(marks)]


def same(town: Town, other: Town) -> None:
    assert town.stored == other.stored
    assert town.steps == other.steps


CUTS = st.lists(st.integers(0, 100), max_size=6)


@settings(max_examples=80, deadline=None)
@given(days(EVENT, ANSWER, AGAIN, REVISE), st.integers(0, 200 * MINUTE))
def test_no_sequence_of_entries_raises_and_a_clock_knows_its_level(day: Day, rest: int) -> None:
    day.town.do(now=day.now + rest)
    for timer in day.town.stored["timers"].values():
        hazard = day.town.stored["hazards"][timer.hazard_id]
        assert timer.kind == "tell" or timer.version != hazard.version or hazard.told_level


@settings(max_examples=60, deadline=None)
@given(days(EVENT, ANSWER, REVISE), st.integers(0, 4), KIND, st.integers(1, 4))
def test_what_a_changed_rulebook_says_of_an_open_alert_holds(
    day: Day, device: int, kind: EventKind, level: int
) -> None:
    before = len(day.entries)
    day.now += 1
    day.revise(device, kind, level, 0)
    for entry in day.entries[before:]:
        assert isinstance(entry, Event)
        alert = day.town.ledger.rows.alerts.get(entry.id)
        assert alert is None or not alert.open or alert.level == entry.level


@settings(max_examples=60, deadline=None)
@given(days(EVENT, ANSWER, gap=GAP.filter(bool)))
def test_a_copy_of_any_earlier_event_changes_nothing(day: Day) -> None:
    day.town.do(now=day.now)
    for entry in day.entries:
        if isinstance(entry, Event):
            assert not day.town.do(entry, now=entry_time(entry))


@settings(max_examples=80, deadline=None)
@given(days(EVENT, ANSWER, RECEIPT, AGAIN, REVISE), CUTS, st.integers(0, 200 * MINUTE))
def test_what_is_written_does_not_depend_on_how_the_entries_were_cut(day: Day, places: list[int], rest: int) -> None:
    whole, parts = Town(), Town()
    end = day.now + rest
    whole.do(*day.entries, now=end)
    for batch in cut(day.entries, places):
        parts.do(*batch, now=entry_time(batch[-1]))
    parts.do(now=end)
    same(whole, parts)


@settings(max_examples=60, deadline=None)
@given(days(EVENT, ANSWER, AGAIN), CUTS)
def test_a_restart_anywhere_gives_the_same_rows_as_never_stopping(day: Day, places: list[int]) -> None:
    whole, town = Town(), Town()
    whole.do(*day.entries, now=day.now)
    for batch in cut(day.entries, places):
        town.do(*batch, now=entry_time(batch[-1]))
        town = town.restarted()
    town.do(now=day.now)
    same(whole, town)


@settings(max_examples=60, deadline=None)
@given(days(EVENT, ANSWER, RECEIPT))
def test_an_event_or_receipt_that_comes_twice_changes_nothing(day: Day) -> None:
    once, twice = Town(), Town()
    once.do(*day.entries, now=day.now)
    for entry in day.entries:
        twice.do(entry, now=entry_time(entry))
        if isinstance(entry, Event) or (isinstance(entry, Receipt) and entry.state != "failed"):
            assert not twice.do(entry, now=entry_time(entry))
    twice.do(now=day.now)
    same(once, twice)


@settings(max_examples=60, deadline=None)
@given(days(EVENT, ANSWER, RECEIPT, AGAIN, REVISE))
def test_while_a_hazard_asks_for_an_answer_exactly_one_clock_runs_for_it(day: Day) -> None:
    day.town.do(now=day.now)
    clocks = [timer for timer in day.town.stored["timers"].values() if timer.kind != "tell"]
    assert len({timer.hazard_id for timer in clocks}) == len(clocks)
    for timer in clocks:
        hazard = day.town.stored["hazards"][timer.hazard_id]
        assert (timer.version, timer.due) == (hazard.version, hazard.answer_by)
        assert timer.due >= day.now
    exhausted = {step.hazard_id for step in day.town.steps if step.kind == "exhausted"}
    for hazard in day.town.stored["hazards"].values():
        if hazard.phase == "verify" and not hazard.result and hazard.told_level and hazard.answered_at is None:
            assert hazard.id in exhausted.union(timer.hazard_id for timer in clocks)


@settings(max_examples=60, deadline=None)
@given(days(EVENT, ANSWER, AGAIN, REVISE))
def test_at_most_one_hazard_of_a_kind_is_open_at_a_place(day: Day) -> None:
    open_ones = [hazard for hazard in day.town.stored["hazards"].values() if hazard.phase != "closed"]
    assert len({(hazard.place, hazard.kind) for hazard in open_ones}) == len(open_ones)
    assert set(day.town.ledger.rows.hazards) == {hazard.id for hazard in open_ones}


@settings(max_examples=30, deadline=None)
@given(days(EVENT, ANSWER, RECEIPT))
def test_rows_handed_out_are_never_changed_afterwards(day: Day) -> None:
    town = Town()
    seen = []
    for entry in day.entries:
        writes = record(town.ledger, [entry], entry_time(entry))
        seen.append((writes, repr(writes)))
    assert all(repr(writes) == was for writes, was in seen)
