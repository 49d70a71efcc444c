"""``fengshao grafana``: the boards into a running Grafana, or as files for one that starts; says what it changed."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dashboards.grafana import Subjects, all_boards
from dashboards.grafana.apply import Change, Failure, Grafana
from dashboards.grafana.files import files, write_files
from dashboards.grafana.panels import Json
from dashboards.grafana.source import InfluxSource
from ingest.faults import Fault, SiteFaults
from pipeline.outbox import BOARD_NAME
from pipeline.servers import (
    GRAFANA_TOKEN,
    GRAFANA_URL,
    INFLUX_TOKEN,
    INFLUX_URL,
    READ_TOKEN,
    address,
    influx_names,
    token,
)
from pipeline.site import DISTRICTS, Site, load_site

DEFAULT_BOARD = "http://127.0.0.1:8080"
DEFAULT_INFLUX = "http://influxdb:8086"
WORDS = {"created": "新建 created", "changed": "更新 changed", "same": "未变 same"}
THINGS = {
    "server": "服务 server",
    "folder": "文件夹 folder",
    "data source": "数据源 data source",
    "board": "面板 board",
}


def run_grafana_apply(folder: Path, environment: Mapping[str, str] = os.environ) -> int:
    """The command; a line for each thing, 1 where any of them failed."""
    faults: list[Fault] = []
    url = address(GRAFANA_URL, environment, faults)
    applied_with = token((GRAFANA_TOKEN,), environment, faults)
    read_token = token((READ_TOKEN, INFLUX_TOKEN), environment, faults)
    source = _source(environment, faults, address(INFLUX_URL, environment, faults))
    boards = wanted_boards(folder, environment, faults)
    if faults:
        raise SiteFaults(faults)
    changes = Grafana(url, applied_with).apply(source.json(read_token), boards)
    for change in changes:
        failed = isinstance(change.outcome, Failure)
        print(told(change), file=sys.stderr if failed else sys.stdout)
    return 1 if any(isinstance(change.outcome, Failure) for change in changes) else 0


def run_grafana_files(folder: Path, out: Path, environment: Mapping[str, str] = os.environ) -> int:
    """The command that writes what a Grafana reads when it starts; no secret is in it."""
    faults: list[Fault] = []
    url = address(INFLUX_URL, environment, faults) if INFLUX_URL in environment else DEFAULT_INFLUX
    source = _source(environment, faults, url)
    boards = wanted_boards(folder, environment, faults)
    if faults:
        raise SiteFaults(faults)
    texts = files(boards, source, (folder / DISTRICTS).read_text(encoding="utf-8"))
    write_files(out, texts)
    print("\n".join(str(out / name) for name in texts))
    return 0


def wanted_boards(folder: Path, environment: Mapping[str, str], faults: list[Fault]) -> dict[str, Json]:
    """The boards by their uid, as this version has them for the site in ``folder``."""
    board = _board_address(environment, faults)
    return {} if faults else _boards(load_site(folder), board)


def told(change: Change) -> str:
    """One line, the outcome first."""
    outcome = f"失败 failed: {change.outcome}" if isinstance(change.outcome, Failure) else WORDS[change.outcome]
    return f"{THINGS[change.thing]} {change.name}: {outcome}"


def _boards(site: Site, board: str) -> dict[str, Json]:
    hazards = {kind.kind: kind.zh for kind in site.plan.kinds.values()}
    return all_boards(Subjects(site.rulebook, hazards), board)


def _source(environment: Mapping[str, str], faults: list[Fault], url: str) -> InfluxSource:
    return InfluxSource(url, *influx_names(environment, faults))


def _board_address(environment: Mapping[str, str], faults: list[Fault]) -> str:
    return address(BOARD_NAME, environment, faults) if BOARD_NAME in environment else DEFAULT_BOARD
