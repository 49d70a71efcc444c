"""What a worker tells of a shard: the events of a packet, and how far the shard's time has come."""

import msgspec

from rules.events import Event

VERSION = 1


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
    return told
