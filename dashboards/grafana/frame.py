"""A board around its panels: variables, annotations, links to the other boards, and every panel's place on the grid."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.grafana.alert_flux import regions
from dashboards.grafana.flux import IN_DISTRICT, IN_TOWNSHIP, metrics_of_device, tag_values
from dashboards.grafana.panels import DATA_SOURCE, Json, Panel, target

SCHEMA = 42
"""The version of the dashboard schema that Grafana 12.4 writes itself."""
COLUMNS = 24
TAG = "fengshao"
ALL = ".*"
ON_TIME_CHANGE = 2
HIDDEN = 2


@dataclass(frozen=True, slots=True)
class Variable:
    """What a reader chooses from, asked of the readings; what follows from another choice has ``hide``."""

    name: str
    label: str
    query: str
    all: bool = True
    hide: int = 0

    def json(self) -> Json:
        shown: Json = {
            "name": self.name,
            "label": self.label,
            "type": "query",
            "datasource": DATA_SOURCE,
            "query": self.query,
            "refresh": ON_TIME_CHANGE,
            "sort": 1,
            "multi": False,
            "includeAll": self.all,
            "hide": self.hide,
            "options": [],
        }
        return shown | ({"allValue": ALL, "current": {"text": "All", "value": "$__all"}} if self.all else {})


DISTRICT = Variable("district", "区县", tag_values("district", ""))
TOWNSHIP = Variable("township", "镇街", tag_values("township", IN_DISTRICT))
ONE_TOWNSHIP = Variable("township", "镇街", tag_values("township", IN_DISTRICT), all=False)
DEVICE = Variable("device", "设备", tag_values("device", IN_TOWNSHIP), all=False)
TYPE = Variable("type", "类型", tag_values("type", ' and r.device == "${device}"'), all=False, hide=HIDDEN)
METRIC = Variable("metric", "读数", metrics_of_device())


@dataclass(frozen=True, slots=True)
class Board:
    """``where`` narrows the annotations to what the board is about; None leaves them out."""

    uid: str
    title: str
    rows: Sequence[Sequence[Panel]]
    variables: Sequence[Variable] = ()
    where: str | None = None
    hours: int = 24
    refresh: str = "1m"
    note: str = field(default="")

    def json(self, duty_board: str) -> Json:
        """Version-1 JSON, the same bytes for the same rows; ``duty_board`` is where our hazard pages are."""
        board: Json = {
            "uid": self.uid,
            "title": self.title,
            "description": self.note,
            "tags": [TAG],
            "schemaVersion": SCHEMA,
            "editable": False,
            "graphTooltip": 1,
            "timezone": "browser",
            "time": {"from": f"now-{self.hours}h", "to": "now"},
            "refresh": self.refresh,
            "links": [_OTHERS],
            "annotations": {"list": [] if self.where is None else [_annotations(self.where)]},
            "templating": {"list": [_constant("board", duty_board), *(one.json() for one in self.variables)]},
            "panels": place(self.rows),
        }
        return board


def place(rows: Sequence[Sequence[Panel]]) -> list[Json]:
    """Panels of a row stand side by side, rows below each other."""
    shown: list[Json] = []
    y = 0
    for row in rows:
        x = 0
        for panel in row:
            shown.append(panel.json(len(shown) + 1, x, y))
            x += panel.width
        if x > COLUMNS:
            raise ValueError(f"a row of {x} columns: {', '.join(panel.title for panel in row)}")
        y += max(panel.height for panel in row)
    return shown


_OTHERS = {
    "title": "枫哨",
    "type": "dashboards",
    "tags": [TAG],
    "icon": "external link",
    "tooltip": "",
    "asDropdown": True,
    "includeVars": True,
    "keepTime": True,
    "targetBlank": False,
}


def _annotations(where: str) -> dict[str, Any]:
    return {
        "name": "告警",
        "enable": True,
        "iconColor": "orange",
        "datasource": DATA_SOURCE,
        "target": target(regions(where), "Anno"),
    }


def _constant(name: str, value: str) -> Json:
    return {"name": name, "type": "constant", "query": value, "hide": HIDDEN, "skipUrlSync": True}
