"""The incident phase 警情处置 as a table: what each answer does in each phase, who may give it, and why not.

verify 核警 ──arrive──▶ arrive 到场 ──handle──▶ handle 处置 ──lift──▶ lifted 解除 ──▶ rectify, review or closed
   └── true 属实 stays and goes on; false 误报 and test 测试 close; a kind without a phase skips it
"""

from collections.abc import Callable
from dataclasses import dataclass

from alerts.model import Alert, Answer, Hazard, Phase
from alerts.plan import Running, running
from alerts.text import clock


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an answer changes nothing, as it is said to who gave it."""

    why_zh: str
    why_en: str


NO_SUCH_HAZARD = Refused("没有这条警情,或已销号", "There is no such incident, or it is closed")
UNKNOWN_ANSWER = Refused("不认识的答复", "This is not an answer that is known")
NOT_YOURS = Refused("您未被通知,也不是本辖区在岗人员", "You were not told and are not on duty for this area")
NOT_TOLD = Refused("您未被通知,无需转替班", "You were not told, so there is nothing to hand over")
ON_THE_SPOT = Refused("已有人到场,无需转替班", "Somebody is on the spot, so there is nothing to hand over")
ALREADY_ARRIVED = Refused("已登记到场", "The arrival is on record already")
ALREADY_HANDLING = Refused("已在处置", "It is being handled already")
ALREADY_TRUE = Refused("已核实为属实", "It is verified as true already")
NOT_ARRIVED = Refused("请先登记到场", "First record the arrival")
NOT_HANDLED = Refused("请先登记处置", "First record the handling")
NOT_VERIFIED = Refused("请先给出核警结果", "First say whether it is true")
NOT_LIFTED = Refused("警情尚未解除,不能销号", "The incident is not lifted, so it cannot be closed")
LIFTED = Refused("警情已解除", "The incident is lifted already")
CLOSED = Refused("已销号", "It is closed")
NOT_A_STEP = Refused("此类警情没有这一环节", "Incidents of this kind have no such step")
SECOND_DEVICE = Refused(
    "同一单位另有设备正在告警,不能判为误报", "A second device of the site is in alarm: not a false alarm"
)
NEEDS_NOTE = Refused("销号须写明原因", "To close it, write down why")

ANSWERS = ("accept", "decline", "arrive", "handle", "true", "false", "test", "lift", "close")
ANSWER_ZH = {
    "accept": "收到",
    "decline": "转替班",
    "arrive": "到场",
    "handle": "处置",
    "true": "属实",
    "false": "误报",
    "test": "测试",
    "lift": "解除",
    "close": "销号",
}

Cell = Phase | Refused
_OVER: dict[str, Cell] = {**dict.fromkeys(ANSWERS, LIFTED), "close": "closed"}
TABLE: dict[Phase, dict[str, Cell]] = {
    "verify": {
        "accept": "verify",
        "decline": "verify",
        "arrive": "arrive",
        "handle": "handle",
        "true": "verify",
        "false": "closed",
        "test": "closed",
        "lift": "lifted",
        "close": NOT_LIFTED,
    },
    "arrive": {
        "accept": "arrive",
        "decline": ON_THE_SPOT,
        "arrive": ALREADY_ARRIVED,
        "handle": "handle",
        "true": "arrive",
        "false": "closed",
        "test": "closed",
        "lift": "lifted",
        "close": NOT_LIFTED,
    },
    "handle": {
        "accept": "handle",
        "decline": ON_THE_SPOT,
        "arrive": ALREADY_ARRIVED,
        "handle": ALREADY_HANDLING,
        "true": "handle",
        "false": "closed",
        "test": "closed",
        "lift": "lifted",
        "close": NOT_LIFTED,
    },
    "lifted": _OVER,
    "rectify": _OVER,
    "review": _OVER,
    "closed": dict.fromkeys(ANSWERS, CLOSED),
}
"""In the row of a phase: where an answer leads, before the guards; staying is leading to the same phase."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer beside all that its guards look at."""

    answer: Answer
    hazard: Hazard
    plan: Running
    site_alerts: tuple[Alert, ...]
    """Open alerts of the hazard's site, device tickets apart."""
    offset_minutes: int


Guard = Callable[[Asked], Refused | None]


def _may_speak(asked: Asked) -> Refused | None:
    """Whoever was told, and who is on duty at any step of this place."""
    on_duty = {people[0] for people in asked.plan.people.values() if people}
    return None if asked.answer.person in on_duty.union(asked.hazard.told) else NOT_YOURS


