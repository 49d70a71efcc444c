"""The map's geometry, computed once: a flat projection, markers kept apart, labels where they fit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboards.web.board_site import BoardSite, short_district, short_township

WIDTH = 1008.0
HEIGHT = 920.0
MARGIN = 24.0
APART = 30.0
"""Markers closer than this are pushed apart, with a hairline to where the place really is."""
MARK = 16.0
"""Half of a level's mark."""
CORE = 0.65
"""How much of a mark a name must keep off: most marks are only a dot."""
LABEL = 21.0
"""Height of a label's characters, in map units."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Equirectangular about the middle latitude: true enough for one city, and straight to read."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    left: float
    top: float

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        return self.left + (lon - self.west) * self.scale_x, self.top + (self.north - lat) * self.scale_y


@dataclass(frozen=True, slots=True)
class District:
    code: str
    name: str
    path: str
    x: float
    y: float


class Label(NamedTuple):
    """Where a name stands and how it is anchored; ``fits`` where it overlaps nothing."""

    x: float
    y: float
    anchor: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Marker:
    """A township: ``x``, ``y`` where its mark stands, ``true_x``, ``true_y`` where it is."""

    code: str
    name: str
    short: str
    district: str
    x: float
    y: float
    true_x: float
    true_y: float
    label: Label

    @property
    def moved(self) -> bool:
        return math.hypot(self.x - self.true_x, self.y - self.true_y) > 3


@dataclass(frozen=True, slots=True)
class CityMap:
    districts: tuple[District, ...]
    markers: tuple[Marker, ...]
    width: float = WIDTH
    height: float = HEIGHT


def city_map(site: BoardSite) -> CityMap:
    """All that the map draws and that never changes."""
    rings = {feature["properties"]["code"]: _rings(feature["geometry"]) for feature in site.districts["features"]}
    projection = fit([point for each in rings.values() for ring in each for point in ring])
    districts = tuple(
        District(code, short_district(str(props["name"])), path(rings[code], projection), *projection.point(*centre))
        for feature in site.districts["features"]
        for props in (feature["properties"],)
        for code, centre in ((str(props["code"]), props["center"]),)
    )
    towns = sorted(site.places.townships.values(), key=lambda town: town.code)
    true = [projection.point(town.lon, town.lat) for town in towns]
    stand = apart(true)
    labels = place_labels(stand, [short_township(town.name) for town in towns])
    markers = tuple(
        Marker(town.code, town.name, short_township(town.name), town.district, *here, *there, label)
        for town, here, there, label in zip(towns, stand, true, labels, strict=True)
    )
    return CityMap(districts, markers)


def fit(points: Sequence[Sequence[float]]) -> Projection:
    """The projection that puts ``points`` (lon, lat) in the middle of the drawing."""
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min((WIDTH - 2 * MARGIN) / ((east - west) * narrow), (HEIGHT - 2 * MARGIN) / (north - south))
    left = (WIDTH - (east - west) * narrow * scale) / 2
    top = (HEIGHT - (north - south) * scale) / 2
    return Projection(west, north, scale * narrow, scale, left, top)


def path(rings: Sequence[Sequence[Sequence[float]]], projection: Projection) -> str:
    """An SVG path to a tenth of a unit."""
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (projection.point(*point[:2]) for point in ring)) + "Z"
        for ring in rings
    )


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def apart(
    points: Sequence[tuple[float, float]], distance: float = APART, rounds: int = 200
) -> list[tuple[float, float]]:
    """The points pushed from each other until no two are nearer than ``distance``, each as little as it takes."""
    moved = [list(point) for point in points]
    for _ in range(rounds):
        still = True
        for i, a in enumerate(moved):
            for b in moved[i + 1 :]:
                dx, dy = b[0] - a[0], b[1] - a[1]
                gap = math.hypot(dx, dy)
                if gap >= distance - 0.01:
                    continue
                still = False
                push = (distance - gap) / 2
                ux, uy = (dx / gap, dy / gap) if gap > 0 else (1.0, 0.0)
                a[0], a[1], b[0], b[1] = a[0] - ux * push, a[1] - uy * push, b[0] + ux * push, b[1] + uy * push
        if still:
            break
    return [(x, y) for x, y in moved]


Box = tuple[float, float, float, float]

_SIDES: tuple[tuple[float, float, str], ...] = (
    (1, 0, "start"),
    (-1, 0, "end"),
    (0, -1, "middle"),
    (0, 1, "middle"),
    (0.75, -0.8, "start"),
    (-0.75, -0.8, "end"),
    (0.75, 0.8, "start"),
    (-0.75, 0.8, "end"),
)
"""Eight places around a mark, best first: beside it, then above and below, then the corners."""


def place_labels(points: Sequence[tuple[float, float]], names: Sequence[str], mark: float = MARK) -> list[Label]:
    """A place for each name, the most isolated mark first: where it overlaps nothing, else where it overlaps least."""
    lonely = sorted(range(len(points)), key=lambda i: -_nearest(points, i))
    core = mark * CORE
    marks = [(x - core, y - core, x + core, y + core) for x, y in points]
    standing: list[Box] = []
    found: dict[int, Label] = {}
    for i in lonely:
        others = [*standing, *marks[:i], *marks[i + 1 :]]
        places = [_beside(points[i], side, mark) for side in _SIDES]
        boxes = [_label_box(place, names[i]) for place in places]
        costs = [_outside(box) + sum(_shared(box, other) for other in others) for box in boxes]
        best = min(range(len(_SIDES)), key=costs.__getitem__)
        standing.append(boxes[best])
        found[i] = places[best]._replace(fits=costs[best] == 0)
    return [found[i] for i in range(len(points))]


def _beside(point: tuple[float, float], side: tuple[float, float, str], mark: float) -> Label:
    return Label(point[0] + side[0] * mark * 1.15, point[1] + side[1] * (mark + LABEL * 0.55), side[2], True)


def _nearest(points: Sequence[tuple[float, float]], i: int) -> float:
    return min((math.dist(points[i], other) for j, other in enumerate(points) if j != i), default=math.inf)


def _label_box(label: Label, name: str) -> Box:
    wide = LABEL * len(name)
    left = {"start": label.x, "end": label.x - wide, "middle": label.x - wide / 2}[label.anchor]
    return left, label.y - LABEL / 2, left + wide, label.y + LABEL / 2


def _shared(a: Box, b: Box) -> float:
    """The area that both cover."""
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


def _outside(box: Box) -> float:
    """The area that lies beyond the drawing."""
    return (box[2] - box[0]) * (box[3] - box[1]) - _shared(box, (0, 0, WIDTH, HEIGHT))
