"""One row of the live list: a hazard with its worst alert, its clock, who was told and who answered."""

from collections.abc import Sequence
from typing import Any

from alerts.measured import measured
from alerts.model import Alert, Hazard, Notice
from alerts.plan import STEP_NUMBER
from alerts.store import Listed
from dashboards.web.board_site import BoardSite
from dashboards.web.brief import brief
from rules.levels import LEVEL_NUMBER

WAITING, TAKEN, CLEARED = "waiting", "taken", "cleared"
"""Filled, hollow, grey: how a mark is drawn says whether somebody has it."""


def mark(hazard: Hazard, alerts: Sequence[Alert]) -> str:
    """Waiting until somebody takes it; grey once no alert of it is open any more."""
    if not any(alert.open for alert in alerts):
        return CLEARED
    return TAKEN if is_taken(hazard) else WAITING


def is_taken(hazard: Hazard) -> bool:
    """Whether somebody has answered; a hazard that rings again keeps its owner and waits all the same."""
    return bool(hazard.owner) and hazard.answered_at is not None


def is_overdue(hazard: Hazard, now: int) -> bool:
    return hazard.answer_by is not None and now > hazard.answer_by


def leading(alerts: Sequence[Alert]) -> Alert | None:
    """The alert that speaks for the hazard: an open one, the highest, then the oldest."""
    return min(alerts, key=lambda one: (not one.open, -LEVEL_NUMBER[one.level], one.raised_at, one.id), default=None)


def hazard_row(site: BoardSite, hazard: Hazard, alerts: Sequence[Alert], now: int) -> dict[str, Any]:
    """All of the row but who was told, which costs a look at the notices (:func:`told`)."""
    alert = leading(alerts)
    place = site.place(hazard.township, hazard.site, "" if hazard.site else _device(alert))
    return {
        "id": hazard.id,
        "level": hazard.level,
        "mark": mark(hazard, alerts),
        "kind": hazard.kind,
        "place": place.short,
        "township": hazard.township,
        "alerts": sum(alert.open for alert in alerts),
        "deadline": hazard.answer_by,
        "overdue": is_overdue(hazard, now),
        "opened": hazard.opened_at,
        "owner": site.plan.name(hazard.owner) if is_taken(hazard) else "",
        "phase": hazard.phase,
        "result": hazard.result,
        "late": bool(alert and alert.late),
        "run": hazard.run,
        "folded": 1,
        "what": what(site, alert),
        "brief": brief(site.kind(hazard.kind), alert, site.rules.get(alert.rule) if alert else None),
    }


def listed_row(site: BoardSite, listed: Listed, now: int) -> dict[str, Any]:
    """The row of a hazard on the list, of which only the alert that speaks for it was read."""
    row = hazard_row(site, listed.hazard, [listed.alert] if listed.alert else [], now)
    return row | {"alerts": listed.alerts, "folded": listed.folded}


def what(site: BoardSite, alert: Alert | None) -> dict[str, str]:
    """Value against threshold with its unit, or what was declared, in both languages; nothing once all has cleared."""
    zh, en = measured(alert, site.rules.get(alert.rule)) if alert else ("", "")
    return {"zh": zh, "en": en}


def told(site: BoardSite, notices: Sequence[Notice]) -> dict[str, Any]:
    """Who was told last, the township's officer before others of that moment, and how many others were."""
    sent = sorted((one for one in notices if one.sent_at is not None), key=_prominence)
    people = list(dict.fromkeys(one.person for one in sent))
    return {"name": site.plan.name(people[-1]) if people else "", "others": max(len(people) - 1, 0)}


def _prominence(notice: Notice) -> tuple[int, int, str]:
    return notice.sent_at or 0, -abs(notice.step - STEP_NUMBER["township"]), notice.id


def _device(alert: Alert | None) -> str:
    return alert.subject if alert and alert.subject_kind == "device" else ""
