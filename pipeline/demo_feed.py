"""The demonstration's feed and truth, written once per seed, size and site, then found again."""

import os
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import typer

from pipeline.paths import own_temporary_folder
from pipeline.site import Site
from simulators.feed import write_feed
from simulators.truth_file import read_truth


@dataclass(frozen=True, slots=True)
class PreparedFeed:
    """The files and the truth as it was read."""

    feed: Path
    truth_file: Path
    truth: dict[str, Any]


def prepare_feed(site: Site, records: int, seed: int) -> PreparedFeed:
    """Find the feed in this user's temporary folder, or write it there."""
    folder = own_temporary_folder("feeds")
    name = f"{records}-{seed}-{_made_of(site.folder)}"
    feed, truth = folder / f"{name}.jsonl", folder / f"{name}.truth.json"
    if not truth.exists():
        started = time.perf_counter()
        print(f"feed    writing {records} records of a synthetic day, seed {seed} …", flush=True)
        part_feed, part_truth = folder / f"{name}.{os.getpid()}.jsonl", folder / f"{name}.{os.getpid()}.json"
        try:
            write_feed(site.folder, records, seed, part_feed, part_truth)
        except ValueError as few:
            raise typer.BadParameter(f"--records: {few}") from None
        part_feed.rename(feed)
        part_truth.rename(truth)
        print(f"feed    written in {time.perf_counter() - started:.1f} s", flush=True)
    return PreparedFeed(feed, truth, read_truth(truth))


def _made_of(folder: Path) -> str:
    """A digest of the site's files and of the simulator that reads them."""
    digest = blake2b(digest_size=8)
    sources = sorted(Path(__file__).parent.parent.joinpath("simulators").rglob("*.py"))
    for path in [*sorted(folder.glob("*.csv")), folder / "rulebook.toml", *sources]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
