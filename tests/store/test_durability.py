"""A commit is on the disk, whole, before anybody hears of it."""

import errno
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.store import (
    Reader,
    Store,
    StoreError,
    StoreFull,
    StoreGone,
    StoreInUse,
    StoreMissing,
    StoreOutdated,
    sqlite,
    tables,
)
from alerts.store.opening import named_failures
from alerts.writes import Writes
from ingest.metrics import METRICS, Metric
from tests.store import made

FULL = 2


@pytest.fixture
def place(path: Path) -> Path:
    return path


def test_the_writer_waits_for_the_disk_at_every_commit(store: Store) -> None:
    def pragma(name: str) -> object:
        return store._connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == FULL
    assert pragma("busy_timeout") == sqlite.BUSY_MS


def test_the_log_beside_the_file_stays_small_while_the_board_looks(path: Path, store: Store, reader: Reader) -> None:
    beside = path.with_name(f"{path.name}-wal")
    sizes = []
    for number in range(250):
        at = made.DAY + number
        rows = [made.reading(device, at + device) for device in range(50)]
        store.commit(made.batch(*rows, messages=[made.message("D1", at, b"x" * 100_000)]))
        reader.open_hazards()
        sizes.append(beside.stat().st_size)
    assert path.stat().st_size > 20_500_000
    assert max(sizes) < 20_000_000


