"""The ledger: alert events, answers, receipts and time go in, and what is to be written comes out.

Nothing here reads a clock. Every entry bears its own time; a timer due before it fires first, so that what is
written does not depend on how the entries were cut into batches.
"""

from collections.abc import Iterable, Sequence

from alerts.alert_events import take_event
from alerts.answers import refusal, take_answer
from alerts.escalation import fire
from alerts.incident import Refused
from alerts.model import Alert, Answer, Hazard, Notice, Receipt, Ticket, Timer
from alerts.open_rows import OpenRows
from alerts.plan import Plan
from alerts.receipts import take_receipt
from alerts.writes import Writes
from ingest.places import Places
from rules.events import Event
from rules.rulebook import Rulebook

Entry = Event | Answer | Receipt


class Ledger:
    """What is open, in memory; the store has the same rows.

    ``stale`` (ms) is how old an alert may be and still wake somebody; with a ``rulebook``, rain texts name the window.
    """

    def __init__(self, plan: Plan, places: Places, stale: int, rulebook: Rulebook | None = None) -> None:
        self.rows = OpenRows(plan, places, stale, rulebook)
        self.refused: list[tuple[Answer, Refused]] = []
        """The answers that the last call of :func:`record` refused."""

    def load(
        self,
        alerts: Iterable[Alert],
        hazards: Iterable[Hazard],
        tickets: Iterable[Ticket],
        notices: Iterable[Notice],
        timers: Iterable[Timer],
    ) -> None:
        """Takes up what the store has open."""
        rows = self.rows
        for hazard in hazards:
            rows.put_hazard(hazard)
        for ticket in tickets:
            rows.put_ticket(ticket)
        for alert in alerts:
            rows.put_alert(alert)
        for notice in notices:
            rows.put_notice(notice)
        for timer in timers:
            rows.put_timer(timer)
        rows.writes = Writes()

    def refusal(self, answer: Answer) -> Refused | None:
        """Why this answer would change nothing if it came now, or None."""
        return refusal(self.rows, answer)

    def notice(self, notice_id: str) -> Notice | None:
        """A notice of something that is open or has lately closed."""
        return self.rows.notice(notice_id)


def record(ledger: Ledger, entries: Sequence[Entry], now: int) -> Writes:
    """Takes the entries in their order, each after the timers due before it; then the timers due before ``now``."""
    rows = ledger.rows
    writes = rows.writes = Writes()
    ledger.refused = []
    for entry in entries:
        _fire_due(rows, entry_time(entry))
        _take(ledger, entry)
    _fire_due(rows, now)
    return writes


def entry_time(entry: Entry) -> int:
    """When the entry came in."""
    return entry.received if isinstance(entry, Event) else entry.at


def _take(ledger: Ledger, entry: Entry) -> None:
    match entry:
        case Event():
            take_event(ledger.rows, entry)
        case Receipt():
            take_receipt(ledger.rows, entry)
        case Answer():
            if refused := take_answer(ledger.rows, entry):
                ledger.refused.append((entry, refused))


def _fire_due(rows: OpenRows, before: int) -> None:
    while timer := rows.timers.take(before):
        fire(rows, timer)
