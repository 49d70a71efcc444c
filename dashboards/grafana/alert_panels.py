"""Panels about alerts, the same on every board: how many are open, which, where, and how their levels went."""

from dataclasses import dataclass

from dashboards.grafana import alert_flux
from dashboards.grafana.look import (
    CALM,
    EVENT_ZH,
    LEVEL_COLOUR,
    LEVEL_ZH,
    fixed,
    level_mappings,
    level_thresholds,
    name_mappings,
)
from dashboards.grafana.panels import BARS, Json, Panel, bar_chart, level_line, stat, table, time_series
from rules.levels import LEVELS, NONE

MAP_FILE = "fengshao-districts.geojson"
MAP_URL = f"public/maps/{MAP_FILE}"
"""Grafana serves what lies in its own folder of maps: no other host, and no other origin, is asked."""
OPEN_PAGE = [{"title": "查看处置", "url": "${board}/alert/${__value.raw}", "targetBlank": True}]
COLOURED = {"type": "color-background", "mode": "basic"}


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the ids of hazards and rules."""

    hazards: dict[str, str]
    rules: dict[str, str]


def _levels(suffix: str = "") -> dict[str, Json]:
    """Each level's column in its colour."""
    rising = [name for number, name in enumerate(LEVELS) if number != NONE]
    return {
        f"{name}{suffix}": {"color": fixed(LEVEL_COLOUR[name]), "displayName": LEVEL_ZH[name]}
        for name in reversed(rising)
    }


def open_counts(where: str, width: int = 6, height: int = 8) -> Panel:
    query = alert_flux.open_counts(where)
    # Nothing open is no row at all, and that is a nought.
    return stat("未解除告警", query, named=_levels(), defaults={"noValue": "0"}, width=width, height=height)


def open_table(where: str, names: Names, height: int = 12) -> Panel:
    columns = {
        "level": "级别",
        "_time": "级别起于",
        "hazard": "隐患",
        "rule": "规则",
        "district": "区县",
        "township": "镇街",
        "place": "单位与设备",
        "value": "读数",
        "threshold": "阈值",
        "id": "办理",
    }
    named: dict[str, Json] = {
        "级别": {"mappings": level_mappings(), "custom.cellOptions": COLOURED, "custom.width": 70}
        | {"thresholds": level_thresholds()},
        "隐患": {"mappings": name_mappings(names.hazards)},
        "规则": {"mappings": name_mappings(names.rules)},
        "读数": {"decimals": 2},
        "阈值": {"decimals": 2},
        "办理": {"links": OPEN_PAGE, "custom.cellOptions": {"type": "data-links"}},
    }
    return table("未解除告警一览", alert_flux.open_table(where), columns, named=named, width=24, height=height)


def events(where: str) -> Panel:
    columns = {"_time": "时间", "event": "经过", "reached": "级别", "text": "内容", "id": "办理"}
    named: dict[str, Json] = {
        "经过": {"mappings": name_mappings(EVENT_ZH), "custom.width": 100},
        "级别": {"mappings": level_mappings(), "custom.cellOptions": COLOURED, "custom.width": 70},
        "办理": {"links": OPEN_PAGE, "custom.cellOptions": {"type": "data-links"}},
    }
    return table("告警经过", alert_flux.events(where), columns, named=named, width=24)


def raised(where: str) -> Panel:
    query = alert_flux.raised_over_time(where)
    return time_series("新告警与级别上升", query, custom=BARS, named=_levels(), width=12, interval="10m")


def open_by(title: str, column: str, where: str, names: dict[str, str] | None = None) -> Panel:
    named: dict[str, Json] = {"level": {"displayName": "未解除"}}
    if names:
        named[column] = {"mappings": name_mappings(names)}
    return bar_chart(title, alert_flux.open_by(column, where), column, named=named, width=6)


def level_history(where: str, names: Names, width: int = 24) -> Panel:
    # The rulebook's words cannot be mapped inside a series' name: its id stands there.
    shown = {"/.*/": {"displayName": "${__field.labels.rule} ${__field.labels.subject}"}}
    query = alert_flux.level_history(where)
    return level_line("级别变化", query, level_mappings(), named=shown, width=width, height=10)


def city_map(where: str) -> Panel:
    """Open alerts in their places over the districts' outlines, which stand in for a base map: no tiles are fetched."""
    outline = {
        "color": {"fixed": CALM},
        "opacity": 0.15,
        "lineWidth": 1,
    }
    mark = {
        "color": {"field": "level", "fixed": CALM},
        "opacity": 0.9,
        "size": {"fixed": 9, "min": 4, "max": 14},
        "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
    }
    options = {
        "view": {"id": "fit", "allLayers": True, "lat": 0, "lon": 0, "zoom": 9, "padding": 5},
        "controls": {"showZoom": True, "mouseWheelZoom": False, "showAttribution": False, "showScale": True},
        "tooltip": {"mode": "details"},
        "basemap": {"type": "geojson", "name": "区县", "config": {"src": MAP_URL, "rules": [], "style": outline}},
        "layers": [
            {
                "type": "markers",
                "name": "告警",
                "tooltip": True,
                "location": {"mode": "coords", "latitude": "lat", "longitude": "lon"},
                "config": {"showLegend": False, "style": mark},
            }
        ],
    }
    named: dict[str, Json] = {
        "level": {"displayName": "级别", "mappings": level_mappings(), "thresholds": level_thresholds()},
        "id": {"displayName": "办理", "links": OPEN_PAGE},
    }
    query = alert_flux.open_table(where)
    defaults = {"color": {"mode": "thresholds"}}
    note = "示意图,不作划界依据"
    return Panel("告警位置", "geomap", (query,), options, 12, 16, defaults=defaults, named=named, note=note)
