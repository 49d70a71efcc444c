"""A shard's state in rows: whole, or as it was before; never half, whoever else writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cluster import snapshots
from pipeline.cluster.snapshots import SnapshotBroken, left_over, newest, rows_of


@given(states=st.lists(st.binary(max_size=40), min_size=1, max_size=6), cut=st.integers(0, 60), size=st.integers(1, 9))
def test_wherever_the_writing_stops_the_newest_whole_state_is_read(states: list[bytes], cut: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "CHUNK_BYTES", size)
        written = [(row, state) for state in states for row in rows_of(3, state)]
    table: dict[bytes, bytes] = {}
    whole: bytes | None = None
    for (key, value), state in written[:cut]:
        table[key] = value
        if key == b"3/manifest":
            whole = state
    assert newest(3, table.get) == whole
    assert newest(4, table.get) is None


@given(order=st.permutations([0] * 5 + [1] * 5), size=st.integers(10, 20))
def test_two_that_write_at_once_spoil_nothing(order: list[int], size: int) -> None:
    """One of them has lost the shard and does not know it yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "CHUNK_BYTES", size)
        writers = [rows_of(3, b"a" * 40), rows_of(3, b"b" * 40)]
        table: dict[bytes, bytes] = {}
        for writer in order:
            table.update([row] if (row := next(writers[writer], None)) else [])
            assert newest(3, table.get) in (None, b"a" * 40, b"b" * 40)


def test_what_no_manifest_names_is_left_over() -> None:
    unfinished, other = dict(list(rows_of(3, b"x"))[:1]), dict(rows_of(33, b"y"))
    old, new = dict(rows_of(3, b"old")), dict(rows_of(3, b"new"))
    table = {**unfinished, **other, **old, **new}
    for key in left_over(3, table, new):
        del table[key]
    assert table == {**other, **new}


def test_chunks_that_are_not_what_the_manifest_names_are_not_taken() -> None:
    table = dict(rows_of(0, b"state"))
    table[next(key for key in table if key != b"0/manifest")] = b"other"
    with pytest.raises(SnapshotBroken, match="shard 0: the chunks of state "):
        newest(0, table.get)


def test_a_manifest_that_is_none_is_named() -> None:
    with pytest.raises(SnapshotBroken, match="shard 0: its manifest cannot be read"):
        newest(0, {b"0/manifest": b"\xc1"}.get)
