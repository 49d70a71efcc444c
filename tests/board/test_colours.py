"""The tokens keep the contrast that the wall is read by."""

import re
from pathlib import Path

import pytest

from dashboards.web.board import HERE

TOKENS = (HERE / "static" / "tokens.css").read_text(encoding="utf-8")


def tokens(theme: str) -> dict[str, str]:
    day, night = TOKENS.split(':root[data-theme="night"]')
    text = day if theme == "day" else night.split("}")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6})", text))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["day", "night"])
def test_text_is_read_on_every_ground_and_on_every_level(theme: str) -> None:
    colour = tokens(theme)
    for ground in ("ground", "panel", "land"):
        assert contrast(colour["ink"], colour[ground]) >= 7
        assert contrast(colour["muted"], colour[ground]) >= 4.5
    for level in ("red", "orange", "yellow", "blue"):
        assert contrast(colour[f"{level}-text"], colour[level]) >= 4.5


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_ink_edge_of_a_mark_and_the_borders_stand_out(theme: str) -> None:
    colour = tokens(theme)
    for ground in ("ground", "panel"):
        assert contrast(colour["border"], colour[ground]) >= 3
        assert contrast(colour["ink"], colour[ground]) >= 10


def test_no_style_names_a_colour_of_its_own() -> None:
    for sheet in sorted(Path(HERE / "static").glob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        stray = re.findall(r"#[0-9A-Fa-f]{3,6}\b(?=[;\s}])", text) if sheet.name != "tokens.css" else []
        assert stray == [], sheet.name
