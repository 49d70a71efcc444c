"""Messages become columns of readings; what cannot be believed is refused, value by value, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.decode.batch import Batch
from ingest.decode.names import Names
from ingest.decode.shape import well_formed
from ingest.inputs import Inputs
from ingest.message import Message
from ingest.rejected import Rejected
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Decoded:
    """A batch: its readings in columns and what of it was refused; ``messages`` is how many there were."""

    inputs: Inputs
    rejected: list[Rejected]
    messages: int


class Decoder:
    """Every message gives at least one row or one refusal, whatever its bytes; none raises."""

    def __init__(self, vocabulary: Vocabulary, timing: Timing, max_bytes: int = 1 << 20) -> None:
        self._names = Names(vocabulary)
        self._timing = timing
        self._max_bytes = max_bytes

    def decode(self, messages: Sequence[Message]) -> Decoded:
        """All in order. What a known sender sends as it should be takes the short road, all else the exact one."""
        self._names.refresh()
        senders, batch = self._names.senders, Batch(self._names, messages)
        for place, message in enumerate(messages):
            sender = senders.get(message.mqtt_topic)
            fits = sender is not None and len(message.payload) <= self._max_bytes
            readings = well_formed(message.payload) if fits else None
            if not readings or sender is None:
                batch.take_exactly(place, self._max_bytes)
            elif isinstance(readings, list):
                batch.take_all(place, sender, readings)
            else:
                batch.take(place, sender, readings)
        return Decoded(batch.columns.inputs(messages, self._timing), batch.refusals.rejected, len(messages))
