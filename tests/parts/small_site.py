"""A site of a handful of devices with short heartbeats, for tests on the wall clock."""

import shutil
from pathlib import Path

from pipeline.site import example_site

DEVICES = [f"T{number}" for number in range(1, 9)]

RULEBOOK = """
version = "test-1"
[[rule]]
id = "smoke"
kind = "ladder"
metric = "smoke"
clear_after = "1s"
hazard = "fire"
basis = "test"
[rule.level.yellow]
raise = 0.2
reset = 0.1
hold = "1s"
[rule.level.red]
raise = 1.0
reset = 0.8
[[rule]]
id = "fire"
kind = "flag"
flag = "fire"
level = "orange"
clear_after = "2s"
hazard = "fire"
basis = "test"
[[rule]]
id = "quiet"
kind = "absence"
misses = 2
level = "blue"
hazard = "device_quiet"
basis = "test"
"""


def write_small_site(folder: Path) -> Path:
    """The example site's places with eight devices of our own."""
    for name in ("townships.csv", "villages.csv", "sites.csv", "teams.csv", "site.toml", "officers.toml"):
        shutil.copy(example_site() / name, folder / name)
    shutil.copy(example_site() / "districts.geojson", folder / "districts.geojson")
    site_id, township = _first_site(folder)
    rows = ["device_id,type,site_id,township,gateway_id,heartbeat,name,lat,lon"]
    rows += [f"{device},smoke,{site_id},{township},,1s,{device},," for device in DEVICES]
    (folder / "devices.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "rulebook.toml").write_text(RULEBOOK, encoding="utf-8")
    return folder


def _first_site(folder: Path) -> tuple[str, str]:
    line = (folder / "sites.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")
    return line[0], line[3]
