"""The whole city from a seed: totals are exact, each township gets its share."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.city import words
from simulators.city.kinds import SMALL_KINDS
from simulators.city.rows import Device, Officer, Site, Team, Township, Village
from simulators.city.scenes import SCENES
from simulators.city.shares import shares
from simulators.city.town import DENSE_VILLAGES, Quota, Town
from simulators.feed.chance import Chance

VILLAGES = 2007
KEY_UNITS = 1509
CITY_CODE = "330600"
WEIGHT = {"街道": 4, "镇": 3, "乡": 1}
HOUR_PARTS = {"h": 1.0, "m": 1 / 60}


@dataclass(frozen=True, slots=True)
class City:
    """All rows of the site files but the townships, which are given."""

    villages: list[Village]
    sites: list[Site]
    devices: list[Device]
    teams: list[Team]
    officers: list[Officer]


def build(seed: int, townships: Sequence[Township]) -> City:
    """The same seed and townships give the same city on every machine."""
    chance = Chance("city", seed)
    quotas = _quotas(chance, townships)
    towns = [Town(township, chance.of(township.code)) for township in townships]
    for town, quota in zip(towns, quotas, strict=True):
        town.fill(quota)
    return City(
        villages=[village for town in towns for village in town.villages],
        sites=[site for town in towns for site in town.sites],
        devices=[device for town in towns for device in town.devices],
        teams=_teams(chance.of("teams"), towns),
        officers=_officers(chance.of("officers"), towns),
    )


def heartbeats_per_day(devices: Sequence[Device]) -> int:
    """How many messages a day brings when every device only says that it lives."""
    return round(sum(24 / (int(device.heartbeat[:-1]) * HOUR_PARTS[device.heartbeat[-1]]) for device in devices))


def _quotas(chance: Chance, townships: Sequence[Township]) -> list[Quota]:
    weights = [WEIGHT[township.kind] * 20 + chance.of("weight", township.code).whole(0, 60) for township in townships]
    least = [max(3, sum(scene.key_unit for scene in SCENES if scene.township == town.code)) for town in townships]
    extra = shares(KEY_UNITS - sum(least), weights)
    villages = shares(VILLAGES, [weight + 90 for weight in weights])
    small = {kind.name: shares(kind.weight, weights) for kind in SMALL_KINDS}
    return [
        Quota(
            villages[place],
            least[place] + extra[place],
            {name: parts[place] for name, parts in small.items()},
        )
        for place in range(len(townships))
    ]


def _teams(chance: Chance, towns: Sequence[Town]) -> list[Team]:
    """A district's professional team, a station per township, micro stations in the denser villages."""
    teams: list[Team] = []

    def add(name: str, kind: str, town: Town, village: str, people: int) -> None:
        number = len(teams) + 1
        lat, lon = f"{town.township.lat:.5f}", f"{town.township.lon:.5f}"
        if village:
            lat, lon = next(((s.lat, s.lon) for s in town.sites if s.village == village), (lat, lon))
        teams.append(
            Team(
                f"T-{number:04d}",
                name,
                kind,
                town.township.code,
                village,
                lat,
                lon,
                words.phone(90_000_000 + number),
                people,
            )
        )

    for place, town in enumerate(towns):
        where = town.township
        if place == 0 or towns[place - 1].township.district_code != where.district_code:
            add(f"{where.district}专业救援队(演示)", "professional", town, "", chance.whole(24, 40))
        add(f"{where.name}应急消防站(演示)", "township", town, "", chance.whole(8, 15))
        for village in town.villages[:2]:
            add(f"{village.name}微型消防站(演示)", "micro", town, village.code, chance.whole(4, 6))
    return teams


def _officers(chance: Chance, towns: Sequence[Town]) -> list[Officer]:
    """City 2, district 2, township 3, and a grid worker for each village that has key units."""
    officers: list[Officer] = []

    def add(level: str, area: str, count: int) -> None:
        for number in range(1, count + 1):
            officers.append(
                Officer(
                    id=f"o-{area}-{number}",
                    name=words.person(chance),
                    level=level,
                    area=area,
                    phone=words.phone(80_000_000 + len(officers)),
                    duty=number == 1,
                )
            )

    add("city", CITY_CODE, 2)
    for district in dict.fromkeys(town.township.district_code for town in towns):
        add("district", district, 2)
    for town in towns:
        add("township", town.township.code, 3)
        with_key_units = {site.village for site in town.sites if site.key_unit == "true"}
        for village in town.villages[:DENSE_VILLAGES]:
            if village.code in with_key_units:
                add("village", village.code, 1)
    return officers
