"""What a store was given since the last look, as lines for InfluxDB; how far it has come lies in a file beside it."""

import os
import tempfile
from pathlib import Path

import msgspec

from alerts.store import Reader
from dashboards.influx_lines import ReadingLines, event_lines
from pipeline.site import Site

FILE = "influx-position"
MOST = 50
"""Log rows and events of one look: a row holds a whole batch."""


class Position(msgspec.Struct, frozen=True):
    """The newest log row and event that are written."""

    seq: int = 0
    number: int = 0


def read_position(path: Path) -> Position:
    """The beginning where there is no file, or one that nobody can read: what is written again is the same."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Position)
    except (FileNotFoundError, ValueError):
        return Position()


def keep_position(path: Path, position: Position) -> None:
    """The old one or the new one, whatever happens."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(position))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


class StoredFeed:
    """Reads on from ``position``."""

    def __init__(self, site: Site, reader: Reader, position: Position) -> None:
        self.position = position
        self._site = site
        self._reader = reader
        self._rules = {rule.id: rule for rule in site.rulebook.rules}
        self._devices: list[str] = []
        self._metrics: list[str] = []
        self._readings = ReadingLines(site.places, self._devices, self._metrics)

    def take(self) -> list[bytes]:
        """The next lines, none where only time has passed; ``position`` is then after them."""
        grown = self._reader.grown(self.position.seq, self.position.number, MOST)
        self.position = Position(grown.seq, grown.number)
        lines: list[bytes] = []
        for inputs in grown.inputs:
            self._learn(int(inputs.device.max(initial=-1)), int(inputs.metric.max(initial=-1)))
            lines += self._readings.of(inputs)
        return lines + event_lines(grown.events, self._site.places, self._rules)

    def _learn(self, device: int, metric: int) -> None:
        """The names that came with the rows, up to these numbers; a number is never given twice."""
        if device < len(self._devices) and metric < len(self._metrics):
            return
        devices, metrics = self._reader.names()
        self._devices += devices[len(self._devices) :]
        self._metrics += metrics[len(self._metrics) :]
