"""``fengshao replay``: publishes a feed to a broker; to one on another machine only when that is asked for."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import typer
from simulators.replay import Replay

from pipeline.addresses import LOOPBACK


def replay_feed(feed: Path, mqtt: str, speed: str, as_live: bool) -> int:
    """The command; prints what was published as JSON."""
    if not feed.is_file():
        raise typer.BadParameter(f"FEED: found no file {feed}; expected one that `fengshao feed` or `export` wrote")
    if urlsplit(mqtt).hostname not in LOOPBACK and not as_live:
        raise typer.BadParameter(f"--mqtt: {mqtt} is not on this machine; add --as-live if its readings shall count")
    pace = speed if speed == "max" else float(speed)
    counts = Replay(mqtt, feed, pace).run()
    print(json.dumps(counts))
    return 0
