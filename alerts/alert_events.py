"""An alert event enters the ledger: it becomes an alert, which opens or joins a hazard or a device ticket."""

from msgspec.structs import replace

from alerts.copies import meant, seen_key
from alerts.escalation import is_ringing, start, tell_late
from alerts.history import line
from alerts.model import Alert, Hazard, derived_id
from alerts.notices import Call, tell
from alerts.open_rows import OpenRows, PlaceKey
from alerts.plan import STEP_NUMBER, running, stored
from alerts.text import subject_name
from alerts.tickets import is_ticket_kind, open_ticket, recovered, tell_of_ticket
from rules.events import Event
from rules.levels import LEVEL_NUMBER

INCIDENT_OVER = ("lifted", "rectify", "review")


def take_event(rows: OpenRows, event: Event) -> None:
    """Writes what an event changes; the same event a second time changes nothing."""
    known = rows.alert(event.id)
    taken = meant(event, known, rows.saw(seen_key(event)))
    if taken is None:
        return
    event = taken
    alert = _changed(known, event, rows.stale) if known else _raised(event, rows.stale)
    if is_ticket_kind(event.hazard):
        _to_ticket(rows, alert, event)
    elif event.event in ("raised", "upgraded"):
        _rise(rows, alert, event)
    else:
        _fall(rows, alert, event)


def _is_late(event: Event, stale: int) -> bool:
    return event.event in ("raised", "upgraded") and event.received - event.at > stale


def _raised(event: Event, stale: int) -> Alert:
    return Alert(
        id=event.id,
        rule=event.rule,
        hazard=event.hazard,
        subject_kind=event.subject.kind,
        subject=event.subject.id,
        level=event.level,
        peak=event.level,
        open=True,
        raised_at=event.at,
        received=event.received,
        changed_at=event.at,
        value=event.value,
        threshold=event.threshold,
        evidence=event.evidence,
        basis=event.basis,
        site=event.site,
        township=event.township,
        version=event.version,
        run=event.run,
        late=_is_late(event, stale),
    )


def _changed(known: Alert, event: Event, stale: int) -> Alert:
    ended = event.event == "cleared"
    return replace(
        known,
        level=event.level,
        peak=max(known.peak, event.level, key=LEVEL_NUMBER.__getitem__),
        open=not ended,
        changed_at=event.at,
        cleared_at=event.at if ended else None,
        value=event.value,
        threshold=event.threshold,
        evidence=event.evidence or known.evidence,
        basis=event.basis,
        version=event.version,
        late=known.late or _is_late(event, stale),
    )


def _to_ticket(rows: OpenRows, alert: Alert, event: Event) -> None:
    if event.event in ("raised", "upgraded"):
        ticket = open_ticket(rows, alert, event)
        rows.put_alert(replace(alert, ticket_id=ticket.id))
        tell_of_ticket(rows, ticket, alert, event)
        return
    rows.put_alert(alert)
    held = rows.tickets.get(alert.ticket_id)
    if held and event.event == "cleared":
        recovered(rows, held, event)


def _rise(rows: OpenRows, alert: Alert, event: Event) -> None:
    """Opens or joins the hazard of its place; a level higher than any told of starts that level's steps."""
    hazard = rows.hazards.get(alert.hazard_id) or rows.hazard_at(place_key(event)) or _opened(rows, event)
    alert = replace(alert, hazard_id=hazard.id)
    reopened = hazard.phase in INCIDENT_OVER
    if reopened:
        rows.step(hazard.id, event.received, "reopened", line("reopened"), alert_id=alert.id)
        hazard = replace(hazard, phase="verify", result="", owner="", answered_at=None, told_level="", step=0)
    rows.put_hazard(replace(hazard, alerts=rows.joined(hazard, alert.id)))
    rows.put_alert(alert)
    hazard = _levelled(rows, hazard.id, alert, event)
    if _is_late(event, rows.stale):
        tell_late(rows, hazard, alert, event.received)
    elif LEVEL_NUMBER[event.level] > LEVEL_NUMBER.get(hazard.told_level, 0):
        reason = "reopened" if reopened else "upgraded" if hazard.told_level else "raised"
        start(rows, hazard, Call(reason=reason, level=event.level, at=event.received, alert=alert))


def _fall(rows: OpenRows, alert: Alert, event: Event) -> None:
    """A lower level or an end is told to nobody but who has it in hand; it never closes the hazard."""
    rows.put_alert(alert)
    if alert.hazard_id not in rows.hazards:
        return
    hazard = _levelled(rows, alert.hazard_id, alert, event)
    if event.event == "cleared" and hazard.owner and is_ringing(hazard) and not rows.open_alerts(hazard):
        _tell_owner(rows, hazard, Call(reason="cleared", level=hazard.level, at=event.received, alert=alert))


def _levelled(rows: OpenRows, hazard_id: str, alert: Alert, event: Event) -> Hazard:
    """The hazard's level is the highest of its open alerts, else that of the last one to end."""
    hazard = rows.hazards[hazard_id]
    open_ones = rows.open_alerts(hazard)
    level = open_ones[0].level if open_ones else event.level
    peak = max(hazard.peak, level, key=LEVEL_NUMBER.__getitem__)
    hazard = replace(hazard, level=level, peak=peak, changed_at=event.received)
    rows.put_hazard(hazard)
    late = "late" if _is_late(event, rows.stale) else ""
    text = line(event.event, device=subject_name(alert, rows.places), level=event.level, late=late)
    rows.step(hazard.id, event.received, "alert", text, alert_id=alert.id)
    return hazard


def _opened(rows: OpenRows, event: Event) -> Hazard:
    key = place_key(event)
    hazard = Hazard(
        id=derived_id("hazard", *key, event.id, event.at, event.received),
        kind=event.hazard,
        place_kind=key[0],
        place=key[1],
        township=event.township,
        site=event.site,
        level=event.level,
        peak=event.level,
        phase="verify",
        opened_at=event.received,
        changed_at=event.received,
        plan=stored(rows.plan.start(rows.places, event.hazard, event.site, event.township)),
        run=event.run,
    )
    rows.step(hazard.id, event.received, "opened", rows.plan.kind(event.hazard).zh, alert_id=event.id)
    return hazard


def place_key(event: Event) -> PlaceKey:
    """Where it is: the site, else the township, else the subject itself."""
    if event.site:
        return ("site", event.site, event.hazard, event.run)
    if event.township:
        return ("township", event.township, event.hazard, event.run)
    return (event.subject.kind, event.subject.id, event.hazard, event.run)


def _tell_owner(rows: OpenRows, hazard: Hazard, call: Call) -> None:
    people = running(hazard).people
    step = next((name for name, ids in people.items() if hazard.owner in ids), "city")
    tell(rows, hazard, STEP_NUMBER[step], [hazard.owner], call)
