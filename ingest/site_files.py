"""The site's CSV files: townships, villages, sites, devices and teams, checked against each other."""

from operator import attrgetter
from pathlib import Path
from typing import Any

from ingest.faults import Fault
from ingest.places import Device, Places, Site, Team, Township, Village
from ingest.site_columns import DEVICES, SITES, TEAMS, TOWNSHIPS, VILLAGES
from ingest.tables import Table, read_table


def read_places(folder: Path) -> tuple[Places, list[Fault]]:
    """The places of a site's folder and all faults of its CSV files; with a fault the places are not complete."""
    townships = read_table(folder / "townships.csv", TOWNSHIPS, Township)
    villages = read_table(folder / "villages.csv", VILLAGES, Village)
    sites = read_table(folder / "sites.csv", SITES, Site)
    devices = read_table(folder / "devices.csv", DEVICES, Device)
    teams = read_table(folder / "teams.csv", TEAMS, Team)

    _check_districts(townships)
    for table in (villages, sites, devices, teams):
        _check_reference(table, "township", townships)
    for table in (sites, teams):
        _check_reference(table, "village", villages)
        _check_same_township(table, "village", villages, townships)
    _check_reference(devices, "site_id", sites)
    _check_same_township(devices, "site_id", sites, townships)
    _check_gateways(devices)
    _check_coordinates(devices)

    places = Places(townships.rows, villages.rows, sites.rows, devices.rows, teams.rows)
    return places, [fault for table in (townships, villages, sites, devices, teams) for fault in table.faults()]


def _check_districts(townships: Table[Township]) -> None:
    for code, township in townships.rows.items():
        if not code.startswith(township.district_code):
            townships.flaw(code, "district_code", township.district_code, f"the first six digits of {code}")


def _check_reference(table: Table[Any], column: str, target: Table[Any]) -> None:
    """What the column names stands in the other file; nothing is said where that file cannot be read."""
    key = attrgetter(column)
    for id_, row in table.rows.items() if target.whole else ():
        if key(row) and key(row) not in target.lines:
            table.flaw(id_, column, key(row), f"one that stands in {target.file}")


def _check_same_township(table: Table[Any], column: str, target: Table[Any], townships: Table[Township]) -> None:
    """A row lies in the township of what its column names, so no site has devices in two townships."""
    key = attrgetter(column)
    for id_, row in table.rows.items():
        other = target.rows.get(key(row))
        if other is None or not {row.township, other.township} <= townships.lines.keys():
            continue  # told already
        if row.township != other.township:
            table.flaw(id_, "township", row.township, f"{other.township} as for {key(row)} in {target.file}")


def _check_gateways(devices: Table[Device]) -> None:
    """The devices of a gateway lie in one township, so that a shard has all of them."""
    first: dict[str, Device] = {}
    for device in devices.rows.values():
        other = first.setdefault(device.gateway_id, device)
        if device.gateway_id and other.township != device.township:
            expected = f"{other.township} as for {other.device_id} at gateway {device.gateway_id}"
            devices.flaw(device.device_id, "township", device.township, expected)


def _check_coordinates(devices: Table[Device]) -> None:
    for device in devices.rows.values():
        if (device.lat is None) != (device.lon is None):
            devices.flaw(device.device_id, "lat" if device.lat is None else "lon", "", "both coordinates or none")
