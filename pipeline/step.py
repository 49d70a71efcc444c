"""One step of the road, whole: what arrived → readings → alert events → rows to write.

    messages ─decode─▶ columns ─judge─▶ events ─record─▶ alerts, hazards, tickets, notices

Embedded, one transaction holds all that a step caused; in a cluster Kafka stands between judge and record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import merge

import numpy as np

from alerts.ledger import Ledger, entry_time, record
from ingest.clock_rows import with_ticks
from ingest.decode import Decoder
from ingest.inputs import join
from ingest.vocabulary import Vocabulary
from pipeline.stepping import Arrived, Stepped
from rules.engine import Engine


@dataclass(slots=True)
class Step:
    """The parts that keep state from one step to the next: names, rule state, open alerts and hazards."""

    vocabulary: Vocabulary
    decoder: Decoder
    engine: Engine
    ledger: Ledger
    positions: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, arrived: Arrived) -> Stepped:
        decoded = self.decoder.decode(arrived.messages)
        at = np.fromiter((message.at for message in arrived.messages), np.int64, len(arrived.messages))
        inputs = join([arrived.before, with_ticks(decoded.inputs, at, self.engine.clock), arrived.after])
        judged = self.engine.judge(inputs)
        entries = list(merge(judged.events, arrived.said, key=entry_time))
        return Stepped(decoded, inputs, judged, record(self.ledger, entries, arrived.now))

    @property
    def clock(self) -> int:
        return self.engine.clock

    def to_keep(self) -> bool:
        return False

    def waits(self) -> bool:
        return False

    def snapshot(self) -> bytes:
        return self.engine.snapshot()
