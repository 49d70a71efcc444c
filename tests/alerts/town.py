"""A small town to tell stories in: one mill with a contact, a township, district and city with officers."""

import tomllib
from typing import Any

from alerts.ledger import Entry, Ledger, record
from alerts.model import Answer, Hazard, Notice
from alerts.plan import Plan
from alerts.plan_file import parse_plan
from alerts.writes import Writes
from ingest.places import Device, Places, Site, Township, Village
from rules.events import Event, EventKind, Evidence, Subject, event_id
from rules.rulebook import Limb, Rule, Rulebook, Tier

NOON = 1_785_816_000_000
"""2026-08-04 12:00:00 at +08:00."""
SECOND = 1_000
MINUTE = 60_000
STALE = 15 * MINUTE

TOWN = "330681005"
MILL = "S1"
UNIT = "unit:S1"
GRID, TOWNSHIP, SUBSTITUTE, DISTRICT, CITY = "o-grid", "o-town-1", "o-town-2", "o-district-1", "o-city-1"

SITE_TOML = """
time_zone = "+08:00"
[[channel]]
id = "terminal"
kind = "terminal"
steps = ["township"]
[[channel]]
id = "gateway"
kind = "webhook"
steps = ["unit", "village", "township", "district", "city"]
[[escalation]]
level = "red"
start = ["unit", "village", "township", "district", "city"]
answer_within = "3m"
arrive_within = "15m"
repeat = 3
[[escalation]]
level = "orange"
start = ["township", "district"]
answer_within = "10m"
arrive_within = "30m"
[[escalation]]
level = "yellow"
start = ["township"]
answer_within = "30m"
arrive_within = "2h"
[[escalation]]
level = "blue"
start = ["unit", "village"]
answer_within = "2h"
[[hazard]]
kind = "fire"
zh = "火灾"
en = "Fire"
phases = ["verify", "arrive", "handle", "lifted", "rectify", "review"]
do_zh = "电话核实,派人到场"
do_en = "Call to verify, send somebody"
[[hazard]]
kind = "gas_leak"
zh = "可燃气体泄漏"
en = "Gas leak"
phases = ["verify", "arrive", "handle", "lifted", "rectify", "review"]
do_zh = "禁火断电,疏散,派人到场"
do_en = "No flames, cut power, evacuate, send somebody"
[[hazard]]
kind = "rain"
zh = "强降雨"
en = "Heavy rain"
phases = ["verify", "arrive", "handle", "lifted", "review"]
do_zh = "查看低洼处和山洪沟口,转移危险区人员"
do_en = "Check low ground and gullies, move people out of danger areas"
[[hazard]]
kind = "water_supply"
zh = "消防供水压力低"
en = "Low fire water pressure"
phases = ["verify", "handle", "lifted"]
do_zh = "查看阀门和泵房"
do_en = "Check valves and the pump room"
[[hazard]]
kind = "device_quiet"
zh = "设备离线"
en = "Device quiet"
phases = ["verify", "lifted"]
do_zh = "检查供电与网络"
do_en = "Check power and network"
"""

OFFICERS_TOML = "\n".join(
    f'[[officer]]\nid = "{id}"\nname = "演示 {name}"\nlevel = "{level}"\narea = "{area}"\nphone = "000"\nduty = {duty}'
    for id, name, level, area, duty in (
        (GRID, "网格员", "village", "330681005001", "true"),
        (SUBSTITUTE, "替班", "township", TOWN, "false"),
        (TOWNSHIP, "陈志明", "township", TOWN, "true"),
        (DISTRICT, "王建国", "district", "330681", "true"),
        (CITY, "吴文君", "city", "330600", "true"),
        ("o-city-2", "傅雪梅", "city", "330600", "false"),
    )
)


def town() -> Places:
    mill = Site(MILL, "天织纺织厂", "factory", TOWN, "330681005001", 29.7, 120.2, True, contact="演示 厂长")
    devices = [
        Device("D1", "smoke", MILL, TOWN, "", 0, "烟感1", place="3号车间东侧"),
        Device("D2", "smoke", MILL, TOWN, "", 0, "烟感2", place="3号车间西侧"),
        Device("G1", "gas", MILL, TOWN, "", 0, "气体1", place="锅炉房"),
        Device("R1", "rain", "", TOWN, "", 0, "雨量站"),
        Device("W1", "pressure", MILL, TOWN, "", 0, "消火栓1"),
    ]
    return Places(
        townships={TOWN: Township(TOWN, "大唐街道", "街道", "330681", "诸暨市", 29.7, 120.2)},
        villages={"330681005001": Village("330681005001", "红星村", TOWN)},
        sites={MILL: mill},
        devices={device.device_id: device for device in devices},
    )


