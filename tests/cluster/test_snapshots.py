"""A shard's state in rows: whole, or as it was before; never half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cluster import snapshots
from pipeline.cluster.snapshots import SnapshotBroken, newest, rows_of


@given(states=st.lists(st.binary(max_size=40), min_size=1, max_size=6), cut=st.integers(0, 60), size=st.integers(1, 9))
def test_wherever_the_writing_stops_the_newest_whole_state_is_read(states: list[bytes], cut: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "CHUNK_BYTES", size)
        written = [
            (row, generation, state)
            for generation, state in enumerate(states, 1)
            for row in rows_of(3, generation, state)
        ]
    table: dict[str, bytes] = {}
    whole: tuple[int, bytes] | None = None
    for (key, value), generation, state in written[:cut]:
        table[key] = value
        if key == "3/manifest":
            whole = (generation, state)
    assert newest(3, table.get) == whole
    assert newest(4, table.get) is None


def test_chunks_that_are_not_what_the_manifest_names_are_not_taken() -> None:
    table = dict(rows_of(0, 1, b"state"))
    table["0/1/0"] = b"other"
    with pytest.raises(SnapshotBroken, match="shard 0: the chunks of generation 1"):
        newest(0, table.get)
