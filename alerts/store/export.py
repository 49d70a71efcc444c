"""What is kept, as the outside sees it: plain objects with RFC 3339 times, kind by kind."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Column, Engine, Row, Select, Table, select

from alerts.model import Alert, Hazard, Notice, Ticket
from alerts.store import schema
from alerts.store.names import DEVICE, METRIC
from alerts.store.pages import pages
from alerts.store.payloads import shown_payload
from alerts.store.rows import reader_of
from ingest.inputs import MARK_CEILING, MARK_CLOCK, MARK_RECEIPT, MARK_UNKNOWN_DEVICE, MARK_UNKNOWN_METRIC, NO_SEQ
from ingest.metrics import FLAGS_METRIC, flag_names
from rules.events import Event, outside, rfc3339
from rules.fates import LATE, NEW

Shown = dict[str, Any]

TIMES = ("at", "ts", "due", "received", "answer_by")
"""Besides the fields that end with ``_at``."""

FATE_NAMES = {NEW: "new", LATE: "late"}

TEXT_BYTES = 500
"""So much of a refused payload is also shown as text, for the eye."""

MARK_NAMES = {
    MARK_RECEIPT: "receipt_time",
    MARK_CLOCK: "clock",
    MARK_UNKNOWN_DEVICE: "unknown_device",
    MARK_UNKNOWN_METRIC: "unknown_metric",
    MARK_CEILING: "ceiling",
}


Rows = Iterable[Row[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is selected, by which time, in which order, and how its rows are shown with the site's offset."""

    query: Select[Any]
    time: Column[Any]
    order: list[Column[Any]]
    show: Callable[[Rows, int], Iterator[Shown]]


def export(engine: Engine, kind: Kind, start: int, stop: int, offset_minutes: int) -> Iterator[Shown]:
    """The rows of ``kind`` with ``start`` <= time < ``stop``."""
    query = kind.query.where(kind.time >= start, kind.time < stop)
    return kind.show(pages(engine, query, kind.order), offset_minutes)


def _of_ledger(table: Table, struct: type[msgspec.Struct], time: str) -> Kind:
    read = reader_of(struct)

    def show(rows: Rows, offset_minutes: int) -> Iterator[Shown]:
        for row in rows:
            yield _with_times(msgspec.to_builtins(read(row)), offset_minutes)

    return Kind(select(table), table.c[time], [table.c[time], table.c.id], show)


def _with_times(shown: Shown, offset_minutes: int) -> Shown:
    for name, value in shown.items():
        if name.endswith("_at") or name in TIMES:
            shown[name] = rfc3339(value, offset_minutes) if value else None
    for entry in shown.get("evidence", ()):
        entry["ts"] = rfc3339(entry["ts"], offset_minutes)
    if "plan" in shown:
        shown["plan"] = msgspec.json.decode(shown["plan"]) if shown["plan"] else None
    return shown


def _events(rows: Rows, offset_minutes: int) -> Iterator[Shown]:
    decode = msgspec.json.Decoder(Event).decode
    return (outside(decode(row.body), offset_minutes) for row in rows)


def _readings(rows: Rows, offset_minutes: int) -> Iterator[Shown]:
    for row in rows:
        declares = row.metric == FLAGS_METRIC
        yield {
            "device": row.device_name,
            "metric": row.metric_name,
            "value": None if declares else row.value,
            "flags": flag_names(int(row.value)) if declares else None,
            "ts": rfc3339(row.ts, offset_minutes),
            "sent": _sent(row.sent, offset_minutes),
            "at": rfc3339(row.at, offset_minutes),
            "seq": None if row.seq == NO_SEQ else row.seq,
            "fate": FATE_NAMES[row.fate],
            "marks": [name for mark, name in MARK_NAMES.items() if row.marks & mark],
        }


def _rejected(rows: Rows, offset_minutes: int) -> Iterator[Shown]:
    payload = b""
    for row in rows:
        payload = payload if row.payload is None else row.payload
        yield {
            "at": rfc3339(row.at, offset_minutes),
            "topic": row.mqtt_topic,
            "reason": row.reason,
            "detail": row.detail,
            "payload": shown_payload(payload),
            "text": payload[:TEXT_BYTES].decode("utf-8", "replace"),
        }


def _sent(sent: int, offset_minutes: int) -> str | int:
    """The device's own time; what lies outside the calendar stays the number that it was."""
    try:
        return rfc3339(sent, offset_minutes)
    except (ValueError, OverflowError, OSError):
        return sent


_devices, _metrics = schema.vocabulary.alias("devices"), schema.vocabulary.alias("metrics")
_named_readings = (
    select(schema.readings, _devices.c.name.label("device_name"), _metrics.c.name.label("metric_name"))
    .join(_devices, (_devices.c.kind == DEVICE) & (_devices.c.number == schema.readings.c.device), isouter=True)
    .join(_metrics, (_metrics.c.kind == METRIC) & (_metrics.c.number == schema.readings.c.metric), isouter=True)
)

KINDS: dict[str, Kind] = {
    "alerts": _of_ledger(schema.alerts, Alert, "raised_at"),
    "events": Kind(select(schema.events), schema.events.c.at, [schema.events.c.number], _events),
    "hazards": _of_ledger(schema.hazards, Hazard, "opened_at"),
    "tickets": _of_ledger(schema.tickets, Ticket, "opened_at"),
    "notices": _of_ledger(schema.notices, Notice, "created_at"),
    "readings": Kind(_named_readings, schema.readings.c.at, [schema.readings.c.id], _readings),
    "rejected": Kind(select(schema.rejected), schema.rejected.c.at, [schema.rejected.c.id], _rejected),
}
"""What ``fengshao export KIND`` knows. Events stand in the order of cause, readings in that of receipt."""
