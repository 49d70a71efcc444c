"""Writing a notice: one message to one person, in the outbox together with what caused it."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from alerts.history import line
from alerts.model import Alert, Hazard, Notice, Ticket, derived_id
from alerts.open_rows import OpenRows
from alerts.plan import STEPS
from alerts.text import Message, compose


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Why people are told now; ``silent`` is the step that did not answer, ``number`` minutes late or times called."""

    reason: str
    level: str
    at: int
    answer_by: int | None = None
    alert: Alert | None = None
    silent: int = 0
    number: int = 0

    def until(self, answer_by: int | None, alert: Alert | None) -> "Call":
        """The same call with its deadline and the alert that it speaks of."""
        return dataclasses.replace(self, answer_by=answer_by, alert=alert)


def tell(rows: OpenRows, about: Hazard | Ticket, step: int, people: Sequence[str], call: Call) -> None:
    """Writes a notice to each of these people of one step."""
    alert = call.alert or leading_alert(rows, about) or _stand_in(about)
    texts = compose(_message(rows, about, alert, call), rows.places, rows.plan.offset_minutes)
    for person in people:
        channel = rows.plan.channel(STEPS[step - 1], about.township)
        on_board = channel == "board"
        rows.put_notice(
            Notice(
                id=derived_id("notice", about.id, person, call.reason, call.level, call.at),
                hazard_id=about.id,
                alert_id=alert.id,
                person=person,
                township=about.township,
                step=step,
                channel=channel,
                reason=call.reason,
                level=call.level,
                text=texts[0],
                text_en=texts[1],
                created_at=call.at,
                answer_by=call.answer_by,
                state="sent" if on_board else "pending",
                next_try_at=call.at,
                sent_at=call.at if on_board else None,
                run=about.run,
            )
        )
        said = line("notified", step=step, person=rows.plan.name(person), why=call.reason)
        rows.step(about.id, call.at, "notified", said, person, alert.id)


def leading_alert(rows: OpenRows, about: Hazard | Ticket) -> Alert | None:
    """What a message speaks of: the worst open alert, else the last that is known."""
    open_ones = rows.open_alerts(about)
    known = [alert for alert_id in about.alerts if (alert := rows.alert(alert_id))]
    return open_ones[0] if open_ones else max(known, key=lambda alert: alert.changed_at, default=None)


def skip_unsent(rows: OpenRows, about: Hazard | Ticket, why: str) -> None:
    """What has not gone out when everything is over goes out no more."""
    for notice in list(rows.notices.get(about.id, {}).values()):
        if notice.state == "pending":
            rows.put_notice(replace(notice, state="skipped", failure=why))


def mark_answered(rows: OpenRows, about: Hazard | Ticket, person: str, at: int) -> None:
    """A person's answer answers all that they were told of it."""
    for notice in list(rows.notices.get(about.id, {}).values()):
        if notice.person == person and notice.answered_at is None:
            rows.put_notice(replace(notice, state="answered", answered_at=at))


def _stand_in(about: Hazard | Ticket) -> Alert:
    """What is said where no alert is known any more: nobody goes untold for want of a reading."""
    return Alert(
        id="",
        rule="",
        hazard=about.kind,
        subject_kind=about.place_kind if isinstance(about, Hazard) else "device",
        subject=about.place if isinstance(about, Hazard) else about.device,
        level=about.level,
        peak=about.level,
        open=True,
        raised_at=about.opened_at,
        received=about.opened_at,
        changed_at=about.opened_at,
        site=about.site,
        township=about.township,
        run=about.run,
    )


def _message(rows: OpenRows, about: Hazard | Ticket, alert: Alert, call: Call) -> Message:
    alarming = rows.open_alerts(about)
    return Message(
        reason=call.reason,
        level=call.level,
        kind=rows.plan.kind(about.kind),
        alert=alert,
        rule=rows.rules.get(alert.rule),
        devices=len({one.subject for one in alarming}) or int(alert.open),
        since=min((one.raised_at for one in alarming), default=alert.raised_at),
        at=call.at,
        answer_by=call.answer_by,
        step=call.silent,
        number=call.number,
    )
