"""The districts' outlines (GeoJSON): checked to the last coordinate, so that whoever draws them need not ask."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from ingest.faults import Fault
from ingest.json_faults import NOT_JSON

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Position = Annotated[list[float], Meta(min_length=2, max_length=3)]
"""Longitude, latitude and perhaps a height."""
Ring = Annotated[list[Position], Meta(min_length=4)]
Rings = Annotated[list[Ring], Meta(min_length=1)]


class Polygon(Struct, tag_field="type"):
    """One area, its outer ring first."""

    coordinates: Rings

    def rings(self) -> Rings:
        return self.coordinates


class MultiPolygon(Struct, tag_field="type"):
    """Several areas of one district."""

    coordinates: Annotated[list[Rings], Meta(min_length=1)]

    def rings(self) -> Rings:
        return [ring for polygon in self.coordinates for ring in polygon]


class Properties(Struct):
    """``center`` is where the name stands."""

    code: str
    name: str
    center: Annotated[list[float], Meta(min_length=2, max_length=2)]


class District(Struct):
    """A Feature."""

    properties: Properties
    geometry: Polygon | MultiPolygon


class Outlines(Struct):
    """A FeatureCollection."""

    features: Annotated[list[District], Meta(min_length=1)]


def check_outlines(content: bytes, file: str) -> list[Fault]:
    """What is wrong with the file: the first that is of another shape, or all that lies nowhere on the globe."""
    try:
        outlines = msgspec.json.decode(content.removeprefix(BYTE_ORDER_MARK), type=Outlines)
    except NOT_JSON as wrong:
        return [Fault(file, "file", str(wrong), "a GeoJSON FeatureCollection of districts with code, name and center")]
    return [Fault(file, *fault) for fault in _misplaced(outlines)]


def _misplaced(outlines: Outlines) -> Iterator[tuple[str, str, str]]:
    """Where, found and expected."""
    codes: set[str] = set()
    for number, district in enumerate(outlines.features, 1):
        where, code = f"feature {number}", district.properties.code
        points = [point for ring in district.geometry.rings() for point in ring]
        lons, lats = [point[0] for point in points], [point[1] for point in points]
        for lon, lat in [(min(lons), min(lats)), (max(lons), max(lats)), tuple(district.properties.center)]:
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                yield where, f"a point at {lon:g}, {lat:g}", "longitudes of -180 to 180 and latitudes of -90 to 90"
        if min(lons) == max(lons) or min(lats) == max(lats):
            yield where, "an outline without an area", "a ring around the district"
        if code in codes:
            yield where, f"the code {code!r} again", "each district once"
        codes.add(code)
