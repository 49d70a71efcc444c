"""The order of work: one row after another through the gate, absence and the rules; time shows what was due."""

import heapq
from collections.abc import Iterator

from ingest.inputs import BREAK
from ingest.places import UNKNOWN_TYPE, Device, Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.events import Event, Evidence
from rules.levels import LEVELS, NONE
from rules.rulebook import Rule, Rulebook
from tests.reference.absence import Absence
from tests.reference.episode import Episode, Watched
from tests.reference.flag import Flag
from tests.reference.gate import CLOCK, DUPLICATE, LATE, NEW, Gate, memory_of
from tests.reference.ladder import Ladder
from tests.reference.reading import Reading
from tests.reference.window_sum import MINUTE, WindowSum

UNKNOWN = Device("", UNKNOWN_TYPE, "", "", "", 0, "")
SECOND = 1_000


class Reference:
    """All rules over all devices: what each rule knows of each device is kept by (rule's place, device)."""

    def __init__(self, rulebook: Rulebook, places: Places, vocabulary: Vocabulary, timing: Timing) -> None:
        self.rulebook, self.places, self.vocabulary, self.timing = rulebook, places, vocabulary, timing
        self.gate = Gate(memory_of(rulebook, timing))
        self.fates: list[int] = []  # what became of each row
        self.clock = 0
        self.passed = 0  # the last minute that the clock has passed
        self.readers: dict[tuple[int, int], Ladder | Flag | WindowSum] = {}
        self.absences: dict[tuple[int, int], Absence] = {}
        self.deadlines: list[tuple[int, int, int]] = []  # a heap of (due, place, device); outdated ones are passed over
        self.rules_of_device: dict[int, list[tuple[int, Rule]]] = {}

    def take(self, row: Reading) -> list[Event]:
        """One row of the input: what it causes, in order."""
        if row.device >= 0:
            self.fates.append(self.gate.fate(row))
            return self.read(row, self.fates[-1])
        self.fates.append(CLOCK)
        if row.metric == BREAK:
            return self.pause(int(row.value))
        return self.move_clock(row.at)

    def read(self, reading: Reading, fate: int) -> list[Event]:
        """After the gate absence (what was due, then that the device is heard), then the rules in their order."""
        if fate == DUPLICATE:
            return []
        events: list[Event] = []
        rules = self.rules_of(reading.device)
        quiet = [place for place, rule in rules if rule.kind == "absence" and self.watched(reading.device).heartbeat]
        for place in quiet:
            absence = self.absences.get((place, reading.device))
            if absence and absence.due is not None and absence.due < reading.at:
                events += absence.fall_due(reading.at, self.how_it_stood(absence, reading.device))
        if fate == NEW:
            self.gate.note(reading)
        for place in quiet:
            events += self.heard(place, reading.device, reading.at)
        for place, rule in rules:
            if rule.kind != "absence" and self.metric_of(rule) == reading.metric:
                events += self.reader(place, reading.device).read(reading, fate == LATE)
        return events

    def heard(self, place: int, device: int, at: int) -> list[Event]:
        absence = self.absences.setdefault((place, device), Absence(self.episode(place, device), at))
        events = absence.heard(at)
        heapq.heappush(self.deadlines, (at + absence.allowed, place, device))
        return events

    def pause(self, length: int) -> list[Event]:
        for (place, device), absence in self.absences.items():
            absence.pause(length)
            if absence.due is not None:
                heapq.heappush(self.deadlines, (absence.due, place, device))
        return []

    def move_clock(self, now: int) -> list[Event]:
        """What lies before the clock is due: each thing in turn, as if every second had been looked at."""
        self.clock = max(self.clock, now)
        events: list[Event] = []
        for received, at, place, device in sorted([*self.due_absences(), *self.due_minutes()]):
            absence, reader = self.absences.get((place, device)), self.readers.get((place, device))
            if absence:
                events += absence.fall_due(received, self.how_it_stood(absence, device))
            elif isinstance(reader, WindowSum):
                events += reader.minute_passed(at // MINUTE, received)
        return events

    def first_shown(self, due: int) -> int:
        """The first whole second that shows it, or the end of the recording."""
        return min(due // SECOND * SECOND + SECOND, self.clock)

    def due_absences(self) -> set[tuple[int, int, int, int]]:
        """Who has been quiet for too long: (received, at, rule's place, device)."""
        found = set()
        while self.deadlines and self.deadlines[0][0] < self.clock:
            due, place, device = heapq.heappop(self.deadlines)
            if self.absences[place, device].due == due:
                found.add((self.first_shown(due), due, place, device))
        return found

    def due_minutes(self) -> Iterator[tuple[int, int, int, int]]:
        """Which open window sums have a minute behind them, for which lateness has been waited."""
        last = (self.clock - self.timing.lateness - 1) // MINUTE
        if last <= self.passed:
            return
        self.passed = last
        for (place, device), reader in self.readers.items():
            if isinstance(reader, WindowSum):
                for minute in range(reader.passed + 1, last + 1) if reader.is_open else ():
                    yield self.first_shown(minute * MINUTE + self.timing.lateness), minute * MINUTE, place, device
                reader.passed = max(reader.passed, last)

    def how_it_stood(self, absence: Absence, device: int) -> tuple[Evidence, ...]:
        """The device's newest reading, with the level of what is open or beyond a ``raise`` where that is higher."""
        readers = [self.readers[key] for place, _ in self.rules_of(device) if (key := (place, device)) in self.readers]
        level = max((reader.episode.level for reader in readers), default=NONE)
        level = max([level, *(reader.severity() for reader in readers if isinstance(reader, Ladder))])
        higher = LEVELS[level] if level > absence.episode.rule.tiers[0].level else ""
        return absence.episode.watched.evidence([self.gate.newest_of(device)], higher)

    def reader(self, place: int, device: int) -> Ladder | Flag | WindowSum:
        """What the rule knows of the device; nothing at its first reading."""
        key = place, device
        if key not in self.readers:
            episode = self.episode(place, device)
            if episode.rule.kind == "ladder":
                self.readers[key] = Ladder(episode)
            elif episode.rule.kind == "flag":
                self.readers[key] = Flag(episode, self.timing.stale)
            else:
                self.readers[key] = WindowSum(episode, self.passed)
        return self.readers[key]

    def episode(self, place: int, device: int) -> Episode:
        return Episode(self.rulebook.rules[place], self.watched(device), self.rulebook.version)

    def rules_of(self, device: int) -> list[tuple[int, Rule]]:
        """The rules that are about the device, with their places in the rulebook."""
        if device not in self.rules_of_device:
            kind = self.watched(device).type
            self.rules_of_device[device] = [
                (place, rule)
                for place, rule in enumerate(self.rulebook.rules)
                if not rule.devices or kind in rule.devices
            ]
        return self.rules_of_device[device]

    def metric_of(self, rule: Rule) -> int | None:
        return 0 if rule.kind == "flag" else self.vocabulary.metric_number.get(rule.metric)

    def watched(self, device: int) -> Watched:
        name = self.vocabulary.devices[device]
        known = self.places.devices.get(name, UNKNOWN)
        return Watched(name, known.site_id, known.township, known.type, known.heartbeat, self.vocabulary.metrics)
