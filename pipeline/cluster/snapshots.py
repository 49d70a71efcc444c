"""A shard's state as rows of a compacted table: chunks below the message limit, and a manifest that is written last.

Two generations take turns in the chunks' keys, so that the manifest's own generation stays whole while the next one
is being written:

    3/0/0  3/0/1        chunks of generation 6, shard 3
    3/1/0  3/1/1 …      chunks of generation 7, not complete yet
    3/manifest          generation 6, two chunks
"""

import zlib
from collections.abc import Callable, Iterator

import msgspec

CHUNK_BYTES = 900_000


class Manifest(msgspec.Struct, array_like=True):
    """``check`` is the CRC-32 of the whole state."""

    generation: int
    chunks: int
    check: int


class SnapshotBroken(Exception):
    """The manifest names chunks that are not there as it says."""


def manifest_key(shard: int) -> str:
    """Where a shard's manifest stands."""
    return f"{shard}/manifest"


def rows_of(shard: int, generation: int, state: bytes) -> Iterator[tuple[str, bytes]]:
    """The chunks in order, then the manifest."""
    starts = range(0, len(state), CHUNK_BYTES)
    for number, start in enumerate(starts):
        yield _chunk_key(shard, generation, number), state[start : start + CHUNK_BYTES]
    manifest = Manifest(generation, len(starts), zlib.crc32(state))
    yield manifest_key(shard), msgspec.msgpack.encode(manifest)


def newest(shard: int, row: Callable[[str], bytes | None]) -> tuple[int, bytes] | None:
    """The generation and state that the manifest names; None where there is no manifest yet."""
    told = row(manifest_key(shard))
    if told is None:
        return None
    manifest = msgspec.msgpack.decode(told, type=Manifest)
    chunks = [row(_chunk_key(shard, manifest.generation, number)) or b"" for number in range(manifest.chunks)]
    state = b"".join(chunks)
    if zlib.crc32(state) != manifest.check:
        raise SnapshotBroken(
            f"shard {shard}: the chunks of generation {manifest.generation} are not what it was made of"
        )
    return manifest.generation, state


def _chunk_key(shard: int, generation: int, number: int) -> str:
    return f"{shard}/{generation % 2}/{number}"
