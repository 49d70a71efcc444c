"""Who plays: the sensors of the site folder, found by scene, by type, or by chance."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simulators.city.scenes import SCENES, Scene
from simulators.feed.chance import Chance
from simulators.feed.moments import DAY, HOUR, MINUTE, SECOND

OF_A_SENSOR = ("device_id", "type", "site_id", "township", "gateway_id", "heartbeat")
UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


@dataclass(frozen=True, slots=True)
class Sensor:
    """A row of ``devices.csv``; ``heartbeat`` in ms, 0 where none is promised."""

    id: str
    type: str
    site: str
    site_kind: str
    township: str
    gateway: str
    heartbeat: int

    @property
    def on_battery(self) -> bool:
        return not self.gateway or self.type == "hydrant"


@dataclass(slots=True)
class Cast:
    """All sensors in the order of the file; ``busy`` ones have a part already and get no second one."""

    sensors: list[Sensor]
    busy: set[str] = field(default_factory=set)

    def scene(self, key: str) -> "Stage | None":
        """The sensors of a scene by type, in the order of the scene; None where the folder lacks its place."""
        scene = next(scene for scene in SCENES if scene.key == key)
        here = [sensor for sensor in self.sensors if sensor.site == scene.site_id]
        if [sensor.type for sensor in here][: len(scene.devices)] != [type_ for type_, _ in scene.devices]:
            return None
        self.busy.update(sensor.id for sensor in here)
        return Stage(scene, here)

    def idle(self, chance: Chance, types: Iterable[str], kinds: Iterable[str] = ()) -> Sensor | None:
        """Somebody without a part, of one of the types (at one of the kinds of place), who now has one."""
        wanted, places = frozenset(types), frozenset(kinds)
        choices = [
            sensor
            for sensor in self.sensors
            if sensor.type in wanted and sensor.id not in self.busy and (not places or sensor.site_kind in places)
        ]
        if not choices:
            return None
        chosen = chance.pick(choices)
        self.busy.add(chosen.id)
        return chosen


@dataclass(frozen=True, slots=True)
class Stage:
    """A scene with the sensors that stand there."""

    scene: Scene
    sensors: list[Sensor]

    def of(self, type_: str) -> list[Sensor]:
        return [sensor for sensor in self.sensors if sensor.type == type_]


def read_cast(site: Path) -> Cast:
    """The sensors of ``devices.csv`` with the kind of place from ``sites.csv``."""
    kinds = {row["site_id"]: row["kind"] for row in _rows(site / "sites.csv", ("site_id", "kind"))}
    return Cast([_sensor(row, kinds) for row in _rows(site / "devices.csv", OF_A_SENSOR)])


def _sensor(row: dict[str, str], kinds: dict[str, str]) -> Sensor:
    return Sensor(
        id=row["device_id"],
        type=row["type"],
        site=row["site_id"],
        site_kind=kinds.get(row["site_id"], ""),
        township=row["township"],
        gateway=row["gateway_id"],
        heartbeat=_duration(row["heartbeat"]),
    )


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Raises ValueError where a column is missing, or a row is too short for it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, restval=""))
    lacking = [column for column in columns if rows and column not in rows[0]]
    if lacking:
        raise ValueError(f"{path}: found no column {', '.join(lacking)}; expected {', '.join(columns)}")
    return rows


def _duration(text: str) -> int:
    """``"90s"`` as milliseconds; empty is 0."""
    if not text:
        return 0
    unit = text.lstrip("0123456789.")
    if unit not in UNITS:
        raise ValueError(f"heartbeat: found {text[:60]!r}; expected a duration such as 90s")
    return round(float(text.removesuffix(unit)) * UNITS[unit])
