"""Device tickets 设备工单: opened by a fault of a device, closed by its recovery or by hand; never a hazard."""

from msgspec.structs import replace

from alerts.history import line
from alerts.incident import CLOSED, NEEDS_NOTE, NOT_A_STEP, NOT_YOURS, Refused
from alerts.model import Alert, Answer, Ticket, derived_id
from alerts.notices import Call, mark_answered, skip_unsent, tell
from alerts.open_rows import OpenRows
from alerts.plan import STEPS
from rules.events import Event
from rules.levels import LEVEL_NUMBER, ORANGE

BY_RECOVERY = "recovery"
TICKET_ANSWERS = ("accept", "handle", "close")


def is_ticket_kind(hazard: str) -> bool:
    """Kinds that begin so are about the device itself."""
    return hazard.startswith("device_")


def open_ticket(rows: OpenRows, alert: Alert, event: Event) -> Ticket:
    """Opens or joins the one open ticket of this device and kind; tells only of what is bad enough."""
    key = ("device", alert.subject, alert.hazard, alert.run)
    ticket = rows.ticket_at(key)
    if ticket is None:
        ticket = Ticket(
            id=derived_id("ticket", *key, alert.id, event.received),
            kind=alert.hazard,
            device=alert.subject,
            township=alert.township,
            site=alert.site,
            level=alert.level,
            state="open",
            opened_at=event.received,
            changed_at=event.received,
            run=alert.run,
        )
        rows.step(ticket.id, event.received, "opened", rows.plan.kind(alert.hazard).zh, alert_id=alert.id)
    level = max(ticket.level, alert.level, key=LEVEL_NUMBER.__getitem__)
    ticket = replace(ticket, level=level, alerts=rows.joined(ticket, alert.id), changed_at=event.received)
    rows.put_ticket(ticket)
    return ticket


def tell_of_ticket(rows: OpenRows, ticket: Ticket, alert: Alert, event: Event) -> None:
    """A quiet device sends no notice, unless it fell quiet while things stood at orange or above."""
    levels = (event.level, *(entry.level for entry in event.evidence if entry.level))
    level = max(levels, key=lambda name: LEVEL_NUMBER.get(name, 0))
    if LEVEL_NUMBER[level] < ORANGE:
        return
    running = rows.plan.start(rows.places, alert.hazard, alert.site, alert.township)
    manned, empty = running.first_steps(level)
    for number in empty:
        rows.step(ticket.id, event.received, "empty", line("empty", step=number))
    for number in manned:
        call = Call(reason=event.event, level=level, at=event.received, alert=alert)
        tell(rows, ticket, number, running.at_step(number)[:1], call)


def recovered(rows: OpenRows, ticket: Ticket, event: Event) -> None:
    """Closes the ticket once none of its alerts is open."""
    if rows.open_alerts(ticket):
        return
    rows.step(ticket.id, event.received, "closed", line("recovered"), alert_id=event.id)
    _close(rows, ticket, event.received, BY_RECOVERY)


def ticket_refusal(rows: OpenRows, answer: Answer) -> Refused | None:
    """Why this answer would change nothing of its ticket."""
    ticket = rows.tickets[answer.hazard_id]
    running = rows.plan.start(rows.places, ticket.kind, ticket.site, ticket.township)
    told = {notice.person for notice in rows.notices.get(ticket.id, {}).values()}
    if answer.answer not in TICKET_ANSWERS:
        return NOT_A_STEP
    if answer.person not in told.union(*(running.people.get(step, ()) for step in STEPS)):
        return NOT_YOURS
    if answer.answer == "handle" and ticket.state == "repaired":
        return CLOSED
    return NEEDS_NOTE if answer.answer == "close" and not answer.note.strip() else None


def answer_ticket(rows: OpenRows, answer: Answer) -> None:
    """派单 is taken, repaired or closed by hand."""
    ticket = rows.tickets[answer.hazard_id]
    kind = {"accept": "answered", "handle": "repaired", "close": "closed"}[answer.answer]
    rows.step(ticket.id, answer.at, kind, said(rows, answer), answer.person)
    mark_answered(rows, ticket, answer.person, answer.at)
    if answer.answer == "close":
        _close(rows, ticket, answer.at, answer.person)
    elif answer.answer == "handle":
        rows.put_ticket(replace(ticket, state="repaired", changed_at=answer.at))


def said(rows: OpenRows, answer: Answer) -> str:
    """A line of history: who said what, by which way, and why."""
    note = answer.note.strip()
    who = {"person": rows.plan.name(answer.person), "answer": answer.answer, "via": answer.via}
    return line("answered_with", **who, note=note) if note else line("answered", **who)


def _close(rows: OpenRows, ticket: Ticket, at: int, by: str) -> None:
    skip_unsent(rows, ticket, line("unsent_ticket"))
    rows.put_ticket(replace(ticket, state="closed", changed_at=at, closed_at=at, closed_by=by))
