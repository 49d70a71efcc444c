"""``fengshao export``: what a running or stopped system holds, as JSON Lines, CSV or a feed file."""

from pathlib import Path

import typer

from alerts.store import FOREVER, Reader, StoreError, csv_lines, json_lines
from ingest.instants import instant
from pipeline.paths import STORE, DataFolder
from pipeline.site import load_site
from pipeline.written import written

KINDS = ("alerts", "events", "hazards", "tickets", "notices", "readings", "rejected")


def run_export(
    folder: Path, data: Path, kind: str, form: str, out: Path | None, start: str | None, stop: str | None
) -> int:
    """The command; raises a usage error that names what was found and expected."""
    if kind not in KINDS:
        raise typer.BadParameter(f"KIND: found {kind!r}; expected one of {', '.join(KINDS)}")
    if form == "feed" and kind != "readings":
        raise typer.BadParameter("--format feed: only readings can be replayed; expected `export readings`")
    store = data / STORE
    if not store.is_file():
        raise typer.BadParameter(f"--data: found no {store}; expected a folder that `up` or `demo --data` made")
    since, until = _time("--from", start, 0), _time("--to", stop, FOREVER)
    offset = load_site(folder).offset
    try:
        reader = Reader(DataFolder(data).store)
    except StoreError as unread:
        raise typer.BadParameter(f"--data: {unread}") from None
    try:
        with written(out) as file:
            if form == "feed":
                lines = json_lines(reader.feed_lines(since, until, offset))
            else:
                rows = reader.export(kind, since, until, offset)
                lines = csv_lines(rows) if form == "csv" else json_lines(rows)
            file.writelines(lines)
    finally:
        reader.close()
    return 0


def _time(option: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    found = instant(text)
    if found is None:
        raise typer.BadParameter(f"{option}: found {text!r}; expected a time such as 2026-08-04T14:00:00+08:00")
    return found
