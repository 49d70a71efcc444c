"""What is open now, and what the present call changes of it: every change goes through ``put_…`` into both."""

from collections.abc import Iterable

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer, derived_id
from alerts.plan import Plan
from alerts.recent import Recent
from alerts.timers import Timers
from alerts.writes import Writes
from ingest.places import Places
from rules.levels import LEVEL_NUMBER
from rules.rulebook import Rule, Rulebook

REMEMBERED = 20_000
"""So many ended alerts and closed notices are still recognised when a copy or a receipt of them comes."""

KEPT = 200
"""So many alerts a hazard's row names; more only while they are all open. The store finds each by its hazard."""

PlaceKey = tuple[str, str, str, str | None]
"""Kind of place, place, kind of hazard, run: at most one hazard of a key is open."""


class OpenRows:
    """Rows are replaced, never changed in place: what ``writes`` holds stays what it was."""

    def __init__(self, plan: Plan, places: Places, stale: int, rulebook: Rulebook | None) -> None:
        self.plan = plan
        self.places = places
        self.stale = stale
        self.rules: dict[str, Rule] = {rule.id: rule for rule in rulebook.rules} if rulebook else {}
        self.alerts: dict[str, Alert] = {}
        self.hazards: dict[str, Hazard] = {}
        self.tickets: dict[str, Ticket] = {}
        self.notices: dict[str, dict[str, Notice]] = {}
        """By the hazard or ticket that they speak of."""
        self.timers = Timers()
        self.ended: Recent[Alert] = Recent(REMEMBERED)
        self.closed_notices: Recent[Notice] = Recent(REMEMBERED)
        self._seen: Recent[bool] = Recent(REMEMBERED)
        self.writes = Writes()
        self._at_place: dict[PlaceKey, str] = {}
        self._at_device: dict[PlaceKey, str] = {}
        self._notice_of: dict[str, str] = {}

    def put_alert(self, alert: Alert) -> None:
        """Writes an alert; one that has ended with all that hangs on it is only remembered."""
        self.writes.alerts[alert.id] = alert
        held = self.hazards.get(alert.hazard_id) or self.tickets.get(alert.ticket_id)
        if alert.open or (held and alert.id in held.alerts):
            self.alerts[alert.id] = alert
        else:
            self.alerts.pop(alert.id, None)
            self.ended.keep(alert.id, alert)

    def put_hazard(self, hazard: Hazard) -> None:
        """Writes a hazard; a closed one makes room at its place for the next."""
        self.writes.hazards[hazard.id] = hazard
        key = (hazard.place_kind, hazard.place, hazard.kind, hazard.run)
        if hazard.phase != "closed":
            self.hazards[hazard.id] = hazard
            self._at_place[key] = hazard.id
        elif self.hazards.pop(hazard.id, None):
            del self._at_place[key]
            self._let_go(hazard.id, hazard.alerts)

    def put_ticket(self, ticket: Ticket) -> None:
        """Writes a ticket; a closed one makes room for the device's next."""
        self.writes.tickets[ticket.id] = ticket
        key = ("device", ticket.device, ticket.kind, ticket.run)
        if ticket.state != "closed":
            self.tickets[ticket.id] = ticket
            self._at_device[key] = ticket.id
        elif self.tickets.pop(ticket.id, None):
            del self._at_device[key]
            self._let_go(ticket.id, ticket.alerts)

    def put_notice(self, notice: Notice) -> None:
        """Writes a notice."""
        self.writes.notices[notice.id] = notice
        if notice.hazard_id in self.hazards or notice.hazard_id in self.tickets:
            self.notices.setdefault(notice.hazard_id, {})[notice.id] = notice
            self._notice_of[notice.id] = notice.hazard_id
        else:
            self.closed_notices.keep(notice.id, notice)

    def put_timer(self, timer: Timer) -> None:
        """Starts a timer."""
        self.timers.put(timer)
        self.writes.timers[timer.id] = timer
        self.writes.dropped_timers.discard(timer.id)

    def drop_timer(self, timer_id: str) -> None:
        """Takes back a timer that is no longer wanted, if it runs."""
        if self.timers.drop(timer_id):
            self.timer_gone(timer_id)

    def timer_gone(self, timer_id: str) -> None:
        """Writes that a timer is no more; one that this very call has started was never written."""
        self.writes.timers.pop(timer_id, None)
        self.writes.dropped_timers.add(timer_id)

    def step(self, of: str, at: int, kind: str, text: str, person: str = "", alert_id: str = "") -> None:
        """Appends a line to the history of a hazard or ticket."""
        step_id = derived_id("step", of, at, kind, person, text, alert_id)
        self.writes.steps.append(
            Step(id=step_id, hazard_id=of, at=at, kind=kind, person=person, text=text, alert_id=alert_id)
        )

    def saw(self, key: str) -> bool:
        """Whether an event of this key has come before; from now on it has."""
        before = self._seen.get(key) is not None
        self._seen.keep(key, True)
        return before

    def joined(self, of: Hazard | Ticket, alert_id: str) -> tuple[str, ...]:
        """The ids of its alerts and this one; of too many, the oldest of those that have ended are let go."""
        ids = tuple(dict.fromkeys((*of.alerts, alert_id)))
        open_ones = {alert.id for alert in self.open_alerts(of)} | {alert_id}
        ended = [known for known in ids if known not in open_ones]
        spare = ended[: max(0, len(ids) - KEPT)]
        self._remember(spare)
        return tuple(known for known in ids if known not in spare)

    def alert(self, alert_id: str) -> Alert | None:
        """An alert that is open or has lately ended."""
        return self.alerts.get(alert_id) or self.ended.get(alert_id)

    def notice(self, notice_id: str) -> Notice | None:
        """A notice of something open or lately closed."""
        of = self._notice_of.get(notice_id)
        return self.notices[of][notice_id] if of else self.closed_notices.get(notice_id)

    def hazard_at(self, key: PlaceKey) -> Hazard | None:
        """The open hazard of this kind at this place."""
        found = self._at_place.get(key)
        return self.hazards[found] if found else None

    def ticket_at(self, key: PlaceKey) -> Ticket | None:
        """The open ticket of this kind of this device."""
        found = self._at_device.get(key)
        return self.tickets[found] if found else None

    def open_alerts(self, of: Hazard | Ticket) -> list[Alert]:
        """Its alerts that have not ended, highest level first, then the oldest."""
        known = [self.alerts[alert_id] for alert_id in of.alerts if alert_id in self.alerts]
        return sorted(
            (alert for alert in known if alert.open), key=lambda alert: (-LEVEL_NUMBER[alert.level], alert.raised_at)
        )

    def _let_go(self, of: str, alerts: tuple[str, ...]) -> None:
        for notice_id, notice in self.notices.pop(of, {}).items():
            del self._notice_of[notice_id]
            self.closed_notices.keep(notice_id, notice)
        self._remember(alerts)

    def _remember(self, alerts: Iterable[str]) -> None:
        for alert_id in alerts:
            alert = self.alerts.get(alert_id)
            if alert and not alert.open:
                del self.alerts[alert_id]
                self.ended.keep(alert_id, alert)
