"""The things that the ledger keeps: alerts, hazards, tickets, notices, timers and steps, as plain rows.

Times are epoch milliseconds on the road's one clock. Every id is derived from what caused it
(:func:`derived_id`), so that doing the same thing twice writes the same row.
"""

import uuid
from typing import Literal

import msgspec

from rules.events import NAMESPACE, Evidence

Phase = Literal["verify", "arrive", "handle", "lifted", "rectify", "review", "closed"]
"""Incident: 核警 → 到场 → 处置 → 解除; then, where a cause must be removed, 整改 → 复盘销号."""
Result = Literal["", "true", "false", "test"]
"""属实, 误报, 测试."""
NoticeState = Literal["pending", "sent", "delivered", "answered", "failed", "skipped"]
Channel = Literal["terminal", "webhook", "board", "none"]


def derived_id(*parts: object) -> str:
    """A stable id from what caused the thing."""
    return str(uuid.uuid5(NAMESPACE, "|".join(str(part) for part in parts)))


class Alert(msgspec.Struct, kw_only=True):
    """One episode of one rule on one subject; ``id`` is the id of its events."""

    id: str
    rule: str
    hazard: str
    subject_kind: str
    subject: str
    level: str
    peak: str
    open: bool
    raised_at: int
    received: int
    changed_at: int
    cleared_at: int | None = None
    value: float | None = None
    threshold: float | None = None
    evidence: tuple[Evidence, ...] = ()
    basis: str = ""
    site: str = ""
    township: str = ""
    version: str = ""
    run: str | None = None
    hazard_id: str = ""
    ticket_id: str = ""
    late: bool = False
    """補录: received long after it happened; shown at once, told only if it lasts."""


class Hazard(msgspec.Struct, kw_only=True):
    """One place and kind with something to answer for; a cleared alert never closes it."""

    id: str
    kind: str
    place_kind: str
    place: str
    township: str
    site: str
    level: str
    """The highest level among its open alerts, else that of the last one to end."""
    peak: str
    phase: Phase
    opened_at: int
    changed_at: int
    closed_at: int | None = None
    result: Result = ""
    step: int = 0
    """The escalation step now in force: 1 单位, 2 村社, 3 镇街, 4 区县, 5 市."""
    owner: str = ""
    """Who took it (an officer's id), empty until 收到."""
    told: tuple[str, ...] = ()
    """Everybody told so far, in order: they may answer."""
    told_level: str = ""
    """The level whose escalation row is in force; empty while nobody has been told."""
    repeats: int = 0
    """How often the top step has been told again."""
    answered_at: int | None = None
    answer_by: int | None = None
    """The next deadline: for an answer, then for being on the spot."""
    plan: str = ""
    """The escalation plan in force when it opened, as JSON: later edits change nothing that runs."""
    version: int = 0
    run: str | None = None
    alerts: tuple[str, ...] = ()


class Ticket(msgspec.Struct, kw_only=True):
    """A device ticket 设备工单: 派单 → 修复 → 确认; closed by recovery or by hand."""

    id: str
    kind: str
    device: str
    township: str
    site: str
    level: str
    state: Literal["open", "repaired", "closed"]
    opened_at: int
    changed_at: int
    closed_at: int | None = None
    closed_by: str = ""
    run: str | None = None
    alerts: tuple[str, ...] = ()


class Notice(msgspec.Struct, kw_only=True):
    """One message to one person (or duty room) through one channel: the outbox row, written with its cause.

    ``hazard_id`` is the id of the hazard or of the ticket that it speaks of.
    *sent*, *delivered* and *answered* are three times.
    """

    id: str
    hazard_id: str
    alert_id: str
    person: str
    township: str
    step: int
    channel: Channel
    reason: str
    """Why it was sent: raised, upgraded, escalated, cleared …"""
    level: str
    text: str
    text_en: str
    created_at: int
    answer_by: int | None
    state: NoticeState = "pending"
    tries: int = 0
    next_try_at: int = 0
    sent_at: int | None = None
    delivered_at: int | None = None
    answered_at: int | None = None
    failure: str = ""
    run: str | None = None


class Timer(msgspec.Struct, kw_only=True, frozen=True):
    """Something that is due; fires once, and only if the hazard still has ``version``.

    A ``tell`` timer belongs to a late alert and asks instead whether ``alert_id`` is still open.
    """

    id: str
    hazard_id: str
    kind: Literal["answer", "arrive", "tell"]
    due: int
    version: int
    alert_id: str = ""


class Step(msgspec.Struct, kw_only=True, frozen=True):
    """One line of a hazard's or ticket's history: append-only."""

    id: str
    hazard_id: str
    at: int
    kind: str
    """opened, alert, notified, escalated, answered, arrived, handled, result, closed …"""
    person: str
    text: str
    alert_id: str = ""


class Answer(msgspec.Struct, kw_only=True, frozen=True):
    """What a person said, by link, terminal or board, as it enters the ledger."""

    hazard_id: str
    person: str
    answer: str
    """accept 收到, decline 转替班, arrive 到场, handle 处置, true 属实, false 误报, test 测试, lift 解除, close."""
    at: int
    via: str
    note: str = ""
    notice_id: str = ""


class Receipt(msgspec.Struct, kw_only=True, frozen=True):
    """What a channel reports of one notice, as it enters the ledger."""

    notice_id: str
    state: Literal["sent", "delivered", "failed"]
    at: int
    failure: str = ""
    retry_after: int | None = None
    """Milliseconds that the far side asks to wait."""
    final: bool = False
    """A failure that trying again cannot mend."""
