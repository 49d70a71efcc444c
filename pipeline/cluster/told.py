"""What a worker tells of a shard: the events of a packet, and how far the shard's time has come."""

import msgspec

from rules.events import Event
from rules.levels import LEVELS

VERSION = 1
LAST = 253_402_214_400_000
"""The last day that a calendar can show, in epoch milliseconds."""


class Told(msgspec.Struct):
    """``events`` in the order of their causes; all that the shard will say later is received at or after ``clock``."""

    version: int
    shard: int
    clock: int
    events: list[Event]


class ToldFault(ValueError):
    """Bytes that are no telling of this version, and why."""


def pack_told(shard: int, clock: int, events: list[Event]) -> bytes:
    """As it stands in Kafka."""
    return msgspec.json.encode(Told(VERSION, shard, clock, events))


def unpack_told(packed: bytes) -> Told:
    """What :func:`pack_told` wrote; raises :class:`ToldFault`."""
    try:
        told = msgspec.json.decode(packed, type=Told)
    except (ValueError, RecursionError) as broken:
        raise ToldFault(str(broken)) from broken
    if told.version != VERSION:
        raise ToldFault(f"found version {told.version}; expected {VERSION}")
    for event in told.events:
        if event.level not in LEVELS[1:]:
            raise ToldFault(f"found level {event.level!r}; expected one of {', '.join(LEVELS[1:])}")
    times = (told.clock, *(at for event in told.events for at in _times(event)))
    if strange := [at for at in times if not -LAST <= at <= LAST]:
        raise ToldFault(f"found the time {strange[0]}; expected milliseconds of a year below 10000")
    return told


def _times(event: Event) -> list[int]:
    return [event.at, event.received, *(one.ts for one in event.evidence)]
