"""A story in lines: what the field says and when, and what the rules say then; told to the engine and the reference.

    tell(TOWN,
        at("14:03:05", "S1", flags=["fire"]),
        expect("raised", "orange", at="14:03:05"),
    )

Times are of one day in Shaoxing. A line without ``sent`` was sent when it came; a tick stands at each new second.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.inputs import BREAK, END, NO_SEQ, TICK, Inputs, inputs_of
from ingest.metrics import FLAG_BIT, FLAGS_METRIC, METRIC_NUMBER
from ingest.places import Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.engine import Engine
from rules.events import Event
from rules.rulebook import Rulebook
from tests.reference.feed import reference_events

MIDNIGHT = 1_785_772_800_000
"""2026-08-04 in Shaoxing."""
SECOND = 1_000


def moment(clock: str) -> int:
    """``"14:03"``, ``"14:03:05"`` or ``"14:03:05.250"``; ``"1d 00:10"`` is of the next day."""
    found = re.fullmatch(r"(?:(\d+)d )?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d\d\d))?)?", clock)
    assert found, clock
    days, hours, minutes, seconds, rest = (int(part or 0) for part in found.groups())
    return MIDNIGHT + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND + rest


@dataclass(frozen=True, slots=True)
class Town:
    """Where the story plays."""

    rulebook: Rulebook
    places: Places
    timing: Timing = field(default_factory=Timing)


@dataclass(frozen=True, slots=True)
class Line:
    """What came at a moment: a reading, a break of ours or the end."""

    at: int
    device: str
    metric: int
    value: float
    sent: int
    seq: int = NO_SEQ


Expected = dict[str, Any]


def at(
    clock: str, device: str, sent: str = "", seq: int = NO_SEQ, flags: Sequence[str] | None = None, **values: float
) -> list[Line]:
    """One message of a device."""
    came = moment(clock)
    said = {METRIC_NUMBER[name]: value for name, value in values.items()}
    if flags is not None:
        said[FLAGS_METRIC] = sum(FLAG_BIT[name] for name in flags)
    return [Line(came, device, metric, value, moment(sent) if sent else came, seq) for metric, value in said.items()]


def not_connected(since: str, until: str) -> list[Line]:
    """We heard nobody, for reasons of our own."""
    return [Line(moment(until), "", BREAK, float(moment(until) - moment(since)), moment(until))]


def end(clock: str) -> list[Line]:
    """The recording ends."""
    return [Line(moment(clock), "", END, 0.0, moment(clock))]


def expect(event: str, level: str, at: str, received: str = "", **more: Any) -> Expected:
    """What the rules say; more fields of the event by name (``rule``, ``device``, ``value``, ``threshold`` …)."""
    expected: Expected = {"event": event, "level": level, "at": moment(at), **more}
    return {**expected, "received": moment(received)} if received else expected


def tell(town: Town, *lines: list[Line] | Expected) -> list[Event]:
    """Both the engine and the reference say exactly the expected events, in this order."""
    said = [line for part in lines if isinstance(part, list) for line in part]
    expected = [part for part in lines if isinstance(part, dict)]
    words = Vocabulary()
    words.register(town.places.devices)
    inputs = inputs_of_lines(said, words, town.timing)
    by_reference = reference_events(town.rulebook, town.places, words, town.timing, inputs)
    by_engine = Engine(town.rulebook, town.places, words, town.timing).judge(inputs).events
    for events in (by_reference, by_engine):
        told = [{name: _field(event, name) for name in wanted} for event, wanted in zip(events, expected, strict=False)]
        assert told == expected, events
        assert len(events) == len(expected), events[len(expected) :]
    assert by_engine == by_reference
    return by_engine


def _field(event: Event, name: str) -> Any:
    if name == "device":
        return event.subject.id
    if name == "evidence":
        return [entry.flags or entry.value for entry in event.evidence]
    return getattr(event, name)


def inputs_of_lines(lines: Sequence[Line], words: Vocabulary, timing: Timing) -> Inputs:
    """The lines as rows, with a tick before the first line of each second."""
    rows: list[tuple[float, ...]] = []
    clock = 0
    for number, line in enumerate(lines):
        second = line.at // SECOND * SECOND
        if second > clock:
            rows.append((-1, TICK, 0.0, second, second, -1, second, -1, 0))
            clock = second
        device = words.device(line.device) if line.device else -1
        ts = timing.evaluated(line.sent, line.at)
        rows.append((device, line.metric, line.value, ts, line.sent, line.seq, line.at, number, 0))
    names = ("device", "metric", "value", "ts", "sent", "seq", "at", "message", "marks")
    return inputs_of({name: [row[place] for row in rows] for place, name in enumerate(names)})
