"""``python -m simulators.city --out sites/shaoxing``: write the city's files and say what they hold."""

import argparse
from pathlib import Path

from simulators.city.build import build, heartbeats_per_day
from simulators.city.files import read_townships, write_city
from simulators.command import said_in_a_line


def main() -> None:
    """Read the townships, build, write, print the counts."""
    parser = argparse.ArgumentParser(prog="python -m simulators.city", description="写出演示城市 Write the demo city")
    parser.add_argument("--out", type=Path, required=True, help="folder of the site files")
    parser.add_argument("--townships", type=Path, help="townships.csv (default: the one in --out)")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with said_in_a_line():
        city = build(given.seed, read_townships(given.townships or given.out / "townships.csv"))
        write_city(city, given.out)
    key_units = sum(site.key_unit == "true" for site in city.sites)
    print(
        f"villages {len(city.villages)}, sites {len(city.sites)} (key units {key_units}), devices {len(city.devices)}"
    )
    print(f"teams {len(city.teams)}, officers {len(city.officers)}")
    print(f"heartbeats a day: {heartbeats_per_day(city.devices)}")


main()
