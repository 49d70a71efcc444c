"""Small batches and rows for the stories of the store."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer
from alerts.store import Batch
from alerts.writes import Writes
from ingest.inputs import BREAK, COLUMN_TYPES, NO_SEQ, TICK, Inputs, inputs_of
from ingest.message import Message
from rules.events import Event, Evidence, Subject
from rules.fates import CLOCK, NEW

DAY = 1_785_772_800_000
"""2026-08-04T00:00:00+08:00."""
BEIJING = 480
SMOKE = 1


def reading(device: int, at: int, value: float = 0.1, **more: Any) -> dict[str, Any]:
    """One row of inputs."""
    return {"device": device, "metric": SMOKE, "value": value, "ts": at, "sent": at, "seq": NO_SEQ, "at": at, **more}


def tick(at: int) -> dict[str, Any]:
    return reading(-1, at, 0.0, metric=TICK, message=-1)


def pause(at: int, length: int) -> dict[str, Any]:
    return reading(-1, at, float(length), metric=BREAK, message=-1)


def inputs(*rows: dict[str, Any]) -> Inputs:
    return inputs_of({name: [row.get(name, 0) for row in rows] for name in COLUMN_TYPES})


def batch(*rows: dict[str, Any], fates: Sequence[int] | None = None, clock: int = DAY, **more: Any) -> Batch:
    columns = inputs(*rows)
    given = fates if fates is not None else [NEW if row["device"] >= 0 else CLOCK for row in rows]
    parts: dict[str, Any] = {
        "messages": [],
        "rejected": [],
        "events": [],
        "writes": Writes(),
        "totals": {},
        "devices": [],
        "metrics": [],
    }
    return Batch(inputs=columns, fates=np.array(given, np.uint8), clock=clock, **parts | more)


def message(device: str, at: int, payload: bytes = b'{"values":{"smoke":0.1}}') -> Message:
    return Message(f"fengshao/v1/up/{device}", payload, at)


def event(number: int, kind: str = "raised", level: str = "orange", at: int = DAY) -> Event:
    return Event(
        id=f"e-{number}",
        event=kind,  # type: ignore[arg-type]
        rule="fire-detector",
        hazard="fire",
        subject=Subject("device", "D1"),
        level=level,
        at=at,
        received=at + 120,
        value=None,
        threshold=None,
        reason="reading",
        evidence=(Evidence("D1", at, "flags", flags=("fire",)),),
        basis="GB 25201",
        site="S1",
        township="330681005",
        version="2026-11-01",
    )


def alert(name: str, at: int = DAY, **more: Any) -> Alert:
    fields: dict[str, Any] = {
        "id": name,
        "rule": "fire-detector",
        "hazard": "fire",
        "subject_kind": "device",
        "subject": "D1",
        "level": "orange",
        "peak": "orange",
        "open": True,
        "raised_at": at,
        "received": at,
        "changed_at": at,
        "evidence": (Evidence("D1", at, "flags", flags=("fire",)), Evidence("D2", at, "smoke", 3.5)),
    }
    return Alert(**fields | more)


def hazard(name: str, at: int = DAY, **more: Any) -> Hazard:
    fields: dict[str, Any] = {
        "id": name,
        "kind": "fire",
        "place_kind": "site",
        "place": "S1",
        "township": "330681005",
        "site": "S1",
        "level": "orange",
        "peak": "orange",
        "phase": "verify",
        "opened_at": at,
        "changed_at": at,
    }
    return Hazard(**fields | more)


def ticket(name: str, at: int = DAY, **more: Any) -> Ticket:
    fields: dict[str, Any] = {
        "id": name,
        "kind": "device_quiet",
        "device": "D1",
        "township": "330681005",
        "site": "S1",
        "level": "blue",
        "state": "open",
        "opened_at": at,
        "changed_at": at,
    }
    return Ticket(**fields | more)


def notice(name: str, hazard_id: str, at: int = DAY, **more: Any) -> Notice:
    fields: dict[str, Any] = {
        "id": name,
        "hazard_id": hazard_id,
        "alert_id": "a",
        "person": "o-330681005-1",
        "township": "330681005",
        "step": 3,
        "channel": "terminal",
        "reason": "raised",
        "level": "orange",
        "text": "火警待核",
        "text_en": "Fire, to be verified",
        "created_at": at,
        "answer_by": at + 600_000,
    }
    return Notice(**fields | more)


def timer(name: str, hazard_id: str = "h", due: int = DAY) -> Timer:
    return Timer(id=name, hazard_id=hazard_id, kind="answer", due=due, version=0)


def step(name: str, hazard_id: str = "h", at: int = DAY) -> Step:
    return Step(id=name, hazard_id=hazard_id, at=at, kind="opened", person="", text="上报")


def by_id(*rows: Any) -> dict[str, Any]:
    return {row.id: row for row in rows}
