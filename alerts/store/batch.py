"""What goes into one commit, and what a restart gets back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.model import Alert, Hazard, Notice, Ticket, Timer
from alerts.writes import Writes
from ingest.inputs import Inputs
from ingest.message import Message
from ingest.rejected import Rejected
from rules.events import Event

PUBLISHED = "events_published"
"""The total of the events that are known to have left on MQTT."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one micro-batch caused: kept together or not at all."""

    messages: Sequence[Message]
    """As they came, in order: the refused and the repeated too, but not what the broker delivered again."""
    inputs: Inputs
    fates: NDArray[np.uint8]
    rejected: Sequence[Rejected]
    events: Sequence[Event]
    writes: Writes
    totals: Mapping[str, int]
    """Absolute values, not differences."""
    devices: Sequence[str]
    metrics: Sequence[str]
    """The names that the vocabulary gained, in order."""
    clock: int
    snapshot: bytes | None = None
    """The state of the rules after this batch, now and then."""
    unacknowledged: bytes = b""
    """Which messages the broker may deliver again, as :mod:`ingest.redelivered` packs it; replaces the last."""
    positions: Mapping[str, int] = field(default_factory=dict)
    """Of the cluster: up to where what Kafka holds is in this and earlier batches; those not named stay."""
    replies: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """Of the cluster: what is said to the orders of these numbers (:mod:`alerts.store.requests`)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a restart needs to go on as if it had never stopped."""

    clock: int = 0
    devices: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    snapshot: bytes | None = None
    inputs_after: list[Inputs] = field(default_factory=list)
    """The inputs committed after the snapshot, in order: the engine judges them again."""
    unacknowledged: bytes = b""
    positions: dict[str, int] = field(default_factory=dict)
    unpublished: list[Event] = field(default_factory=list)
    """The events after the first ``totals[PUBLISHED]``, in the order of cause."""
    alerts: list[Alert] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
