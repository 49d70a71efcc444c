"""Where things stand: townships, villages, sites and devices of the site files, with their names."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Township:
    """One of the city's townships; ``code`` has nine digits, the first six are the district's."""

    code: str
    name: str
    kind: str
    district_code: str
    district: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community of a township."""

    code: str
    name: str
    township: str


@dataclass(frozen=True, slots=True)
class Site:
    """A unit or place that is watched; coordinates are WGS-84."""

    site_id: str
    name: str
    kind: str
    township: str
    village: str
    lat: float
    lon: float
    key_unit: bool
    address: str = ""
    contact: str = ""
    contact_phone: str = ""
    control_room_phone: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A sensor; ``heartbeat`` is milliseconds or 0 where none is promised, ``lat`` may be absent."""

    device_id: str
    type: str
    site_id: str
    township: str
    gateway_id: str
    heartbeat: int
    name: str
    lat: float | None = None
    lon: float | None = None
    model: str = ""
    vendor: str = ""
    place: str = ""


UNKNOWN_TYPE = "unknown"
"""The type of a device that no file knows: a rule may list it among its ``devices``."""


@dataclass(frozen=True, slots=True)
class Team:
    """A rescue team or micro fire station."""

    team_id: str
    name: str
    kind: str
    township: str
    village: str
    lat: float
    lon: float
    phone: str
    people: int


@dataclass(frozen=True, slots=True)
class Places:
    """All of it, by key."""

    townships: dict[str, Township] = field(default_factory=dict)
    villages: dict[str, Village] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