def plan_of(places: Places, site: str = SITE_TOML, officers: str = OFFICERS_TOML) -> Plan:
    plan, faults = parse_plan(tomllib.loads(site), tomllib.loads(officers), places)
    assert not faults
    assert plan is not None
    return plan


RAIN_RULE = Rule("rain-gauge", "window_sum", "rain", "", tiers=(Tier(1, limbs=(Limb(3_600_000, 35.0),)),))


class Town:
    """A ledger whose clock the story turns, with every row that was written so far."""

    def __init__(self, site: str = SITE_TOML, officers: str = OFFICERS_TOML) -> None:
        self.places = town()
        self.ledger = Ledger(plan_of(self.places, site, officers), self.places, STALE, Rulebook("1", (RAIN_RULE,)))
        self.stored: dict[str, dict[str, Any]] = {name: {} for name in KINDS}
        self.steps: list[Any] = []

    def do(self, *entries: Entry, now: int) -> Writes:
        writes = record(self.ledger, entries, now)
        self.keep(writes)
        return writes

    def keep(self, writes: Writes) -> None:
        for name in KINDS:
            self.stored[name].update(getattr(writes, name))
        for timer in writes.dropped_timers:
            self.stored["timers"].pop(timer, None)
        self.steps += writes.steps

    def restarted(self) -> "Town":
        """The same town after a restart: a new ledger with what the store has open."""
        after = Town()
        after.stored = {name: dict(rows) for name, rows in self.stored.items()}
        after.steps = list(self.steps)
        open_hazards = [row for row in self.stored["hazards"].values() if row.phase != "closed"]
        open_tickets = [row for row in self.stored["tickets"].values() if row.state != "closed"]
        open_ids = {row.id for row in (*open_hazards, *open_tickets)}
        after.ledger.load(
            [
                row
                for row in self.stored["alerts"].values()
                if row.open or row.hazard_id in open_ids or row.ticket_id in open_ids
            ],
            open_hazards,
            open_tickets,
            [row for row in self.stored["notices"].values() if row.hazard_id in open_ids],
            list(self.stored["timers"].values()),
        )
        return after

    @property
    def hazard(self) -> Hazard:
        """The one hazard of the story."""
        (hazard,) = self.stored["hazards"].values()
        assert isinstance(hazard, Hazard)
        return hazard

    @property
    def notices(self) -> list[Notice]:
        return sorted(self.stored["notices"].values(), key=lambda notice: (notice.created_at, notice.step))

    def told(self) -> list[tuple[str, str, int]]:
        """Who was told, why, and how many seconds after noon."""
        return [(notice.person, notice.reason, (notice.created_at - NOON) // SECOND) for notice in self.notices]

    @staticmethod
    def answer_to(hazard_id: str, answer: str, person: str, at: int, note: str = "") -> Answer:
        return Answer(hazard_id=hazard_id, person=person, answer=answer, at=at, via="link", note=note)

    def answer(self, answer: str, person: str, at: int, note: str = "") -> Answer:
        return self.answer_to(self.hazard.id, answer, person, at, note)

    def answer_later(self, answer: str, person: str, at: int) -> Answer:
        """An answer to the hazard that the entry before it will open."""
        ahead = Town()
        ahead.do(fire(), now=NOON)
        return ahead.answer(answer, person, at)

    def say(self, answer: str, person: str, at: int, note: str = "") -> str:
        """Says it at ``at``; gives back why it was refused, or nothing."""
        self.do(self.answer(answer, person, at, note), now=at)
        return self.ledger.refused[0][1].why_en if self.ledger.refused else ""


KINDS = ("alerts", "hazards", "tickets", "notices", "timers")


def fire(
    event: EventKind = "raised",
    level: str = "orange",
    at: int = NOON,
    *,
    device: str = "D1",
    raised: int = NOON,
    received: int | None = None,
    hazard: str = "fire",
    rule: str = "fire-detector",
    value: float | None = None,
    threshold: float | None = None,
    evidence: tuple[Evidence, ...] | None = None,
    site: str = MILL,
    township: str = TOWN,
    run: str | None = None,
) -> Event:
    """An alert event: unless told otherwise, one smoke detector of the mill declares fire at noon."""
    return Event(
        id=event_id(rule, "device", device, raised, run),
        event=event,
        rule=rule,
        hazard=hazard,
        subject=Subject("device", device),
        level=level,
        at=at,
        received=at if received is None else received,
        value=value,
        threshold=threshold,
        reason="reading",
        evidence=(Evidence(device, at, "flags", None, ("fire",)),) if evidence is None else evidence,
        basis="GB 25201",
        site=site,
        township=township,
        version="1",
        run=run,
    )
