"""The officer's message: what, where, how sure, since when, what to do, by when to answer; at most 200 characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from alerts.measured import MINUTE, how_sure, measured
from alerts.model import Alert
from alerts.plan import STEP_EN, STEP_ZH, HazardKind
from alerts.words import LEVEL_ZH, REASON_EN, REASON_ZH, is_rain
from ingest.places import Device, Places
from rules.rulebook import Rule

LONGEST = 200
DRILL_ZH = "【演练】"
DRILL_EN = "DRILL "


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one message speaks of; ``devices`` counts those in alarm, ``number`` minutes late or times called."""

    reason: str
    level: str
    kind: HazardKind
    alert: Alert
    rule: Rule | None = None
    devices: int
    since: int
    at: int
    answer_by: int | None = None
    step: int = 0
    number: int = 0


def compose(message: Message, places: Places, offset_minutes: int) -> tuple[str, str]:
    """The message in Chinese and in English."""
    return _zh(message, places, offset_minutes), _en(message, places, offset_minutes)


def _zh(message: Message, places: Places, offset: int) -> str:
    alert, kind = message.alert, message.kind
    step = STEP_ZH[message.step - 1] if message.step else ""
    why = REASON_ZH[message.reason].format(step=step, n=message.number)
    head = "雨情监测告警" if is_rain(kind.kind) else f"{LEVEL_ZH[message.level]}告警·{kind.zh[:12]}"
    what, sure = measured(alert, message.rule)[0], how_sure(alert, message.devices)[0]
    since = clock(message.since, message.at, offset)
    bodies = [f"{why}{head}。{where(alert, places)}{_comma(what, said, ',')}。{since}起。" for said in (sure, "")]
    tail = f"请{kind.do_zh[:48].removeprefix('请')}。"
    if message.answer_by is not None:
        tail += f"请于{clock(message.answer_by, message.at, offset)}前签收。"
    return _fit(DRILL_ZH if alert.run else "", bodies, tail)


def _en(message: Message, places: Places, offset: int) -> str:
    alert, kind = message.alert, message.kind
    step = STEP_EN[message.step - 1].removeprefix("the ").capitalize() if message.step else ""
    why = REASON_EN[message.reason].format(step=step, n=message.number)
    head = "Rain" if is_rain(kind.kind) else f"{message.level.upper()} {kind.en[:32]}"
    what, sure = measured(alert, message.rule)[1], how_sure(alert, message.devices)[1]
    since = clock(message.since, message.at, offset)
    bodies = [f"{why}{head} {since}: {where(alert, places)}{_comma(what, said, ', ')}. " for said in (sure, "")]
    tail = f"{kind.do_en[:90]}."
    if message.answer_by is not None:
        tail += f" Answer by {clock(message.answer_by, message.at, offset)}."
    return _fit(DRILL_EN if alert.run else "", bodies, tail)


def subject_name(alert: Alert, places: Places) -> str:
    """What the alert is about, by the name that people know it by."""
    if alert.subject_kind == "device":
        device = places.devices.get(alert.subject)
        return _device(device) if device else f"设备{alert.subject}"[:30]
    known = places.sites.get(alert.subject) or places.townships.get(alert.subject)
    return known.name[:22] if known else alert.subject


def where(alert: Alert, places: Places) -> str:
    """区县·镇街·单位 and the device's place, each followed by a blank; what the site files do not know is left out."""
    town = places.townships.get(alert.township)
    site = places.sites.get(alert.site)
    names = [f"{town.district}{town.name}" if town else "", site.name[:22] if site else ""]
    if alert.subject_kind == "device":
        names.append(subject_name(alert, places))
    return "".join(f"{name} " for name in names if name)


def _device(device: Device) -> str:
    """Its name, with its place before it unless the name says it already."""
    name = device.name or device.device_id
    return (name if name.startswith(device.place) else f"{device.place}{name}")[:24]


def clock(ms: int, now: int, offset_minutes: int) -> str:
    """HH:MM at the site; another day than today's is named."""
    zone = timezone(timedelta(minutes=offset_minutes))
    moment = datetime.fromtimestamp(ms // MINUTE * 60, UTC).astimezone(zone)
    today = datetime.fromtimestamp(now // MINUTE * 60, UTC).astimezone(zone).date()
    return moment.strftime("%H:%M") if moment.date() == today else moment.strftime("%m-%d %H:%M")


def _comma(first: str, second: str, mark: str) -> str:
    return f"{first}{mark}{second}" if second else first


def _fit(head: str, bodies: Sequence[str], tail: str) -> str:
    """The first middle that has room, else the shortest one cut; what to do and by when is never cut."""
    room = LONGEST - len(head) - len(tail)
    return head + next((body for body in bodies if len(body) <= room), bodies[-1][: room - 1] + "…") + tail
