"""A small road for the board's tests: the real ledger and the real store, on the example site, without a broker."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alerts.ledger import Entry, Ledger, record
from alerts.links import make_link
from alerts.model import Answer, Receipt
from alerts.store import Batch, Store
from ingest.inputs import COLUMN_TYPES, NO_SEQ, Inputs, inputs_of
from ingest.metrics import METRIC_NUMBER
from pipeline.site import Site
from rules.events import Event, Evidence, Subject, event_id
from rules.fates import NEW

MORNING = 1_785_772_800_000 + 9 * 3_600_000
"""2026-08-04 09:00:00 at +08:00."""
SECOND, MINUTE = 1_000, 60_000
SECRET = b"a secret of the tests"


class Road:
    """Takes events, readings and answers, commits each with what it caused, as the real one does."""

    def __init__(self, folder: Path, site: Site, at: int = MORNING) -> None:
        self.site = site
        self.clock = at
        self.path = folder / "fengshao.db"
        self.store = Store(self.path)
        self.ledger = Ledger(site.plan, site.places, site.timing.stale, site.rulebook)
        self.devices: dict[str, int] = {}
        self.totals = {"received": 0, "readings": 0}
        self.orders: list[dict[str, Any]] = []
        self.away = False

    def again(self, folder: Path) -> "Road":
        """Another road that goes on in ``folder`` from this one's closed store, as after a restart."""
        shutil.copy(self.path, folder)
        made = Road(folder, self.site, self.clock)
        kept = made.store.load()
        made.ledger.load(kept.alerts, kept.hazards, kept.tickets, kept.notices, kept.timers)
        made.devices, made.totals = dict(self.devices), dict(self.totals)
        return made

    def raise_alert(self, rule_id: str, device: str, level: str, **more: Any) -> Event:
        """The rule raises at this device, now (or ``at``)."""
        rule = next(one for one in self.site.rulebook.rules if one.id == rule_id)
        at = more.pop("at", self.clock)
        proof = Evidence(device, at, rule.metric, more.get("value")) if rule.metric else None
        proof = proof or Evidence(device, at, "flags", flags=(rule.flag,) if rule.flag else ())
        place = self.site.places.devices[device]
        event = Event(
            id=event_id(rule_id, "device", device, at),
            event=more.pop("event", "raised"),
            rule=rule_id,
            hazard=rule.hazard,
            subject=Subject("device", device),
            level=level,
            at=at,
            received=more.pop("received", self.clock),
            value=more.pop("value", None),
            threshold=more.pop("threshold", None),
            reason="reading",
            evidence=(proof,),
            basis=rule.basis,
            site=place.site_id,
            township=place.township,
            version=self.site.version,
        )
        self.commit([event], events=[event])
        return event

    def clear(self, raised: Event) -> None:
        """The alert ends now."""
        fields = {name: getattr(raised, name) for name in raised.__struct_fields__}
        event = Event(**fields | {"event": "cleared", "at": self.clock, "received": self.clock, "evidence": ()})
        self.commit([event], events=[event])

    def report(self, device: str, metric: str, values: Sequence[float], every: int = MINUTE) -> None:
        """Readings that end now, ``every`` so long."""
        new = [] if device in self.devices else [device]
        number = self.devices.setdefault(device, len(self.devices))
        start = self.clock - (len(values) - 1) * every
        rows = [
            {"device": number, "metric": METRIC_NUMBER[metric], "value": value, "ts": ts, "sent": ts, "at": ts}
            for ts, value in ((start + place * every, value) for place, value in enumerate(values))
        ]
        self.totals = {name: count + len(values) for name, count in self.totals.items()}
        self.commit([], inputs=_columns(rows), devices=new)

    def turn(self, milliseconds: int) -> None:
        """Time passes: what falls due is acted on, and what was to be sent is sent and delivered."""
        self.clock += milliseconds
        self.commit([])
        self.deliver()

    def deliver(self) -> None:
        """Every pending notice goes out and arrives."""
        pending = [one for rows in self.ledger.rows.notices.values() for one in rows.values() if one.state == "pending"]
        receipts = [
            Receipt(notice_id=one.id, state=state, at=self.clock) for one in pending for state in ("sent", "delivered")
        ]
        self.commit(receipts)

    def answer(self, hazard_id: str, person: str, said: str, note: str = "") -> bool:
        """Whether the ledger took it."""
        given = Answer(hazard_id=hazard_id, person=person, answer=said, at=self.clock, via="terminal", note=note)
        self.commit([given])
        return not self.ledger.refused

    async def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """What the board hands in, as the road's desk answers it."""
        if self.away:
            raise ConnectionRefusedError
        if order["do"] == "ping":
            return {"ok": True}
        self.orders.append(order)
        if order["do"] != "answer":
            return {"ok": True}
        given = Answer(at=self.clock, **{name: text for name, text in order.items() if name != "do"})
        self.commit([given])
        if not self.ledger.refused:
            return {"ok": True}
        why = self.ledger.refused[0][1]
        return {"ok": False, "why": why.why_zh, "why_en": why.why_en}

    def link(self, hazard_id: str, person: str) -> str:
        """The page of this person's notice of the hazard."""
        notice = next(one for one in self.ledger.rows.notices[hazard_id].values() if one.person == person)
        return "/a/" + make_link(SECRET, notice.id, hazard_id, person, notice.created_at)

    def commit(
        self,
        entries: Sequence[Entry],
        inputs: Inputs | None = None,
        events: Sequence[Event] = (),
        devices: Sequence[str] = (),
    ) -> None:
        columns = inputs if inputs is not None else _columns([])
        batch = Batch(
            messages=[],
            inputs=columns,
            fates=np.full(len(columns), NEW, np.uint8),
            rejected=[],
            events=events,
            writes=record(self.ledger, entries, self.clock),
            totals=self.totals,
            devices=devices,
            metrics=[],
            clock=self.clock,
        )
        self.store.commit(batch)


def _columns(rows: Sequence[dict[str, Any]]) -> Inputs:
    blank = {"seq": NO_SEQ}
    return inputs_of({name: [(blank | row).get(name, 0) for row in rows] for name in COLUMN_TYPES})
