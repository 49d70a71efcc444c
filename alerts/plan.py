"""Who is told, in which order and by when: people, hazard kinds, escalation rows and channels of a site."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from alerts.model import Channel, Hazard
from ingest.places import Places

STEPS: tuple[str, ...] = ("unit", "village", "township", "district", "city")
"""The escalation's steps, lowest first; a step's number is its place from 1."""
STEP_NUMBER: dict[str, int] = {name: number for number, name in enumerate(STEPS, 1)}
TOP = len(STEPS)
STEP_ZH: tuple[str, ...] = ("单位", "村社", "镇街", "区县", "市级")
STEP_EN: tuple[str, ...] = ("the unit", "the village", "the township", "the district", "the city")

PHASES: tuple[str, ...] = ("verify", "arrive", "handle", "lifted", "rectify", "review")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told; ``step`` is one of ``STEPS``, ``area`` the code of what they look after."""

    id: str
    name: str
    step: str
    area: str
    phone: str = ""
    duty: bool = True


@dataclass(frozen=True, slots=True)
class HazardKind:
    """How one kind of hazard is called, which phases it goes through and what to do first."""

    kind: str
    zh: str
    en: str
    phases: tuple[str, ...] = PHASES
    do_zh: str = "核实并报告"
    do_en: str = "Verify and report"


class EscalationRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one level asks for; durations in milliseconds. ``arrive_within`` None: no such clock."""

    level: str
    start: tuple[str, ...]
    answer_within: int
    arrive_within: int | None = None
    repeat: int = 3


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A way to reach people and the steps that it serves."""

    id: str
    kind: Channel
    steps: tuple[str, ...]


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The plan as a hazard copies it when it starts: later edits of the site files change nothing that runs."""

    people: dict[str, tuple[str, ...]]
    """Ids by step, who is on duty first, then the substitutes."""
    rows: dict[str, EscalationRow]
    phases: tuple[str, ...]

    def at_step(self, number: int) -> tuple[str, ...]:
        """Who can be told at a step."""
        return self.people.get(STEPS[number - 1], ())

    def first_steps(self, level: str) -> tuple[list[int], list[int]]:
        """The steps that a level starts with, else the next one above that has somebody; and the empty ones passed."""
        start = [STEP_NUMBER[step] for step in self.rows[level].start]
        manned = [number for number in start if self.at_step(number)]
        above = [] if manned else list(range(max(start) + 1, TOP + 1))
        found = next((number for number in above if self.at_step(number)), None)
        empty = [number for number in (*start, *above) if not self.at_step(number) and number < (found or TOP + 1)]
        return manned or ([found] if found else []), empty


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it; a step that no channel serves uses the board."""

    people: Mapping[str, Person]
    posts: Mapping[tuple[str, str], tuple[str, ...]]
    """Ids by (step, area), who is on duty first."""
    kinds: Mapping[str, HazardKind] = field(default_factory=dict)
    rows: Mapping[str, EscalationRow] = field(default_factory=dict)
    channels: tuple[ChannelRow, ...] = ()
    offset_minutes: int = 480

    def kind(self, name: str) -> HazardKind:
        """The hazard kind's row; an unknown kind goes through all phases under its own name."""
        return self.kinds.get(name) or HazardKind(name, name, name.replace("_", " "))

    def channel(self, step: str, township: str) -> Channel:
        """The kind of channel that reaches a step; a terminal stands in a township, so it needs one."""
        for row in self.channels:
            if step in row.steps and (row.kind != "terminal" or township):
                return row.kind
        return "board"

    def without(self, *kinds: Channel) -> "Plan":
        """The same plan with these kinds of channel switched off."""
        return replace(self, channels=tuple(row for row in self.channels if row.kind not in kinds))

    def name(self, person: str) -> str:
        """How a person is called on screen."""
        known = self.people.get(person)
        return known.name if known else person

    def start(self, places: Places, hazard_kind: str, site: str, township: str) -> Running:
        """What a hazard copies when it starts at this place."""
        people = {step: self.posts.get((step, area), ()) for step, area in areas(places, site, township)}
        return Running(people=people, rows=dict(self.rows), phases=self.kind(hazard_kind).phases)


CITY = "city"
"""The one area of the city's duty room: whatever its code, there is only one."""


def areas(places: Places, site: str, township: str) -> list[tuple[str, str]]:
    """Whose place it is, as (step, area) from the unit up; an area is empty where there is none."""
    at = places.sites.get(site)
    town = places.townships.get(township)
    village = at.village if at else ""
    return list(zip(STEPS, (site, village, township, town.district_code if town else "", CITY), strict=True))


def running(hazard: Hazard) -> Running:
    """The plan that is in force for this hazard."""
    return msgspec.json.decode(hazard.plan, type=Running)


def stored(plan: Running) -> str:
    """The running plan as it is kept in the hazard's row."""
    return msgspec.json.encode(plan).decode()
