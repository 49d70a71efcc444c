"""Inputs on their way between programs: bytes that carry the names of their devices and metrics, for numbers are local.

version (1 byte) | length of the head (4 bytes) | head (msgpack) | columns (:func:`ingest.inputs.pack`)

The packets of a source to a shard are numbered without a gap: whoever takes them sees where one is missing.
"""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from ingest.inputs import Inputs, pack, unpack
from ingest.vocabulary import Vocabulary

VERSION = 1
HEAD = 5


class Head(msgspec.Struct, array_like=True):
    """``devices`` and ``metrics``: what the numbers of the columns are places in."""

    source: str
    number: int
    devices: list[str]
    metrics: list[str]


@dataclass(frozen=True, slots=True)
class Packet:
    """The ``number``-th packet, from 1, of a source to a shard."""

    source: str
    number: int
    inputs: Inputs


class PacketFault(ValueError):
    """Bytes that are no packet of this version, and why."""


def pack_packet(packet: Packet, vocabulary: Vocabulary) -> bytes:
    """The inputs with the names that they use."""
    inputs = packet.inputs
    devices, device = _own_numbers(inputs.device)
    metrics, metric = _own_numbers(inputs.metric)
    head = Head(
        packet.source,
        packet.number,
        [vocabulary.devices[number] for number in devices],
        [vocabulary.metrics[number] for number in metrics],
    )
    told = msgspec.msgpack.encode(head)
    own = inputs.with_columns(device=device.astype(np.int32), metric=metric.astype(np.int16))
    return b"".join((bytes((VERSION,)), len(told).to_bytes(4, "little"), told, pack(own)))


def unpack_packet(packed: bytes, vocabulary: Vocabulary) -> Packet:
    """The packet in the numbers of ``vocabulary``, which learns the names; raises :class:`PacketFault`.

    Rows whose names the vocabulary has no more room for are left out.
    """
    if packed[:1] != bytes((VERSION,)):
        raise PacketFault(f"found version {packed[:1].hex() or 'of nothing'}; expected {VERSION:02x}")
    end = HEAD + int.from_bytes(packed[1:HEAD], "little")
    try:
        head = msgspec.msgpack.decode(packed[HEAD:end], type=Head)
        own = unpack(packed[end:])
    except (ValueError, OverflowError) as broken:  # msgspec's and numpy's
        raise PacketFault(str(broken)) from broken
    if own.device.max(initial=-1) >= len(head.devices) or own.metric.max(initial=-1) >= len(head.metrics):
        raise PacketFault("a row names a device or metric that the packet does not hold")
    known = vocabulary.device_number
    devices = [known[name] if name in known else vocabulary.device(name) for name in head.devices]
    device = _numbers(devices, own.device)
    metric = _numbers([vocabulary.metric(name) for name in head.metrics], own.metric)
    inputs = own.with_columns(device=device.astype(np.int32), metric=metric.astype(np.int16))
    placed = (own.device < 0) | ((device >= 0) & (metric >= 0))
    return Packet(head.source, head.number, inputs if placed.all() else inputs.where(placed))


def _own_numbers(column: NDArray[np.integer]) -> tuple[list[int], NDArray[np.int64]]:
    """The numbers that a column uses, and the column as places among them; what is below zero stays."""
    used = np.unique(column[column >= 0])
    return used.tolist(), np.where(column < 0, column, np.searchsorted(used, column))


def _numbers(of: list[int], column: NDArray[np.integer]) -> NDArray[np.int64]:
    """The places of a column as numbers; what is below zero stays."""
    numbers = np.array([*of, -1], np.int64)
    return np.where(column < 0, column, numbers[np.maximum(column, -1)])
