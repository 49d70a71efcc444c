"""Readings on their way into columns: plain lists that grow, then numpy at the end of the batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.inputs import COLUMN_TYPES, MARK_CEILING, MARK_CLOCK, MARK_UNKNOWN_METRIC, Inputs
from ingest.message import Message
from ingest.metrics import GAS_CEILING, METRIC_NUMBER, METRICS
from ingest.timing import Timing

GAS = METRIC_NUMBER["gas"]
ELEMENT = 6
"""Numbers of an element (one reading object): place of its message, device, sent, seq, marks, count of its rows."""


@dataclass(slots=True)
class Columns:
    """An element becomes one row per value, then one for its flags; ``elements`` holds its numbers one after another.

    ``several`` says whether any message holds more than one element, so that rows may need to be put in order.
    """

    elements: list[int] = field(default_factory=list)
    metric: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    several: bool = False

    def inputs(self, messages: Sequence[Message], timing: Timing) -> Inputs:
        """All rows: in the order of messages, within one by evaluated time, then as they were sent."""
        elements = np.array(self.elements, dtype=np.int64).reshape(-1, ELEMENT).T
        place, device, sent, seq, marks, _ = np.repeat(elements, elements[-1], axis=1)
        at = np.array([message.at for message in messages], dtype=np.int64)[place]
        believed = (sent <= at + timing.skew) & (sent >= at - timing.max_age)
        metric = np.array(self.metric, dtype=np.int16)
        value = np.array(self.value, dtype=np.float64) + 0.0  # adding zero makes -0.0 the 0.0 that it is
        ceiling = (metric == GAS) & (value > GAS_CEILING)
        value[ceiling] = GAS_CEILING
        marks |= ~believed * MARK_CLOCK | ceiling * MARK_CEILING | (metric >= len(METRICS)) * MARK_UNKNOWN_METRIC
        inputs = Inputs(
            device=device.astype(np.int32),
            metric=metric,
            value=value,
            ts=np.where(believed, sent, at),
            sent=sent,
            seq=seq,
            at=at,
            message=place.astype(np.int32),
            marks=marks.astype(np.uint8),
        )
        return _in_order(inputs) if self.several else inputs


def _in_order(inputs: Inputs) -> Inputs:
    order = np.lexsort((inputs.ts, inputs.message))
    return Inputs(**{name: getattr(inputs, name)[order] for name in COLUMN_TYPES})
