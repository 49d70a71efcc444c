"""A site's files as one checked whole; a wrong file stops the start with all its faults at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.plan import Plan
from alerts.plan_file import parse_plan
from ingest.durations import LONGEST_MS, milliseconds
from ingest.faults import Fault, SiteFaults
from ingest.outlines import check_outlines
from ingest.places import Places
from ingest.site_files import read_places
from ingest.timing import Timing
from ingest.toml_text import parse_toml
from ingest.topics import UP
from rules.rulebook import Rulebook
from rules.rulebook_file import parse_rulebook

DISTRICTS = "districts.geojson"
SITE_KEYS = frozenset({"name", "version", "time_zone", "time", "source", "channel", "escalation", "hazard", "egress"})
TIME_KEYS = ("lateness", "skew", "max_age", "stale")
OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
FILTER = re.compile(r"(?:[^+#\0/]*|\+)(?:/(?:[^+#\0/]*|\+))*(?:/#)?|#")
"""MQTT 5.0, 4.7.1: ``+`` is a whole level, ``#`` the last one."""


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of messages: the broker is named on the command line, the filter here."""

    name: str
    filter: str


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the site files say. ``offset`` is minutes east of UTC."""

    folder: Path
    name: str
    version: str
    offset: int
    timing: Timing
    sources: tuple[Source, ...]
    places: Places
    rulebook: Rulebook
    plan: Plan


def example_site() -> Path:
    """The example site: beside the packages in a checkout, inside ``pipeline/`` in an installed wheel."""
    packed = Path(__file__).parent / "sites" / "shaoxing"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "sites" / "shaoxing"


def load_site(folder: Path, rulebook: Path | None = None) -> Site:
    """Read and check a site's files; raises :class:`~ingest.faults.SiteFaults` naming every fault."""
    if not os.path.isdir(folder):  # a path that cannot be is none, too
        raise SiteFaults([Fault(str(folder), "--site", "no such folder", "a folder with site.toml")])
    places, faults = read_places(folder)
    settings = _toml(folder / "site.toml", faults)
    officers = _toml(folder / "officers.toml", faults)
    book_path = rulebook or folder / "rulebook.toml"
    book, book_faults = parse_rulebook(_text(book_path, faults), book_path.name)
    timing = _timing(settings, faults)
    offset = _offset(settings, faults)
    sources = _sources(settings, faults)
    _outlines(folder / DISTRICTS, faults)
    plan, plan_faults = parse_plan(settings, officers, places)
    faults += [*book_faults, *plan_faults]
    for key in settings.keys() - SITE_KEYS:
        faults.append(Fault("site.toml", key, "an unknown key", f"one of {', '.join(sorted(SITE_KEYS))}"))
    if faults or book is None or plan is None:
        raise SiteFaults(_told(faults))
    return Site(
        folder=folder,
        name=str(settings.get("name", folder.name)),
        version=str(settings.get("version", "")),
        offset=offset,
        timing=timing,
        sources=sources,
        places=places,
        rulebook=book,
        plan=plan,
    )


def _told(faults: list[Fault]) -> list[Fault]:
    """Each once (settings and plan both look at the time zone); of a file that could not be read only that."""
    unread = {fault.file for fault in faults if fault.where == "file"}
    return [fault for fault in dict.fromkeys(faults) if fault.where == "file" or fault.file not in unread]


def _text(path: Path, faults: list[Fault]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as unread:
        faults.append(Fault(path.name, "file", str(unread), "a readable UTF-8 file"))
        return ""


def _toml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    content, wrong = parse_toml(_text(path, faults), path.name)
    faults += wrong
    return content


def _timing(settings: Mapping[str, Any], faults: list[Fault]) -> Timing:
    given = settings.get("time", {})
    found: dict[str, int] = {}
    if not isinstance(given, dict):
        faults.append(Fault("site.toml", "time", repr(given), "a table [time]"))
        return Timing()
    for key, value in given.items():
        length = milliseconds(value)
        if key not in TIME_KEYS:
            faults.append(Fault("site.toml", f"time.{key}", "an unknown key", f"one of {', '.join(TIME_KEYS)}"))
        elif length is None or length > LONGEST_MS:
            faults.append(Fault("site.toml", f"time.{key}", repr(value), 'a duration such as "30s", at most 366d'))
        else:
            found[key] = length
    return Timing(**found)


def _offset(settings: Mapping[str, Any], faults: list[Fault]) -> int:
    text = str(settings.get("time_zone", ""))
    form = OFFSET.fullmatch(text)
    if form is None:
        faults.append(Fault("site.toml", "time_zone", repr(text), 'an offset such as "+08:00"'))
        return 0
    minutes = int(form[2]) * 60 + int(form[3])
    return -minutes if form[1] == "-" else minutes


def _sources(settings: Mapping[str, Any], faults: list[Fault]) -> tuple[Source, ...]:
    rows = settings.get("source", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        found = repr(rows) if rows else "none"
        faults.append(Fault("site.toml", "source", found, f'at least one [[source]] with a filter such as "{UP}#"'))
        return ()
    sources = []
    for number, row in enumerate(rows, 1):
        wanted = row.get("filter", "")
        if not isinstance(wanted, str) or not wanted or not FILTER.fullmatch(wanted):
            faults.append(Fault("site.toml", f"source[{number}].filter", repr(wanted), f'a filter such as "{UP}#"'))
        sources.append(Source(str(row.get("name", number)), str(wanted)))
    return tuple(sources)


def _outlines(path: Path, faults: list[Fault]) -> None:
    """The map's outlines are read by the board; that they can be is found out here, with all the rest."""
    try:
        content = path.read_bytes()
    except OSError as unread:
        faults.append(Fault(path.name, "file", str(unread), "a readable UTF-8 file"))
    else:
        faults += check_outlines(content, path.name)
