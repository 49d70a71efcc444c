"""逐级叫应: who is told when a level starts, and who next when nobody answers or nobody arrives in time.

    start ──▶ answer clock ──(收到)──▶ arrive clock ──(到场 or a result)──▶ no clock
                  │                        │
                  └──── next step up ◀─────┘        at the top: told again, ``repeat`` times

A clock is a timer row; whatever replaces it raises the hazard's version, and a timer of another version is void.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from alerts.history import line
from alerts.model import Alert, Hazard, Timer, derived_id
from alerts.notices import Call, leading_alert, tell
from alerts.open_rows import OpenRows
from alerts.plan import TOP, EscalationRow, Running, running
from rules.levels import LEVEL_NUMBER

TELL_AFTER = 120_000
"""A late alert is told only if it is still open so long after it was received."""


def clock_id(hazard: Hazard) -> str:
    """The id of the one clock that a hazard of this version has."""
    return derived_id("timer", hazard.id, hazard.version)


def is_ringing(hazard: Hazard) -> bool:
    """Does it still need an answer: nobody is on the spot and nobody has given a result."""
    return hazard.phase == "verify" and not hazard.result


def start(rows: OpenRows, hazard: Hazard, call: Call) -> None:
    """Tells everybody whom the call's level starts with; the answer clock begins anew."""
    plan = running(hazard)
    row = plan.rows[call.level]
    hazard = replace(hazard, told_level=call.level, repeats=0)
    manned, empty = plan.first_steps(call.level)
    for number in empty:
        _say_empty(rows, hazard, number, call.at)
    groups = [(number, plan.at_step(number)[:1]) for number in manned]
    if hazard.owner and not any(hazard.owner in people for _, people in groups):
        groups.append((_post(plan, hazard.owner) or TOP, (hazard.owner,)))
    step = max([hazard.step, *empty, *(number for number, _ in groups)])
    _ring(rows, replace(hazard, step=step), row, groups, call)


def escalate(rows: OpenRows, hazard: Hazard, reason: str, at: int) -> None:
    """Goes to the next step that has somebody; at the top the same people are told again, then their substitutes."""
    plan = running(hazard)
    row = plan.rows[hazard.told_level]
    silent = hazard.step
    while hazard.step < TOP:
        hazard = replace(hazard, step=hazard.step + 1)
        people = plan.at_step(hazard.step)
        if people:
            rows.step(hazard.id, at, "escalated", line(reason, step=silent, next=hazard.step))
            call = Call(reason=reason, level=hazard.told_level, at=at, silent=silent)
            _ring(rows, hazard, row, [(hazard.step, people[:1])], call)
            return
        _say_empty(rows, hazard, hazard.step, at)
    _tell_top_again(rows, hazard, row, at)


def _tell_top_again(rows: OpenRows, hazard: Hazard, row: EscalationRow, at: int) -> None:
    plan = running(hazard)
    top = next((number for number in range(TOP, 0, -1) if plan.at_step(number)), None)
    if top is None or hazard.repeats >= row.repeat:
        rows.step(hazard.id, at, "exhausted", line("exhausted" if top else "nobody"))
        rows.put_hazard(replace(hazard, changed_at=at, version=hazard.version + 1))
        return
    hazard = replace(hazard, repeats=hazard.repeats + 1)
    rows.step(hazard.id, at, "repeated", line("repeated", step=top, n=hazard.repeats))
    people = plan.at_step(top)[: hazard.repeats + 1]
    call = Call(reason="repeated", level=hazard.told_level, at=at, number=hazard.repeats)
    _ring(rows, hazard, row, [(top, people)], call)


def hand_over(rows: OpenRows, hazard: Hazard, person: str, at: int) -> None:
    """转替班: the next one of the same post, else the next step."""
    plan = running(hazard)
    post = _post(plan, person) or hazard.step
    substitute = next((one for one in plan.at_step(post) if one not in hazard.told), None)
    if substitute is None:
        escalate(rows, hazard, "substitute", at)
        return
    call = Call(reason="substitute", level=hazard.told_level, at=at)
    _ring(rows, hazard, plan.rows[hazard.told_level], [(post, [substitute])], call)


