"""One shard of the worker: packets in, what the rules say of them out; a function of its packets alone."""

from typing import Any

import msgspec

from ingest.packets import unpack_packet
from ingest.shards import devices_of
from ingest.vocabulary import Vocabulary
from pipeline.site import Site
from rules.engine import Engine
from rules.events import Event

MARKS = 2
"""Offsets that a log may begin with before its first packet: what transactions leave."""


class Kept(msgspec.Struct, array_like=True):
    """A shard's whole state: the newest offset and packet numbers that are in it, its names, the engine's snapshot."""

    offset: int
    numbers: dict[str, int]
    devices: list[str]
    metrics: list[str]
    rules: bytes


class PacketMissing(Exception):
    """A packet is not the next of its source: the log has a hole here, or the reader lost its place."""


class OtherRules(Exception):
    """The kept state was made under other rules, devices or times."""


class Shard:
    """``offset`` is that of the newest packet taken, -1 before the first; ``rows`` counts inputs since it was kept."""

    def __init__(self, number: int, site: Site, shards: int, kept: Kept | None = None) -> None:
        self.number = number
        self._numbers: dict[str, int] = dict(kept.numbers) if kept else {}
        self.offset = kept.offset if kept else -1
        self.rows = 0
        self._vocabulary = Vocabulary(devices=list(kept.devices)) if kept else Vocabulary()
        for name in kept.metrics if kept else ():
            self._vocabulary.metric(name)
        self._vocabulary.register(devices_of(number, site.places, shards))
        self._engine = Engine(site.rulebook, site.places, self._vocabulary, site.timing)
        if kept:
            try:
                self._engine.restore(kept.rules)
            except ValueError as other:
                raise OtherRules(f"shard {number}: {other}") from other

    @property
    def clock(self) -> int:
        """How far the shard's time has come."""
        return self._engine.clock

    def take(self, packed: bytes, offset: int, earliest: int = 0) -> list[Event]:
        """Judge the packet at ``offset``; one that was taken before changes nothing.

        ``earliest`` is where the log begins by now: a shard without a state takes the first packet there as it comes.
        Raises :class:`~ingest.packets.PacketFault` for bytes that are none, :class:`PacketMissing` for a hole.
        """
        if offset <= self.offset:
            return []
        packet = unpack_packet(packed, self._vocabulary)
        expected = self._numbers.get(packet.source, 0) + 1
        if not self._numbers and earliest > 0 and offset <= earliest + MARKS:
            expected = packet.number
        if packet.number != expected:
            raise PacketMissing(
                f"shard {self.number}, offset {offset}: found packet {packet.number} of {packet.source!r}; expected "
                f"{expected}; its state and the place where it reads do not fit (docs/cluster.md says how to rewind)"
            )
        judged = self._engine.judge(packet.inputs)
        self._numbers[packet.source] = packet.number
        self.offset = offset
        self.rows += len(packet.inputs)
        return judged.events

    def skip(self, offset: int) -> None:
        """Go on after the packet at ``offset``, which nobody can read."""
        self.offset = max(self.offset, offset)

    def keep(self) -> bytes:
        """The state as bytes, from which :class:`Shard` goes on."""
        self.rows = 0
        words: Any = self._vocabulary
        kept = Kept(self.offset, self._numbers, words.devices, words.metrics, self._engine.snapshot())
        return msgspec.msgpack.encode(kept)


def kept_of(state: bytes) -> Kept:
    """What :meth:`Shard.keep` wrote."""
    return msgspec.msgpack.decode(state, type=Kept)
