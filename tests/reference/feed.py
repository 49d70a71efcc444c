"""The reference's answer for a whole input."""

from collections.abc import Iterator

from ingest.inputs import Inputs
from ingest.places import Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.events import Event
from rules.rulebook import Rulebook
from tests.reference.model import Reference
from tests.reference.reading import Reading


def rows_of(inputs: Inputs) -> Iterator[Reading]:
    """The input row by row."""
    columns = (inputs.device, inputs.metric, inputs.value, inputs.ts, inputs.sent, inputs.seq, inputs.at)
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield Reading(*row)


def reference_events(
    rulebook: Rulebook, places: Places, vocabulary: Vocabulary, timing: Timing, inputs: Inputs
) -> list[Event]:
    """All events that ``inputs`` (ticks, breaks and end in place) cause, in order of cause."""
    reference = Reference(rulebook, places, vocabulary, timing)
    return [event for row in rows_of(inputs) for event in reference.take(row)]
