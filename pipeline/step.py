"""One step of the road, whole: what arrived → readings → alert events → rows to write.

    messages ─decode─▶ columns ─judge─▶ events ─record─▶ alerts, hazards, tickets, notices

Embedded, one transaction holds all that a step caused; in a cluster Kafka stands between judge and record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge

import numpy as np

from alerts.ledger import Entry, Ledger, entry_time, record
from alerts.writes import Writes
from ingest.clock_rows import with_ticks
from ingest.decode import Decoded, Decoder
from ingest.inputs import Inputs, join
from ingest.message import Message
from ingest.vocabulary import Vocabulary
from rules.engine import Engine, Judged


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one step works on: messages in order, clock rows before and after them, the time, what people said."""

    messages: Sequence[Message]
    before: Inputs
    after: Inputs
    now: int
    said: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Stepped:
    """What it came to: the fate of every row, the events, what is to be written."""

    decoded: Decoded
    inputs: Inputs
    judged: Judged
    writes: Writes


@dataclass(slots=True)
class Step:
    """The parts that keep state from one step to the next: names, rule state, open alerts and hazards."""

    vocabulary: Vocabulary
    decoder: Decoder
    engine: Engine
    ledger: Ledger

    def __call__(self, arrived: Arrived) -> Stepped:
        decoded = self.decoder.decode(arrived.messages)
        at = np.fromiter((message.at for message in arrived.messages), np.int64, len(arrived.messages))
        inputs = join([arrived.before, with_ticks(decoded.inputs, at, self.engine.clock), arrived.after])
        judged = self.engine.judge(inputs)
        entries = list(merge(judged.events, arrived.said, key=entry_time))
        return Stepped(decoded, inputs, judged, record(self.ledger, entries, arrived.now))
