"""How levels, units and names look in Grafana: the colours are those of the duty board, read from its style sheet."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.metrics import METRICS
from rules.levels import LEVELS, NONE

TOKENS = Path(__file__).parents[1] / "web" / "static" / "tokens.css"
CALM = "#7A828C"
"""Normal is grey, not green."""
LEVEL_ZH = {"none": "正常", "blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红"}
EVENT_ZH = {"raised": "新告警", "upgraded": "级别上升", "downgraded": "级别下降", "cleared": "解除"}


def read_colours(css: str) -> dict[str, str]:
    """The levels' fills of the night theme: Grafana is dark unless told otherwise."""
    night = css[css.index('[data-theme="night"]') :]
    found = dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", night[: night.index("}")]))
    return {"none": CALM} | {level: found[level] for level in LEVELS if level in found}


LEVEL_COLOUR = read_colours(TOKENS.read_text(encoding="utf-8"))


def unit(metric: str) -> str:
    """A metric's unit for Grafana: our own words after the number, so that it reads as on the duty board."""
    return next((f"suffix: {row.unit}" for row in METRICS if row.name == metric and row.unit), "none")


def fixed(colour: str) -> dict[str, str]:
    """One colour whatever the value."""
    return {"mode": "fixed", "fixedColor": colour}


def level_mappings() -> list[dict[str, Any]]:
    """The number of a level, and its name, as a word in its colour."""
    words = {name: {"text": LEVEL_ZH[name], "color": LEVEL_COLOUR[name]} for name in LEVELS}
    numbers = {str(number): words[name] | {"index": number} for number, name in enumerate(LEVELS)}
    names = {name: words[name] | {"index": len(LEVELS) + number} for number, name in enumerate(LEVELS)}
    return [{"type": "value", "options": numbers | names}]


def name_mappings(names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Ids as people call them."""
    options = {name: {"text": zh, "index": place} for place, (name, zh) in enumerate(names.items())}
    return [{"type": "value", "options": options}]


def thresholds(steps: list[tuple[float | None, int]]) -> dict[str, Any]:
    """From each value on the colour of a level; the first value is None, for all below."""
    return {
        "mode": "absolute",
        "steps": [{"value": value, "color": LEVEL_COLOUR[LEVELS[level]]} for value, level in steps],
    }


def level_thresholds() -> dict[str, Any]:
    """The numbers of the levels themselves."""
    return thresholds([(None if level == NONE else float(level), level) for level in range(len(LEVELS))])
