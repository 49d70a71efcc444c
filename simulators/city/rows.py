"""The rows of the site files: each field is a column, in the order in which it is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Township:
    """A real township with its real (or, where none is known, approximate) point."""

    code: str
    name: str
    kind: str
    district_code: str
    district: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community; the name is invented."""

    code: str
    name: str
    township: str


@dataclass(frozen=True, slots=True)
class Site:
    """An invented unit or place."""

    site_id: str
    name: str
    kind: str
    township: str
    village: str
    lat: str
    lon: str
    key_unit: str
    address: str
    contact: str
    contact_phone: str
    control_room_phone: str


@dataclass(frozen=True, slots=True)
class Device:
    """An invented sensor."""

    device_id: str
    type: str
    site_id: str
    township: str
    gateway_id: str
    heartbeat: str
    name: str
    lat: str
    lon: str
    place: str


@dataclass(frozen=True, slots=True)
class Team:
    """An invented rescue team."""

    team_id: str
    name: str
    kind: str
    township: str
    village: str
    lat: str
    lon: str
    phone: str
    people: int


@dataclass(frozen=True, slots=True)
class Officer:
    """An invented officer; one per area is on duty, the others are substitutes."""

    id: str
    name: str
    level: str
    area: str
    phone: str
    duty: bool
