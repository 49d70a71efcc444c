"""What the board needs to know of the site: names of places, hazard kinds and people, and the districts' outlines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts.plan import CITY, STEP_NUMBER, HazardKind, Person, Plan
from ingest.places import Places
from rules.rulebook import Rule


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: the wall's short form, and all that can be read out to the fire brigade."""

    short: str
    full: str
    address: str = ""
    contact: str = ""
    phone: str = ""
    control_room: str = ""


@dataclass(frozen=True, slots=True)
class BoardSite:
    """``districts`` is a GeoJSON FeatureCollection whose properties carry ``code``, ``name`` and ``center``.

    ``rules`` by id: what an alert measured is said by its rule.
    """

    name: str
    places: Places
    plan: Plan
    districts: Mapping[str, Any]
    rules: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def offset_minutes(self) -> int:
        return self.plan.offset_minutes

    def kind(self, kind: str) -> HazardKind:
        return self.plan.kind(kind)

    def place(self, township: str, site_id: str, device_id: str = "") -> Place:
        """Names from the district down to the unit; what no file knows is left out."""
        town = self.places.townships.get(township)
        site = self.places.sites.get(site_id)
        device = self.places.devices.get(device_id)
        last = site.name if site else (device.name or device_id) if device else device_id
        short = short_township(town.name) if town else ""
        named = last.removeprefix(short) or last
        parts = [short_district(town.district), short, named] if town else [last]
        full = [town.district, town.name, last] if town else [last]
        return Place(
            short="·".join(part for part in parts if part),
            full="".join(part for part in full if part),
            address=site.address if site else "",
            contact=site.contact if site else "",
            phone=site.contact_phone if site else "",
            control_room=site.control_room_phone if site else "",
        )

    def on_duty(self, township: str) -> list[Person]:
        """Who may answer for a township: its own people, its district's and the city's on duty, nearest first."""
        posts = (("township", township), ("district", township[:6]), ("city", CITY))
        found = [self.plan.people[one] for post in posts for one in self.plan.posts.get(post, ())]
        near = [person for person in found if person.duty]
        return sorted(near, key=lambda person: (STEP_NUMBER[person.step], person.id))


def rule_name(site: BoardSite, rule_id: str, language: str) -> str:
    """What its rulebook calls it in Chinese; in English its id is its name."""
    rule = site.rules.get(rule_id)
    return rule.zh if rule and rule.zh and language == "zh" else rule_id.replace("-", " ")


def short_township(name: str) -> str:
    """大唐街道 → 大唐; a name that would shrink to one character stays."""
    for ending in ("街道", "镇", "乡"):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def short_district(name: str) -> str:
    """诸暨市 → 诸暨."""
    return name[:-1] if len(name) > 2 and name[-1] in "市区县" else name
