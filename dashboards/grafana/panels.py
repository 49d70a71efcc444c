"""Panels as small rows: what they ask, how they show it, how wide they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.grafana.look import CALM, fixed, level_thresholds

Json = dict[str, Any]
DATA_SOURCE = {"type": "influxdb", "uid": "fengshao-influx"}
FIRST_STEP = {"mode": "absolute", "steps": [{"value": None, "color": CALM}]}


@dataclass(frozen=True, slots=True)
class Panel:
    """``width`` of 24, ``height`` in Grafana's rows; ``queries`` get the letters A, B, C.

    ``named`` are settings of single columns: a name, or /a pattern/ of names, and its properties.
    """

    title: str
    kind: str
    queries: tuple[str, ...]
    options: Json
    width: int = 12
    height: int = 9
    defaults: Json = field(default_factory=dict)
    named: Mapping[str, Json] = field(default_factory=dict)
    transformations: Sequence[Json] = ()
    repeat: str = ""
    interval: str = ""
    note: str = ""

    def json(self, number: int, x: int, y: int) -> Json:
        """The panel at a place of the grid."""
        shown: Json = {
            "id": number,
            "title": self.title,
            "type": self.kind,
            "datasource": DATA_SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": [target(query, letter) for query, letter in zip(self.queries, "ABCDEF", strict=False)],
            "options": self.options,
            "fieldConfig": {
                "defaults": {"thresholds": FIRST_STEP, "noValue": "—", **self.defaults},
                "overrides": [override(name, properties) for name, properties in self.named.items()],
            },
            "transformations": list(self.transformations),
        }
        optional = {"interval": self.interval, "description": self.note, "repeat": self.repeat}
        shown |= {key: value for key, value in optional.items() if value}
        return shown | ({"repeatDirection": "h", "maxPerRow": 2} if self.repeat else {})


def target(query: str, letter: str) -> Json:
    """One query of a panel or of the annotations."""
    return {"refId": letter, "datasource": DATA_SOURCE, "query": query}


def override(name: str, properties: Json) -> Json:
    """The settings of one column."""
    pattern = name.startswith("/")
    return {
        "matcher": {"id": "byRegexp" if pattern else "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _legend(shown: bool) -> Json:
    return {"showLegend": shown, "displayMode": "list", "placement": "bottom", "calcs": []}


TOOLTIP = {"mode": "multi", "sort": "desc"}
BARS = {"drawStyle": "bars", "fillOpacity": 80, "lineWidth": 0, "stacking": {"mode": "normal", "group": "A"}}
LINES = {"drawStyle": "line", "lineWidth": 2, "fillOpacity": 0, "showPoints": "auto", "spanNulls": False}


def time_series(title: str, *queries: str, custom: Json = LINES, defaults: Json | None = None, **rest: Any) -> Panel:
    """Lines or bars over time."""
    options = {"legend": _legend(True), "tooltip": TOOLTIP}
    return Panel(title, "timeseries", queries, options, defaults={"custom": custom, **(defaults or {})}, **rest)


def limits_drawn(over: str = "dashed") -> Json:
    """Thresholds as lines across a chart."""
    return {**LINES, "thresholdsStyle": {"mode": over}}


def table(title: str, query: str, columns: Mapping[str, str], **rest: Any) -> Panel:
    """``columns`` in their order, under their names; the others are not shown."""
    names = list(columns)
    order = {
        "id": "organize",
        "options": {
            "indexByName": {name: place for place, name in enumerate(names)},
            "renameByName": dict(columns),
            "includeByName": dict.fromkeys(names, True),
            "excludeByName": {},
        },
    }
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}
    options = {"frameIndex": 0, "showHeader": True, "cellHeight": "sm"}
    return Panel(title, "table", (query,), options, defaults={"custom": custom}, transformations=[order], **rest)


def stat(title: str, query: str, **rest: Any) -> Panel:
    """Each column's number, large."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "vertical",
        "colorMode": "background_solid",
        "graphMode": "none",
        "justifyMode": "center",
        "textMode": "value_and_name",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
    }
    return Panel(title, "stat", (query,), options, **rest)


def bar_gauge(title: str, query: str, **rest: Any) -> Panel:
    """A bar for each row."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": True, "limit": 15},
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "text",
        "namePlacement": "left",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 300,
        "legend": _legend(False),
    }
    return Panel(title, "bargauge", (query,), options, **rest)


def bar_chart(title: str, query: str, by: str, **rest: Any) -> Panel:
    """A bar for each row, named by a column."""
    options = {
        "xField": by,
        "orientation": "horizontal",
        "barWidth": 0.8,
        "groupWidth": 0.7,
        "fullHighlight": False,
        "showValue": "always",
        "stacking": "none",
        "xTickLabelMaxLength": 12,
        "xTickLabelRotation": 0,
        "legend": _legend(False),
        "tooltip": TOOLTIP,
    }
    custom = {"fillOpacity": 80, "lineWidth": 0}
    return Panel(title, "barchart", (query,), options, defaults={"custom": custom, "color": fixed(CALM)}, **rest)


def level_line(title: str, query: str, mappings: Sequence[Json], **rest: Any) -> Panel:
    """States over time, a row for each series."""
    options = {
        "mergeValues": True,
        "showValue": "auto",
        "alignValue": "left",
        "rowHeight": 0.8,
        "perPage": 20,
        "legend": _legend(False),
        "tooltip": TOOLTIP,
    }
    custom = {"fillOpacity": 90, "lineWidth": 0}
    # A level stands until the next change: the last one of the board's time is drawn to its end.
    defaults = {"custom": custom, "mappings": list(mappings), "color": {"mode": "thresholds"}}
    return Panel(
        title, "state-timeline", (query,), options, defaults=defaults | {"thresholds": level_thresholds()}, **rest
    )
