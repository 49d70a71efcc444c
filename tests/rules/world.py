"""A small world for stories about the rules: a rulebook in TOML, a few devices, rows one after another.

Times are seconds after 2026-08-04 00:00 UTC, a whole minute; what is told is a list of short lines.
"""

from collections.abc import Iterable
from typing import Any

from ingest.inputs import BREAK, COLUMN_TYPES, END, NO_SEQ, TICK, Inputs, inputs_of
from ingest.metrics import FLAG_BIT, FLAGS_METRIC
from ingest.places import Device, Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.engine import Engine
from rules.events import Event
from rules.rulebook import Rulebook
from rules.rulebook_file import parse_rulebook

BEGIN = 1_785_801_600_000
Row = dict[str, Any]


def ms(seconds: float) -> int:
    return BEGIN + round(seconds * 1000)


def rulebook(text: str) -> Rulebook:
    """The rules of a TOML text in which ``hazard`` and ``basis`` may be left out."""
    filled = text.replace("[[rule]]", '[[rule]]\nhazard = "h"\nbasis = "b"')
    parsed, faults = parse_rulebook(f'version = "1"\n{filled}', "rulebook.toml")
    assert parsed, "\n".join(map(str, faults))
    return parsed


def place(device_id: str, kind: str = "smoke", heartbeat: float = 60) -> Device:
    return Device(device_id, kind, "S1", "330681005", "", round(heartbeat * 1000), device_id)


def columns(rows: Iterable[Row]) -> Inputs:
    listed = list(rows)
    return inputs_of({name: [row[name] for row in listed] for name in COLUMN_TYPES})


class World:
    """Every call is judged at once, as a batch of its own."""

    def __init__(
        self, rules: str, devices: Iterable[Device] = (), interpreted: bool = True, timing: Timing | None = None
    ) -> None:
        known = tuple(devices) or (place("a"),)
        self.places = Places(devices={device.device_id: device for device in known})
        self.vocabulary = Vocabulary()
        self.vocabulary.register(self.places.devices)
        self.rulebook = rulebook(rules)
        self.timing = timing or Timing()
        self.interpreted = interpreted
        self.engine = self.fresh()
        self.events: list[Event] = []

    def fresh(self) -> Engine:
        return Engine(self.rulebook, self.places, self.vocabulary, self.timing, self.interpreted)

    def reading(
        self,
        metric: str,
        value: float,
        ts: float,
        at: float | None = None,
        device: str = "a",
        seq: int = NO_SEQ,
        sent: float | None = None,
    ) -> int:
        """Judge one reading; its fate."""
        return self.judge(
            {
                "device": self.vocabulary.device(device),
                "metric": self.vocabulary.metric(metric),
                "value": value,
                "ts": ms(ts),
                "sent": ms(ts if sent is None else sent),
                "seq": seq,
                "at": ms(ts if at is None else at),
                "message": 0,
                "marks": 0,
            }
        )

    def flags(self, names: str, ts: float, at: float | None = None, device: str = "a") -> int:
        mask = sum(FLAG_BIT[name] for name in names.split())
        return self.reading(self.vocabulary.metrics[FLAGS_METRIC], mask, ts, at, device)

    def tick(self, second: float) -> int:
        return self._clock(TICK, second, 0.0)

    def pause(self, at: float, length: float) -> int:
        return self._clock(BREAK, at, length * 1000)

    def end(self, at: float) -> int:
        return self._clock(END, at, 0.0)

    def judge(self, row: Row) -> int:
        judged = self.engine.judge(columns([row]))
        self.events += judged.events
        return int(judged.fates[0])

    def told(self) -> list[str]:
        """What was told since the last time: ``rule event level at``."""
        lines = [f"{e.rule} {e.event} {e.level} {shown(e.at)}" for e in self.events]
        self.last = self.events[-1] if self.events else None
        self.events = []
        return lines

    def _clock(self, kind: int, at: float, value: float) -> int:
        time = ms(at)
        row = {"device": -1, "metric": kind, "value": value, "ts": time, "sent": time, "seq": -1, "at": time}
        return self.judge(row | {"message": -1, "marks": 0})


def shown(time: int) -> str:
    """Seconds after the beginning."""
    return f"{(time - BEGIN) / 1000:g}"


def proof(event: Event | None) -> list[tuple[str, float | None]]:
    """The evidence as (seconds, value)."""
    assert event is not None
    return [(shown(entry.ts), entry.value) for entry in event.evidence]