@pytest.mark.parametrize("mend", ["removed", "replaced"])
def test_a_file_that_is_gone_is_noticed_before_anything_is_acknowledged(path: Path, mend: str) -> None:
    store = Store(path)
    store.commit(made.batch(made.reading(0, made.DAY), devices=["D1"]))
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()
    if mend == "replaced":
        path.write_bytes(b"another")
    with pytest.raises(StoreGone, match="removed or replaced while it was in use"):
        store.commit(made.batch(made.reading(0, made.DAY + 1)))
    store.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with room for some 400 kB."""
    monkeypatch.setattr(sqlite, "WRITER_PRAGMAS", (*sqlite.WRITER_PRAGMAS, "max_page_count=100"))


@pytest.mark.usefixtures("small")
def test_a_full_disk_leaves_nothing_half_written_and_says_so(path: Path) -> None:
    store = Store(path)
    store.commit(made.batch(made.reading(0, made.DAY), devices=["D1"], totals={"received": 1}, clock=made.DAY))
    too_much = made.batch(
        *(made.reading(1, made.DAY + place) for place in range(20_000)),
        devices=["D2"],
        messages=[made.message("D2", made.DAY)],
        events=[made.event(1)],
        writes=Writes(hazards=made.by_id(made.hazard("h"))),
        totals={"received": 20_001},
        clock=made.DAY + 1_000,
        snapshot=b"later",
    )
    with pytest.raises(StoreFull, match="no room left"):
        store.commit(too_much)

    left = store.load()
    assert (left.clock, left.totals, store.added) == (made.DAY, {"received": 1}, [])
    assert (left.devices, left.hazards, left.snapshot, len(left.inputs_after)) == (["D1"], [], None, 1)
    with Reader(path) as reader:
        assert list(reader.export("events")) == list(reader.feed_lines())[:-1] == []
        assert reader.change() == 1
        assert len(list(reader.export("readings"))) == 1

    store.commit(made.batch(made.reading(1, made.DAY), devices=["D2"]))
    assert len(store.load().inputs_after) == 2
    assert store.load().devices == ["D1", "D2"]
    store.close()


def test_a_second_writer_is_refused_at_once_and_leaves_the_first_alone(path: Path, store: Store) -> None:
    store.commit(made.batch(clock=made.DAY))
    with pytest.raises(StoreInUse, match=r"fengshao\.db: in use by another program; stop that first"):
        Store(path)
    store.commit(made.batch(clock=made.DAY + 1))
    store.close()
    after = Store(path)
    assert after.load().clock == made.DAY + 1
    after.close()


def test_a_writer_that_was_refused_leaves_no_lock(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"these are only notes" * 100)
    for _ in range(2):
        with pytest.raises(StoreError, match="file is not a database"):
            Store(path)
    path.unlink()
    Store(path).close()


def test_another_program_that_writes_is_refused(path: Path, store: Store) -> None:
    program = [sys.executable, "-m", "tests.store.writer_program", str(path)]
    ran = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "StoreInUse" in ran.stderr


def test_only_this_user_may_read_what_is_kept(path: Path) -> None:
    usual = os.umask(0)
    try:
        store = Store(path)
        store.commit(made.batch(clock=made.DAY))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        store.close()
    finally:
        os.umask(usual)
    assert modes == {f"{path.name}{ending}": 0o600 for ending in ("", "-wal", "-shm", ".lock")}


@pytest.fixture
def appended(monkeypatch: pytest.MonkeyPatch) -> int:
    """One more metric than the store was made with; its number."""
    monkeypatch.setattr(tables, "METRICS", (*METRICS, Metric("pm25", "µg/m³", 0.0, 1e4, "细颗粒物")))
    return len(METRICS)


@pytest.mark.parametrize("unknown", [[], ["pm25"]])
def test_a_store_goes_on_after_a_metric_was_appended(
    path: Path, unknown: list[str], request: pytest.FixtureRequest
) -> None:
    store = Store(path)
    store.commit(made.batch(metrics=unknown))
    store.close()
    number = request.getfixturevalue("appended")
    store = Store(path)
    store.commit(made.batch(made.reading(0, made.DAY, 12.0, metric=number), devices=["D1"], metrics=["pm25"]))
    assert store.load().metrics.index("pm25") == number
    store.close()
    with Reader(path) as reader:
        assert [row["metric"] for row in reader.export("readings")] == ["pm25"]


def test_a_store_in_which_a_number_has_another_meaning_is_refused(path: Path, request: pytest.FixtureRequest) -> None:
    store = Store(path)
    store.commit(made.batch(metrics=["noise", "pm25"]))
    store.close()
    Store(path).close()
    number = request.getfixturevalue("appended")
    for opening in (Store, Reader):
        with pytest.raises(StoreOutdated, match=rf"metric {number} is 'noise' there, 'pm25' here\. Export"):
            opening(path)


def order(store: Store, pragma: str) -> None:
    store._connection.exec_driver_sql(pragma)
    store._connection.rollback()


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(StoreError, match=r"a file/fengshao\.db: .*; expected a folder and files that this user may"):
        Store(tmp_path / "a file" / "fengshao.db")


def test_a_file_that_cannot_be_written_is_named_with_what_to_do(path: Path, store: Store) -> None:
    order(store, "PRAGMA query_only=ON")
    with pytest.raises(StoreError, match=r"fengshao\.db: .*readonly.*; expected a folder and files that this user may"):
        store.commit(made.batch())


def test_a_file_that_is_held_is_named_with_what_to_do(path: Path, store: Store) -> None:
    order(store, "PRAGMA busy_timeout=1")
    shell = sqlite3.connect(path, isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"fengshao\.db: database is locked; another program holds the file; end it"):
        store.commit(made.batch())
    shell.close()
    store.commit(made.batch(clock=made.DAY))
    assert store.load().clock == made.DAY


def test_a_damaged_file_is_named_with_what_to_do(path: Path) -> None:
    store = Store(path)
    store.commit(made.batch(*(made.reading(0, made.DAY + n) for n in range(5_000)), devices=["D1"]))
    store.close()
    sound = path.read_bytes()
    path.write_bytes(sound[:4096] + b"\xff" * (len(sound) - 4096))
    for opening in (Store, Reader):
        with pytest.raises(StoreError, match=r"fengshao\.db: .*malformed; the file is damaged; put a copy back"):
            opening(path)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_is_full_before_the_database_is_there_is_named_too(path: Path, code: int) -> None:
    with pytest.raises(StoreFull, match=r"fengshao\.db: no room left"), named_failures(path):
        raise OSError(code, os.strerror(code))


def test_a_reader_of_nothing_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match=r"nowhere\.db"):
        Reader(tmp_path / "nowhere.db")
    assert not (tmp_path / "nowhere.db").exists()


def test_a_new_file_is_whole_from_the_moment_at_which_it_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that waits for the file may open it at once; a power cut while it is made leaves nothing to trip over."""

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            Store(path)
    assert not path.exists()
    Store(path).close()
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]
    with Reader(path) as reader:
        assert reader.change() == 0


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.db"
    other.write_text("these are only notes, long enough to be looked at as a file header" * 20)
    for opening in (Store, Reader):
        with pytest.raises(StoreError, match=r"notes\.db"):
            opening(other)
