"""``fengshao replay``: publishes a feed to a broker; to one on another machine only when that is asked for."""

import contextlib
import json
import math
import os
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import typer

from ingest.broker_login import Login
from pipeline.addresses import LOOPBACK, broker_url
from pipeline.mqtt_login import login_of
from simulators.lines import FeedFault
from simulators.replay import Replay


def pace_of(speed: str) -> float | Literal["max"]:
    """Times as fast as life, or max; a usage error for anything else."""
    if speed == "max":
        return "max"
    with contextlib.suppress(ValueError):
        pace = float(speed)
        if 0 < pace < math.inf:
            return pace
    raise typer.BadParameter(f"--speed: found {speed!r}; expected a number above 0, or max")


def replay_feed(feed: Path, mqtt: str, speed: str, as_live: bool) -> int:
    """The command; prints what was published as JSON."""
    if not os.path.isfile(feed):
        raise typer.BadParameter(f"FEED: found no file {feed}; expected one that `fengshao feed` or `export` wrote")
    try:
        login = login_of()
        if "@" in mqtt:
            broker_url(mqtt)
        publisher = Replay(_as(mqtt, login), feed, pace_of(speed), authority=login.authority)
    except ValueError as wrong:
        raise typer.BadParameter(f"--mqtt: {wrong}") from None
    if urlsplit(mqtt).hostname not in LOOPBACK and not as_live:
        raise typer.BadParameter(f"--mqtt: {mqtt} is not on this machine; add --as-live if its readings shall count")
    try:
        counts = publisher.run()
    except FeedFault as wrong:
        print(str(wrong), file=sys.stderr)
        return 1
    print(json.dumps(counts))
    return 0


def _as(mqtt: str, login: Login) -> str:
    """The address as the simulators take it: with our name and password in it, never shown."""
    named = f"{quote(login.user, safe='')}:{quote(login.password, safe='')}@" if login.user else ""
    return mqtt.replace("://", f"://{named}", 1)