def _was_told(asked: Asked) -> Refused | None:
    """Of what is open now: after a reopening that nobody has been told of yet there is nothing to hand over."""
    was_told = asked.hazard.told_level and asked.answer.person in asked.hazard.told
    return None if was_told else NOT_TOLD


def _not_yet_accepted(asked: Asked) -> Refused | None:
    hazard = asked.hazard
    if hazard.owner != asked.answer.person or hazard.answered_at is None:
        return None
    at = clock(hazard.answered_at, asked.answer.at, asked.offset_minutes)
    return Refused(f"已由您 {at} 签收", f"You answered at {at} already")


def _not_yet_true(asked: Asked) -> Refused | None:
    return ALREADY_TRUE if asked.hazard.result == "true" else None


def _is_a_step(asked: Asked) -> Refused | None:
    return None if asked.answer.answer in asked.plan.phases else NOT_A_STEP


def _came_so_far(asked: Asked) -> Refused | None:
    """What the kind's row asks for before: 到场 before 处置, 处置 before 解除."""
    before = {"handle": ("arrive",), "lift": ("arrive", "handle")}[asked.answer.answer]
    order = [phase for phase in asked.plan.phases if phase in ("verify", *before)]
    missing = order[order.index(asked.hazard.phase) + 1 :] if asked.hazard.phase in order else []
    return {"arrive": NOT_ARRIVED, "handle": NOT_HANDLED}[missing[-1]] if missing else None


def _is_verified(asked: Asked) -> Refused | None:
    return None if asked.hazard.result == "true" else NOT_VERIFIED


WHOLE_SITE_KINDS = ("fire", "gas", "toxic")
"""Kinds (or beginnings of their names) in which one device's alarm cannot be judged without its neighbours'."""


def _alone_in_alarm(asked: Asked) -> Refused | None:
    hazard = asked.hazard
    if hazard.level not in ("orange", "red") or not hazard.kind.startswith(WHOLE_SITE_KINDS):
        return None
    devices = {alert.subject for alert in asked.site_alerts}
    return SECOND_DEVICE if len(devices) > 1 else None


def _says_why(asked: Asked) -> Refused | None:
    return None if asked.answer.note.strip() else NEEDS_NOTE


GUARDS: dict[str, tuple[Guard, ...]] = {
    "accept": (_not_yet_accepted,),
    "decline": (_was_told,),
    "arrive": (_is_a_step,),
    "handle": (_is_a_step, _came_so_far),
    "true": (_not_yet_true,),
    "false": (_alone_in_alarm,),
    "test": (),
    "lift": (_came_so_far, _is_verified),
    "close": (_says_why,),
}


def judge(asked: Asked) -> Cell:
    """The phase that the answer leads to, or why it leads nowhere."""
    answer = asked.answer.answer
    if answer not in ANSWERS:
        return UNKNOWN_ANSWER
    cell = TABLE[asked.hazard.phase][answer]
    if isinstance(cell, Refused):
        return cell
    refusals = (guard(asked) for guard in (_may_speak, *GUARDS[answer]))
    refused = next((refusal for refusal in refusals if refusal), None)
    return refused or cell


def offers(hazard: Hazard) -> tuple[str, ...]:
    """The answers that lead on from here for somebody who may speak: what a page shows as buttons."""
    person = hazard.told[0] if hazard.told else ""
    plan = running(hazard)
    plan = Running(people={"city": (person,)}, rows=plan.rows, phases=plan.phases)

    def leads_on(answer: str) -> bool:
        said = Answer(hazard_id=hazard.id, person=person, answer=answer, at=hazard.changed_at, via="", note="…")
        return not isinstance(judge(Asked(said, hazard, plan, (), 0)), Refused)

    taken = ("accept", "decline") if hazard.answered_at is not None else ()
    return tuple(answer for answer in ANSWERS if answer not in taken and leads_on(answer))


def after_lifting(phases: tuple[str, ...]) -> Phase:
    """Where a lifted incident rests: 整改 or 复盘 where its kind has one, else closed."""
    return "rectify" if "rectify" in phases else "review" if "review" in phases else "closed"


def asked_of(answer: Answer, hazard: Hazard, site_alerts: tuple[Alert, ...], offset_minutes: int) -> Asked:
    """The answer beside its hazard and the plan that is in force for it."""
    return Asked(answer, hazard, running(hazard), site_alerts, offset_minutes)
