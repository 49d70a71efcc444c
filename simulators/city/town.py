"""One township filled: villages, key units, small places, gauges, each with its sensors."""

from collections import Counter
from dataclasses import dataclass, field

from simulators.city import words
from simulators.city.kinds import GAUGE, GAUGES_BY_DISTRICT, KEY_KINDS, KINDS, SENSORS, Kind
from simulators.city.rows import Device, Site, Township, Village
from simulators.city.scenes import SCENES, Scene
from simulators.feed.chance import Chance

SPREAD = {"街道": 0.016, "镇": 0.026, "乡": 0.03}
"""How far places lie from the township's point, in degrees of latitude."""
DENSE_VILLAGES = 6
"""Key units stand in a township's first villages, which therefore have a grid worker."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What one township gets of the city's totals; ``small`` counts places by kind."""

    villages: int
    key_units: int
    small: dict[str, int]


@dataclass(slots=True)
class Town:
    """A township while it is being filled."""

    township: Township
    chance: Chance
    villages: list[Village] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    named: Counter[str] = field(default_factory=Counter)

    def fill(self, quota: Quota) -> None:
        """Scenes first, so that their ids never move."""
        self._found_villages(quota.villages)
        scenes = [scene for scene in SCENES if scene.township == self.township.code]
        for scene in scenes:
            self._build_scene(scene)
        for _ in range(quota.key_units - sum(scene.key_unit for scene in scenes)):
            self._build(self._key_kind(), key_unit=True)
        for name, count in quota.small.items():
            for _ in range(count - sum(scene.kind == name for scene in scenes)):
                self._build(KINDS[name], key_unit=False)
        for _ in range(GAUGES_BY_DISTRICT.get(self.township.district_code, 1)):
            self._build(GAUGE, key_unit=False)

    def _found_villages(self, count: int) -> None:
        code = self.township.code
        ending = "社区" if self.township.kind == "街道" else "村"
        names = words.villages(self.chance.of("villages"), count)
        self.villages = [Village(f"{code}{place:03d}", name + ending, code) for place, name in enumerate(names, 1)]

    def _key_kind(self) -> Kind:
        district = self.township.district_code
        weights = [kind.weight * (3 if district in kind.home else 1) for kind in KEY_KINDS]
        drawn = self.chance.whole(1, sum(weights))
        for kind, weight in zip(KEY_KINDS, weights, strict=True):
            drawn -= weight
            if drawn <= 0:
                return kind
        raise AssertionError("the weights add up")

    def _build_scene(self, scene: Scene) -> None:
        self.named[KINDS[scene.kind].zh] += 1
        site = self._site(KINDS[scene.kind], scene.name, scene.key_unit)
        heartbeats = dict(scene.heartbeats)
        for type_, place in scene.devices:
            self._fit(site, KINDS[scene.kind], type_, place, heartbeats.get(type_, SENSORS[type_].wired))

    def _build(self, kind: Kind, key_unit: bool) -> None:
        pair = words.CYCLE[self.named[kind.zh] % len(words.CYCLE)]
        self.named[kind.zh] += 1
        site = self._site(kind, f"{words.short(self.township.name)}{pair}{kind.zh}", key_unit)
        for type_, least, most in kind.fits:
            sensor = SENSORS[type_]
            places = self.chance.shuffled(sensor.places)
            for number in range(self.chance.whole(least, most)):
                heartbeat = sensor.battery if kind.link != "gateway" else sensor.wired
                self._fit(site, kind, type_, places[number % len(places)], heartbeat)

    def _site(self, kind: Kind, name: str, key_unit: bool) -> Site:
        number = len(self.sites) + 1
        code = self.township.code
        dense = self.villages[:DENSE_VILLAGES] if key_unit else self.villages
        village = self.chance.pick(dense)
        lat, lon = self._point()
        staffed = kind.link != "lora" and kind is not GAUGE
        has_control_room = key_unit and any(type_ == "panel" for type_, _, _ in kind.fits)
        ordinal = int(code[4:]) * 1000 + number * 2
        site = Site(
            site_id=f"S{code}-{number:04d}",
            name=name,
            kind=kind.name,
            township=code,
            village=village.code,
            lat=lat,
            lon=lon,
            key_unit="true" if key_unit else "false",
            address=f"{self.township.district}{self.township.name}{village.name}{self.chance.whole(1, 299)}号",
            contact=words.person(self.chance) if staffed else "",
            contact_phone=words.phone(ordinal) if staffed else "",
            control_room_phone=words.phone(ordinal + 1) if has_control_room else "",
        )
        self.sites.append(site)
        return site

    def _fit(self, site: Site, kind: Kind, type_: str, place: str, heartbeat: str) -> None:
        code = self.township.code
        gateway = {"gateway": f"G{site.site_id[1:]}", "lora": f"G{code}-9001", "nb": ""}[kind.link]
        self.devices.append(
            Device(
                device_id=f"D{code}-{len(self.devices) + 1:05d}",
                type=type_,
                site_id=site.site_id,
                township=code,
                gateway_id=gateway,
                heartbeat=heartbeat,
                name=f"{place}{SENSORS[type_].zh}",
                lat=site.lat,
                lon=site.lon,
                place=place,
            )
        )

    def _point(self) -> tuple[str, str]:
        """More often near the middle: the sum of two even draws."""
        spread = SPREAD[self.township.kind]
        north = self.chance.between(-1, 1) + self.chance.between(-1, 1)
        east = self.chance.between(-1, 1) + self.chance.between(-1, 1)
        return f"{self.township.lat + north * spread / 2:.5f}", f"{self.township.lon + east * spread * 0.58:.5f}"
