"""An answer enters the ledger: the incident's table says where it leads, and what leads there is written."""

from msgspec.structs import replace

from alerts.escalation import await_arrival, hand_over, is_ringing, stop_clock
from alerts.history import line
from alerts.incident import NO_SUCH_HAZARD, Refused, after_lifting, asked_of, judge
from alerts.model import Answer, Hazard, Phase, Result
from alerts.notices import mark_answered, skip_unsent
from alerts.open_rows import OpenRows
from alerts.plan import running
from alerts.tickets import answer_ticket, said, ticket_refusal

STEP_KIND = {
    "accept": "answered",
    "decline": "declined",
    "arrive": "arrived",
    "handle": "handled",
    "true": "result",
    "false": "result",
    "test": "result",
    "lift": "lifted",
    "close": "closed",
}
RESULTS: dict[str, Result] = {"true": "true", "false": "false", "test": "test"}


def refusal(rows: OpenRows, answer: Answer) -> Refused | None:
    """Why this answer would change nothing now, or None."""
    if answer.hazard_id in rows.tickets:
        return ticket_refusal(rows, answer)
    hazard = rows.hazards.get(answer.hazard_id)
    led = _led_to(rows, answer, hazard) if hazard else NO_SUCH_HAZARD
    return led if isinstance(led, Refused) else None


def take_answer(rows: OpenRows, answer: Answer) -> Refused | None:
    """Writes what an answer does; a refused one writes nothing."""
    if refused := refusal(rows, answer):
        return refused
    if answer.hazard_id in rows.tickets:
        answer_ticket(rows, answer)
        return None
    hazard = rows.hazards[answer.hazard_id]
    _say(rows, answer)
    mark_answered(rows, hazard, answer.person, answer.at)
    if answer.answer == "decline":
        _decline(rows, hazard, answer)
    elif answer.answer == "accept":
        _accept(rows, hazard, answer)
    else:
        led = _led_to(rows, answer, hazard)
        assert not isinstance(led, Refused)
        _advance(rows, hazard, answer, led)
    return None


def _led_to(rows: OpenRows, answer: Answer, hazard: Hazard) -> Phase | Refused:
    site_alerts = tuple(
        alert
        for alert in rows.alerts.values()
        if alert.open and hazard.site and alert.site == hazard.site and not alert.ticket_id
    )
    return judge(asked_of(answer, hazard, site_alerts, rows.plan.offset_minutes))


def _accept(rows: OpenRows, hazard: Hazard, answer: Answer) -> None:
    """The first to answer takes it; another one's answer is on record and changes no clock."""
    if hazard.answered_at is None:
        await_arrival(rows, _taken(hazard, answer), answer.at)
    else:
        rows.put_hazard(replace(hazard, changed_at=answer.at))


def _decline(rows: OpenRows, hazard: Hazard, answer: Answer) -> None:
    """Somebody else is looked for, unless another person has it."""
    theirs = hazard.owner == answer.person
    if is_ringing(hazard) and (theirs or hazard.answered_at is None):
        hand_over(rows, replace(hazard, owner="" if theirs else hazard.owner), answer.person, answer.at)


def _advance(rows: OpenRows, hazard: Hazard, answer: Answer, phase: Phase) -> None:
    """到场, 处置, a result, 解除 or 销号: who does it has taken it, and nothing rings any more."""
    if hazard.answered_at is None:
        hazard = _taken(hazard, answer)
    if phase == "lifted":
        phase = after_lifting(running(hazard).phases)
    hazard = replace(hazard, phase=phase, result=RESULTS.get(answer.answer, hazard.result), changed_at=answer.at)
    if phase == "closed":
        skip_unsent(rows, hazard, line("unsent", answer=answer.answer))
        hazard = replace(hazard, closed_at=answer.at)
    stop_clock(rows, hazard)


def _taken(hazard: Hazard, answer: Answer) -> Hazard:
    return replace(
        hazard,
        owner=answer.person,
        answered_at=answer.at,
        told_level=hazard.told_level or hazard.level,
        changed_at=answer.at,
    )


def _say(rows: OpenRows, answer: Answer) -> None:
    rows.step(answer.hazard_id, answer.at, STEP_KIND[answer.answer], said(rows, answer), answer.person)
