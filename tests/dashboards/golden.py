"""The example's boards as they are to be; ``python -m tests.dashboards.golden`` writes them anew for a diff."""

from pathlib import Path

from dashboards.grafana import all_boards
from dashboards.grafana.__main__ import read_subjects
from dashboards.grafana.files import files
from dashboards.grafana.panels import Json
from dashboards.grafana.source import InfluxSource

GOLDEN = Path(__file__).parent / "golden"
SITE = Path(__file__).parents[2] / "sites" / "shaoxing"
BOARD = "http://127.0.0.1:8080"


def boards() -> dict[str, Json]:
    return all_boards(read_subjects(SITE), BOARD)


def texts() -> dict[str, str]:
    """Every file but the map, which is the site's own."""
    source = InfluxSource("http://influxdb:8086", "fengshao", "fengshao")
    return {name: text for name, text in files(boards(), source, "").items() if not name.startswith("maps/")}


if __name__ == "__main__":
    for name, text in texts().items():
        (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_text(text, encoding="utf-8")
