"""The truth of a feed, read from its file: what the score needs is there and of the right kind, or it is named."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Level = Literal["none", "blue", "yellow", "orange", "red"]
Moment = Annotated[datetime, Meta(tz=True)]


class Expected(Struct):
    """What the rules should say of an episode, and by when."""

    rule: str
    level: Level
    by: Moment
    devices: list[str] = []
    since: Moment | None = None


class Episode(Struct):
    """Something that truly happened."""

    id: str
    devices: list[str]
    begins: Moment
    ends: Moment
    expect: list[Expected]


class Nuisance(Struct):
    """What only looks like it, and the level up to which it may."""

    devices: list[str]
    begins: Moment
    ends: Moment
    max_level: Level


class Totals(Struct, frozen=True):
    """How many devices the day had, for alerts per device-day."""

    devices: Annotated[int, Meta(ge=0)] = 0


class Truth(Struct):
    """Keys that nobody scores by may stand beside."""

    episodes: list[Episode]
    nuisances: list[Nuisance]
    totals: Totals = Totals()


class TruthFault(ValueError):
    """The file holds no truth."""


def read_truth(path: Path) -> dict[str, Any]:
    """All that the file says; raises TruthFault with file, found and expected, OSError where it cannot be read."""
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        msgspec.json.decode(content, type=Truth)
        truth: dict[str, Any] = json.loads(content)
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        expected = "the truth of a feed, as `fengshao feed --truth` writes it"
        raise TruthFault(f"{path}: found {wrong}; expected {expected}") from None
    return truth