def await_arrival(rows: OpenRows, hazard: Hazard, at: int) -> None:
    """收到 stops the ringing, not the clock: the arrive clock begins, where the kind and the level have one."""
    plan = running(hazard)
    within = plan.rows[hazard.told_level].arrive_within if "arrive" in plan.phases else None
    if within is None or not is_ringing(hazard):
        stop_clock(rows, hazard)
    else:
        _set_clock(rows, hazard, "arrive", at + within)


def stop_clock(rows: OpenRows, hazard: Hazard) -> None:
    """Writes the hazard with nothing that runs."""
    rows.drop_timer(clock_id(hazard))
    rows.put_hazard(replace(hazard, answer_by=None, version=hazard.version + 1))


def tell_late(rows: OpenRows, hazard: Hazard, alert: Alert, received: int) -> None:
    """Starts the two minutes after which a late alert is told, if it is still open."""
    timer_id = derived_id("tell", hazard.id, alert.id, alert.level, received)
    due = received + TELL_AFTER
    rows.put_timer(Timer(id=timer_id, hazard_id=hazard.id, kind="tell", due=due, version=0, alert_id=alert.id))


def fire(rows: OpenRows, timer: Timer) -> None:
    """What a due timer does; one that no longer counts does nothing."""
    rows.timer_gone(timer.id)
    hazard = rows.hazards.get(timer.hazard_id)
    if hazard is None:
        return
    if timer.kind == "tell":
        _tell_now(rows, hazard, timer)
    elif timer.version == hazard.version:
        escalate(rows, hazard, "escalated" if timer.kind == "answer" else "not_arrived", timer.due)


def _tell_now(rows: OpenRows, hazard: Hazard, timer: Timer) -> None:
    alert = rows.alerts.get(timer.alert_id)
    if alert is None or not alert.open:
        rows.step(hazard.id, timer.due, "late", line("late"), alert_id=timer.alert_id)
    elif LEVEL_NUMBER[alert.level] > LEVEL_NUMBER.get(hazard.told_level, 0):
        late_by = (timer.due - alert.changed_at) // 60_000
        start(rows, hazard, Call(reason="late", level=alert.level, at=timer.due, alert=alert, number=late_by))


def _ring(
    rows: OpenRows, hazard: Hazard, row: EscalationRow, groups: Sequence[tuple[int, Sequence[str]]], call: Call
) -> None:
    """Tells these people, by step; while the hazard needs an answer, its answer clock begins anew."""
    told = [*hazard.told, *(person for _, people in groups for person in people)]
    hazard = replace(hazard, told=tuple(dict.fromkeys(told)), changed_at=call.at)
    answer_by = call.at + row.answer_within if is_ringing(hazard) else None
    if answer_by is None:
        rows.put_hazard(hazard)
    else:
        hazard = _set_clock(rows, replace(hazard, answered_at=None), "answer", answer_by)
    alert = call.alert or leading_alert(rows, hazard)
    for number, people in groups:
        tell(rows, hazard, number, people, call.until(answer_by, alert))


def _set_clock(rows: OpenRows, hazard: Hazard, kind: Literal["answer", "arrive"], due: int) -> Hazard:
    rows.drop_timer(clock_id(hazard))
    version = hazard.version + 1
    hazard = replace(hazard, answer_by=due, version=version)
    rows.put_hazard(hazard)
    rows.put_timer(Timer(id=clock_id(hazard), hazard_id=hazard.id, kind=kind, due=due, version=version))
    return hazard


def _post(plan: Running, person: str) -> int | None:
    return next((number for number in range(1, TOP + 1) if person in plan.at_step(number)), None)


def _say_empty(rows: OpenRows, hazard: Hazard, number: int, at: int) -> None:
    rows.step(hazard.id, at, "empty", line("empty", step=number))
