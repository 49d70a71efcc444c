"""The districts' outlines: what the check lets through can be drawn, and all else is a fault before the start."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboards.web.map import city_map
from ingest.faults import SiteFaults
from pipeline.run_board import board_site
from pipeline.site import DISTRICTS, load_site

Change = Callable[[dict[str, Any]], object]
SQUARE = [[120.0, 29.0], [121.0, 29.0], [121.0, 30.0], [120.0, 29.0]]


@pytest.fixture
def site(small_site: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(small_site, tmp_path / "site"))


def change(site: Path, how: Change) -> None:
    """The first district of the file, or the whole, made another."""
    path = site / DISTRICTS
    content = json.loads(path.read_text(encoding="utf-8"))
    how(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def feature(**keys: object) -> Change:
    return lambda content: content["features"][0].update(keys)


def named(**keys: object) -> Change:
    return lambda content: content["features"][0]["properties"].update(keys)


def shaped(coordinates: object, kind: object = "Polygon") -> Change:
    return feature(geometry={"type": kind, "coordinates": coordinates})


ODD: dict[str, tuple[Change, str]] = {
    "no district": (lambda content: content["features"].clear(), "length >= 1"),
    "a number for a district": (lambda content: content["features"].append(1), "Expected `object`"),
    "no properties": (lambda content: content["features"][0].pop("properties"), "`properties`"),
    "no code": (lambda content: content["features"][0]["properties"].pop("code"), "`code`"),
    "a list for a code": (named(code=[1]), "Expected `str`"),
    "no name": (named(name=None), "Expected `str`"),
    "no center": (lambda content: content["features"][0]["properties"].pop("center"), "`center`"),
    "half a center": (named(center=[120.0]), "Expected `array`"),
    "a center in words": (named(center=["a", "b"]), "Expected `float`"),
    "a center off the globe": (named(center=[500, 30]), "a point at 500, 30"),
    "no geometry": (feature(geometry=None), "Expected `object`"),
    "a point": (shaped([120, 30], "Point"), "Invalid value 'Point'"),
    "a type that is a list": (shaped([SQUARE], ["Polygon"]), "Expected `str`"),
    "a polygon that calls itself several": (shaped([SQUARE], "MultiPolygon"), "Expected `array`"),
    "no coordinates": (feature(geometry={"type": "Polygon"}), "`coordinates`"),
    "no ring": (shaped([]), "length >= 1"),
    "an empty ring": (shaped([[]]), "length >= 4"),
    "a ring in words": (shaped([["ab"] * 4]), "Expected `array`"),
    "truth for a number": (shaped([[[True, False]] * 4]), "Expected `float`"),
    "a number without end": (shaped([[[10**400, 1], *SQUARE]]), "out of range"),
    "not a number": (shaped([[[float("nan"), 1], *SQUARE]]), "malformed"),
    "a ring off the globe": (shaped([[[500, 91], *SQUARE]]), "a point at 500, 91"),
    "a ring without an area": (shaped([[[120, 30]] * 4]), "an outline without an area"),
    "a district twice": (lambda content: content["features"].append(content["features"][0]), "the code '330602' again"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_drawn_is_a_fault(site: Path, name: str) -> None:
    how, found = ODD[name]
    change(site, how)
    with pytest.raises(SiteFaults) as wrong:
        load_site(site)
    assert {fault.file for fault in wrong.value.faults} == {DISTRICTS}
    assert found in str(wrong.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"no JSON", b"[" * 100_000, b'{"features": ' + b"9" * 5_000 + b"}", "{'名': 1}".encode("gbk"), b"\xff\xfe"],
    ids=["nothing", "no JSON", "deep", "a long number", "GBK", "UTF-16"],
)
def test_what_is_no_json_is_a_fault(site: Path, content: bytes) -> None:
    (site / DISTRICTS).write_bytes(content)
    with pytest.raises(SiteFaults, match=f"{DISTRICTS}: file: found "):
        load_site(site)


def test_a_folder_in_the_files_place_is_a_fault(site: Path) -> None:
    (site / DISTRICTS).unlink()
    (site / DISTRICTS).mkdir()
    with pytest.raises(SiteFaults, match="Is a directory"):
        load_site(site)


FINE: dict[str, Change] = {
    "as it is": lambda content: None,
    "with heights": shaped([[[*point, 12.5] for point in SQUARE]]),
    "of two areas": shaped([[SQUARE], [[[lon - 1, lat] for lon, lat in SQUARE]]], "MultiPolygon"),
    "in whole numbers": shaped([[[120, 29], [121, 29], [121, 30], [120, 29]]]),
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_let_through_is_drawn_even_after_a_byte_order_mark(site: Path, name: str) -> None:
    change(site, FINE[name])
    (site / DISTRICTS).write_bytes(b"\xef\xbb\xbf" + (site / DISTRICTS).read_bytes())
    districts = city_map(board_site(load_site(site))).districts
    assert len(districts) == 6
    assert all(district.path.startswith("M") and "nan" not in district.path for district in districts)
