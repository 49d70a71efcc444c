"""What a record of Kafka is as lines for InfluxDB: a packet's readings, or the events that a worker tells."""

from dataclasses import dataclass

from dashboards.influx_lines import ReadingLines, event_lines
from ingest.packets import unpack_packet
from ingest.vocabulary import UNKNOWN_DEVICES, UNKNOWN_METRICS, Vocabulary
from pipeline.cluster.told import unpack_told
from pipeline.site import Site


@dataclass(frozen=True, slots=True)
class RecordLines:
    """The lines, and how many readings or events they are of."""

    lines: list[bytes]
    readings: int = 0
    events: int = 0


class LineMaker:
    """Both calls raise ValueError for a record that nobody can read, with the reason."""

    def __init__(self, site: Site) -> None:
        self._places = site.places
        self._rules = {rule.id: rule for rule in site.rulebook.rules}
        self._begin()

    def of_packet(self, value: bytes) -> RecordLines:
        """A line per device and time."""
        words = self._vocabulary
        strangers = len(words.devices) - len(words.known)
        if strangers > UNKNOWN_DEVICES // 2 or len(words.metrics) > self._metrics + UNKNOWN_METRICS // 2:
            self._begin()
        inputs = unpack_packet(value, self._vocabulary).inputs
        return RecordLines(self._readings.of(inputs), readings=int((inputs.device >= 0).sum()))

    def of_told(self, value: bytes) -> RecordLines:
        """Two lines an event."""
        events = unpack_told(value).events
        return RecordLines(event_lines(events, self._places, self._rules), events=len(events))

    def _begin(self) -> None:
        """Numbers mean nothing from one packet to the next: where there is no room for names they begin again."""
        self._vocabulary = Vocabulary()
        self._metrics = len(self._vocabulary.metrics)
        self._vocabulary.register(self._places.devices)
        self._readings = ReadingLines(self._places, self._vocabulary.devices, self._vocabulary.metrics)
