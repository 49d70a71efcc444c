"""A shard's state as rows of a compacted table: chunks below the message limit, and a manifest that is written last.

Every state has chunks of its own, so that the manifest's stay whole while the next one is being written, be it by a
worker that has lost the shard meanwhile. What no manifest names is taken away with the next state.

    3/9f2c/0  3/9f2c/1      chunks of state 9f2c of shard 3
    3/b01e/0 …              chunks of state b01e, not complete yet
    3/manifest              state 9f2c, two chunks
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import msgspec

CHUNK_BYTES = 900_000


class Manifest(msgspec.Struct, array_like=True):
    """``check`` is the CRC-32 of the whole state."""

    name: str
    chunks: int
    check: int


class SnapshotBroken(Exception):
    """The manifest cannot be read, or names chunks that are not there as it says."""


def manifest_key(shard: int) -> bytes:
    """Where a shard's manifest stands."""
    return f"{shard}/manifest".encode()


def rows_of(shard: int, state: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks in order, then the manifest."""
    name = uuid4().hex[:12]
    starts = range(0, len(state), CHUNK_BYTES)
    for number, start in enumerate(starts):
        yield _chunk_key(shard, name, number), state[start : start + CHUNK_BYTES]
    yield manifest_key(shard), msgspec.msgpack.encode(Manifest(name, len(starts), zlib.crc32(state)))


def left_over(shard: int, keys: Iterable[bytes], written: Iterable[bytes]) -> list[bytes]:
    """Which of a table's ``keys`` are the shard's and not of the state that was ``written``."""
    kept = set(written)
    return [key for key in keys if key and key.startswith(f"{shard}/".encode()) and key not in kept]


def newest(shard: int, row: Callable[[bytes], bytes | None]) -> bytes | None:
    """The state that the manifest names; None where there is no manifest yet."""
    told = row(manifest_key(shard))
    if told is None:
        return None
    try:
        manifest = msgspec.msgpack.decode(told, type=Manifest)
    except ValueError as broken:
        raise SnapshotBroken(f"shard {shard}: its manifest cannot be read: {broken}") from broken
    chunks = [row(_chunk_key(shard, manifest.name, number)) or b"" for number in range(manifest.chunks)]
    state = b"".join(chunks)
    if zlib.crc32(state) != manifest.check:
        raise SnapshotBroken(f"shard {shard}: the chunks of state {manifest.name} are not what it was made of")
    return state


def _chunk_key(shard: int, name: str, number: int) -> bytes:
    return f"{shard}/{name}/{number}".encode()
