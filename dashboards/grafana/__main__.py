"""``python -m dashboards.grafana OUT``: the example's boards, data source and map as files that Grafana reads."""

import argparse
from pathlib import Path

from alerts.plan_file import parse_plan
from dashboards.grafana.boards import Subjects, all_boards
from dashboards.grafana.files import files, write_files
from dashboards.grafana.source import InfluxSource
from ingest.faults import SiteFaults
from ingest.site_files import read_places
from ingest.toml_text import parse_toml
from rules.rulebook_file import parse_rulebook


def main() -> None:
    """The site's own files are read as the road reads them; anything wrong in them ends it."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.grafana", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--site", type=Path, default=Path("sites/shaoxing"))
    parser.add_argument("--influx", default="http://influxdb:8086", help="as Grafana's machine reaches it")
    parser.add_argument("--board", default="http://127.0.0.1:8080", help="the duty board, as a browser reaches it")
    asked = parser.parse_args()
    source = InfluxSource(asked.influx, "fengshao", "fengshao")
    districts = (asked.site / "districts.geojson").read_text(encoding="utf-8")
    write_files(asked.out, files(all_boards(read_subjects(asked.site), asked.board), source, districts))


def read_subjects(site: Path) -> Subjects:
    """What the boards are drawn from; SiteFaults with all that is wrong."""
    places, faults = read_places(site)
    settings, officers = (parse_toml((site / name).read_text("utf-8"), name) for name in ("site.toml", "officers.toml"))
    rulebook, book_faults = parse_rulebook((site / "rulebook.toml").read_text("utf-8"), "rulebook.toml")
    plan, plan_faults = parse_plan(settings[0], officers[0], places)
    if rulebook is None or plan is None:
        raise SiteFaults([*faults, *settings[1], *officers[1], *book_faults, *plan_faults])
    return Subjects(rulebook, {kind.kind: kind.zh for kind in plan.kinds.values()})


if __name__ == "__main__":
    main()
