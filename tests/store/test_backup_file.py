"""A backup that is not the whole of what was written, or not that, is refused."""

import random
from pathlib import Path

import pytest

from alerts.store.backup_file import BackupDamaged, whole


def test_a_file_that_ends_anywhere_before_its_end_is_refused(small: Path, tmp_path: Path) -> None:
    content = small.read_bytes()
    length = len(content)
    cuts = {*range(40), *range(length - 60, length), *random.Random(7).sample(range(length), 60)}
    part = tmp_path / "part"
    for cut in sorted(cuts):
        part.write_bytes(content[:cut])
        with pytest.raises(BackupDamaged, match=r"part: .*; expected a whole file of `fengshao backup`"):
            whole(part)


def test_a_changed_file_is_refused_or_says_the_same(small: Path, tmp_path: Path) -> None:
    content = small.read_bytes()
    right = whole(small)
    chance = random.Random(7)
    changed = tmp_path / "changed"
    refused = 0
    for place in chance.sample(range(len(content)), 150):
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.randrange(8)
        changed.write_bytes(flipped)
        try:
            assert whole(changed) == right
        except BackupDamaged:
            refused += 1
    assert refused > 140, "only what gzip says of itself may differ"


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(2_000)])
def test_another_file_is_no_backup(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(BackupDamaged):
        whole(tmp_path / "other")


def test_what_stands_after_the_end_is_refused(small: Path) -> None:
    small.write_bytes(small.read_bytes() * 2)
    with pytest.raises(BackupDamaged, match="its seal does not fit"):
        whole(small)
