"""A batch as rows of the hot tables, in the order of their columns."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from alerts.store.batch import Batch
from alerts.store.load import RULES, UNACKNOWLEDGED
from alerts.store.messages import pack_messages
from alerts.store.schema import HOUR_MS
from ingest.inputs import TICK, Inputs, pack
from ingest.rejected import Rejected
from rules.events import Event
from rules.fates import DUPLICATE

Rows = list[tuple[Any, ...]]


def is_idle(batch: Batch) -> bool:
    """Whether nothing but time passed. Such ticks changed nothing: the last stands for all (one tick may)."""
    caused = batch.messages or batch.events or batch.writes or batch.snapshot is not None
    return not caused and len(batch.inputs) > 0 and bool((batch.inputs.metric == TICK).all())


def is_logged(batch: Batch) -> bool:
    """Whether it has a row in the log: nothing came in where Kafka keeps it. A snapshot tells its row's number."""
    return len(batch.inputs) > 0 or bool(batch.messages) or batch.snapshot is not None


def log_row(seq: int, batch: Batch) -> tuple[Any, ...]:
    """The batch as it came in, enough to play it again."""
    inputs, messages = batch.inputs, batch.messages
    times = [message.at for message in messages]
    if len(inputs):
        times += [int(inputs.at.min()), int(inputs.at.max())]
    return (
        seq,
        min(times, default=batch.clock),
        max(times, default=batch.clock),
        pack(inputs),
        pack_messages(messages),
    )


def reading_rows(inputs: Inputs, fates: NDArray[np.uint8]) -> Rows:
    """Every reading but the duplicates; ticks and breaks have no device."""
    kept = (inputs.device >= 0) & (fates != DUPLICATE)
    columns = (
        *(inputs.device, inputs.metric, inputs.ts, inputs.sent, inputs.at, inputs.value, inputs.seq),
        *(fates, inputs.marks, inputs.ts // HOUR_MS),
    )
    return list(zip(*(column[kept].tolist() for column in columns), strict=True))


def rejected_rows(seq: int, rejected: Sequence[Rejected]) -> Rows:
    """Each refusal; one message may be refused a thousand times over, its payload is kept with the first."""
    rows: Rows = []
    before: tuple[int, bytes] | None = None
    for refusal in rejected:
        this = (refusal.message, refusal.payload)
        payload = None if this == before else refusal.payload
        before = this
        rows.append(
            (seq, refusal.message, refusal.reason.value, refusal.mqtt_topic, payload, refusal.at, refusal.detail)
        )
    return rows


PIECE_BYTES = 1 << 28
"""No database takes a value of any size (SQLite: 1 GB)."""


def snapshot_rows(seq: int, batch: Batch) -> Rows:
    """What replaces the last of its name; of an earlier one, which may have had more pieces, those have another seq."""
    rows: Rows = [(UNACKNOWLEDGED, 0, seq, batch.unacknowledged)]
    state = memoryview(batch.snapshot or b"")
    for piece, start in enumerate(range(0, len(state), PIECE_BYTES)):
        rows.append((RULES, piece, seq, state[start : start + PIECE_BYTES]))
    return rows


def event_rows(events: Sequence[Event]) -> list[dict[str, Any]]:
    """The key of each event, and the whole of it."""
    return [
        dict(zip(EVENT_KEY, event_key(event), strict=True))
        | {"received": event.received, "body": msgspec.json.encode(event).decode()}
        for event in events
    ]


EVENT_KEY = ("id", "event", "level", "at")


def event_key(event: Event) -> tuple[Any, ...]:
    """By what it is unique."""
    return tuple(getattr(event, name) for name in EVENT_KEY)
