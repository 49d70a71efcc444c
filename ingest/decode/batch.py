"""One batch on its way through the decoder: readings are taken into columns, what is wrong becomes refusals."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from ingest.decode.columns import Columns
from ingest.decode.exact import readings_of
from ingest.decode.names import NO_MEASURE, Names, Sender, topic_refusal
from ingest.decode.refusals import Refusal, Refusals, unknown_flag
from ingest.decode.shape import Reading
from ingest.inputs import MARK_RECEIPT, NO_SEQ
from ingest.instants import instant
from ingest.message import Message
from ingest.metrics import FLAG_BIT, FLAGS_METRIC
from ingest.rejected import Reason

EMPTY = Refusal(Reason.EMPTY, "found neither values nor flags")


class Batch:
    """``place`` is everywhere the message's place in the batch."""

    def __init__(self, names: Names, messages: Sequence[Message]) -> None:
        self.columns = Columns()
        self.refusals = Refusals(messages)
        self._messages = messages
        self._names = names

    def take_exactly(self, place: int, max_bytes: int) -> None:
        """Take what can be believed of a message about which nothing is known yet."""
        message = self._messages[place]
        if refusal := topic_refusal(message.mqtt_topic):
            self.refusals.add(place, *refusal)
        elif (size := len(message.payload)) > max_bytes:
            self.refusals.add(place, Reason.TOO_LARGE, f"found {size} bytes; expected at most {max_bytes}")
        elif readings := readings_of(message.payload, place, self.refusals):
            sender = self._names.sender(message.mqtt_topic)
            if isinstance(sender, Refusal):
                self.refusals.add(place, *sender)
            else:
                self.take_all(place, sender, readings)

    def take_all(self, place: int, sender: Sender, readings: Sequence[Reading]) -> None:
        """Take the elements of a batch upload."""
        self.columns.several |= len(readings) > 1
        for reading in readings:
            self.take(place, sender, reading)

    def take(self, place: int, sender: Sender, reading: Reading) -> None:
        """Take one element whose parts have the right types."""
        columns, (device, marks) = self.columns, sender
        before = len(columns.metric)
        if reading.values:
            self._take_values(place, reading.values)
        elif reading.flags is UNSET:
            self.refusals.add(place, *EMPTY)
        if reading.flags is not UNSET:
            self._take_flags(place, reading.flags)
        sent = instant(reading.ts)
        if sent is None:
            sent, marks = self._messages[place].at, marks | MARK_RECEIPT
        seq = NO_SEQ if reading.seq is UNSET else reading.seq
        columns.elements += (place, device, sent, seq, marks, len(columns.metric) - before)

    def _take_values(self, place: int, values: Mapping[str, float]) -> None:
        metrics, numbers, measures = self.columns.metric, self.columns.value, self._names.measures
        for name, value in values.items():
            metric, low, high = measures.get(name, NO_MEASURE)
            if low <= value <= high or (metric := self._unusual(place, name, value)) >= 0:
                metrics.append(metric)
                numbers.append(value)

    def _unusual(self, place: int, name: str, value: float) -> int:
        """The metric of a value that the table does not accept, or -1 where it is refused."""
        measure = self._names.measure(name)
        if isinstance(measure, Refusal):
            self.refusals.add(place, *measure)
        elif measure.low <= value <= measure.high:
            return measure.metric
        else:
            expected = f"expected {measure.low:g} to {measure.high:g}"
            self.refusals.add(place, Reason.OUT_OF_RANGE, f"{name}: found {value!r}; {expected}")
        return -1

    def _take_flags(self, place: int, flags: Sequence[str]) -> None:
        mask = 0
        for word in flags:
            bit = FLAG_BIT.get(word, 0)
            mask |= bit
            if not bit:
                self.refusals.add(place, *unknown_flag(word))
        # An array of which no word is known does not say "none".
        if mask or not flags:
            self.columns.metric.append(FLAGS_METRIC)
            self.columns.value.append(mask)
