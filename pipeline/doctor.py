"""``fengshao doctor``: is all that the settings name reachable and right; one line each, 1 if something is not."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from alerts.channels.webhook import reach
from alerts.store import Reader, StoreError
from alerts.store.errors import NOT_OURS
from ingest.faults import SiteFaults
from pipeline.cluster.kafka import BROKER
from pipeline.desk_client import ask_desk
from pipeline.doctor_broker import broker_finding
from pipeline.doctor_servers import server_findings
from pipeline.environment import environment_faults
from pipeline.finding import Finding
from pipeline.outbox import URL_NAME, webhook_address
from pipeline.paths import STORE, DataFolder
from pipeline.site import load_site
from rules.compile import COMPILES

LITTLE_SPACE = 1 << 30
LITTLE_SHARE = 0.05


def run_doctor(folder: Path, data: Path, mqtt: str) -> int:
    """Print every finding; 1 where one is wrong."""
    checks: dict[str, Callable[[], Finding]] = {
        "site": lambda: _site(folder),
        "settings": _settings,
        "kernels": _kernels,
        "broker": lambda: broker_finding(mqtt, os.environ),
        "store": lambda: _store(data),
        "disk": lambda: _disk(data),
        "road": lambda: _road(data),
        "webhook": _webhook,
    }
    wrong = False
    own = ((name, check()) for name, check in checks.items())
    for name, finding in chain(own, _kafka(os.environ), server_findings(os.environ, folder)):
        wrong = wrong or finding.right is False
        print(f"{finding.sign:<4}  {name:<8} {finding.text}", flush=True)
    return 1 if wrong else 0


def _kafka(environment: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    """Rows of a cluster alone: an embedded site needs none of what they are made with."""
    if environment.get(BROKER):
        from pipeline.cluster.doctor import kafka_findings

        yield from kafka_findings(environment)


def _site(folder: Path) -> Finding:
    try:
        site = load_site(folder)
    except SiteFaults as faults:
        return Finding(False, f"{folder}: {len(faults.faults)} faults, the first: {faults.faults[0]}")
    counts = f"{len(site.places.townships)} townships, {len(site.places.devices)} devices"
    return Finding(True, f"{site.name} {site.version}: {counts}, {len(site.rulebook.rules)} rules")


def _settings() -> Finding:
    faults = environment_faults(os.environ)
    if faults:
        return Finding(False, "; ".join(map(str, faults)))
    return Finding(True, "the variables of the environment can be understood")


def _kernels() -> Finding:
    if COMPILES:
        return Finding(True, "compiled by numba")
    return Finding(None, "interpreted (slower; install the extra `fast` to compile them)")


def _store(data: Path) -> Finding:
    path = data / STORE
    refused = _refusal(data)
    if refused:
        return Finding(False, refused)
    if not path.exists():
        return Finding(None, f"{path}: not there yet; `up` makes it")
    try:
        with Reader(path) as reader:
            totals = reader.totals()
    except StoreError as unread:
        return Finding(False, str(unread))
    return Finding(True, f"{path}: {totals.get('received', 0)} messages received, {totals.get('readings', 0)} readings")


def _refusal(data: Path) -> str:
    """Why `up` could not write there, "" where it can; tried, for permissions alone do not tell."""
    tried = _nearest(data)
    try:
        tempfile.TemporaryFile(dir=tried).close()
        for tried in sorted(data.glob(f"{STORE}*")):
            tried.open("r+b").close()
    except OSError as refused:
        return f"{tried}: {refused.strerror}; {NOT_OURS}"
    return ""


def _disk(data: Path) -> Finding:
    place = _nearest(data)
    disk = shutil.disk_usage(place)
    left = f"{disk.free / 1e9:.1f} GB ({disk.free / disk.total:.0%}) free where {place} lies"
    if disk.free < max(LITTLE_SPACE, LITTLE_SHARE * disk.total):
        return Finding(
            True, f"{left}; free some, or name a --data folder on a larger disk, before it is full", soon=True
        )
    return Finding(True, left)


def _nearest(folder: Path) -> Path:
    """The folder itself, or what there is of the way to it."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _road(data: Path) -> Finding:
    if not data.exists():
        return Finding(None, "not running")
    reply = ask_desk(DataFolder(data).desk, {"do": "ping"})
    if reply.get("ok"):
        return Finding(True, "running, its desk answers")
    return Finding(None, "not running")


def _webhook() -> Finding:
    address = webhook_address(os.environ)
    if address is None:
        return Finding(None, f"switched off ({URL_NAME} and its secret are not set)")
    right, said = reach(address.url)
    return Finding(right, f"{URL_NAME}: {said}")
