"""The site files on disk: CSV with a header and Unix line ends, officers as TOML rows."""

import csv
import json
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from simulators.city.build import City
from simulators.city.rows import Device, Officer, Site, Team, Township, Village


def read_townships(path: Path) -> list[Township]:
    """The townships as the site gives them."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Township(**{**row, "lat": float(row["lat"]), "lon": float(row["lon"])})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        ]


def write_city(city: City, folder: Path) -> None:
    """Everything but ``townships.csv``, which is where the city comes from."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_rows(folder / "villages.csv", Village, city.villages)
    _write_rows(folder / "sites.csv", Site, city.sites)
    _write_rows(folder / "devices.csv", Device, city.devices)
    _write_rows(folder / "teams.csv", Team, city.teams)
    (folder / "officers.toml").write_text(_officers_text(city.officers), encoding="utf-8", newline="\n")


def _write_rows(path: Path, row_type: type[Any], rows: Sequence[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in fields(row_type)])
        writer.writerows(astuple(row) for row in rows)


def _officers_text(officers: Sequence[Officer]) -> str:
    head = "# 演示人员:姓名与号码均为虚构。Invented people and numbers, written by simulators.city.\n"
    return head + "".join(
        "\n[[officer]]\n"
        + "".join(
            f"{column.name} = {json.dumps(getattr(officer, column.name), ensure_ascii=False)}\n"
            for column in fields(Officer)
        )
        for officer in officers
    )
