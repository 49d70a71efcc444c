"""Boards, data source and map as the files that Grafana reads when it starts; a container mounts the folder."""

import json
from collections.abc import Mapping
from pathlib import Path

from dashboards.grafana.alert_panels import MAP_FILE
from dashboards.grafana.apply import FOLDER_TITLE, FOLDER_UID
from dashboards.grafana.panels import Json
from dashboards.grafana.source import InfluxSource, yaml

BOARDS_IN_GRAFANA = "/etc/grafana/boards"
"""Where the folder ``boards`` is mounted, as the provider says it."""


def board_text(board: Json) -> str:
    """The same board is the same text."""
    return json.dumps(board, ensure_ascii=False, indent=2) + "\n"


def files(boards: Mapping[str, Json], source: InfluxSource, districts: str) -> dict[str, str]:
    """Every file's text by its path."""
    provider = {
        "name": FOLDER_UID,
        "type": "file",
        "folder": FOLDER_TITLE,
        "folderUid": FOLDER_UID,
        "allowUiUpdates": False,
        "disableDeletion": False,
        "updateIntervalSeconds": 60,
        "options": {"path": BOARDS_IN_GRAFANA},
    }
    return {
        "provisioning/dashboards/fengshao.yaml": yaml({"apiVersion": 1, "providers": [provider]}),
        "provisioning/datasources/fengshao.yaml": yaml(source.provisioning()),
        f"maps/{MAP_FILE}": districts,
        **{f"boards/{uid}.json": board_text(board) for uid, board in boards.items()},
    }


def write_files(out: Path, texts: Mapping[str, str]) -> None:
    """The folder as the texts say; what else lies in ``boards`` would be shown too, so it goes."""
    for name, text in texts.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (out / "boards").glob("fengshao-*.json"):
        if f"boards/{path.name}" not in texts:
            path.unlink()
