"""A commit is on the disk, whole, before anybody hears of it."""

from pathlib import Path

import pytest

from alerts.store import Reader, Store, StoreError, StoreFull, StoreMissing, StoreOutdated, connect, schema
from alerts.writes import Writes
from tests.store import made

FULL = 2


def test_the_writer_waits_for_the_disk_at_every_commit(store: Store) -> None:
    def pragma(name: str) -> object:
        return store._connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == FULL
    assert pragma("busy_timeout") == connect.BUSY_MS


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


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with room for some 400 kB."""
    monkeypatch.setattr(connect, "WRITER_PRAGMAS", (*connect.WRITER_PRAGMAS, "max_page_count=100"))


@pytest.mark.usefixtures("small")
def test_a_full_disk_leaves_nothing_half_written_and_says_so(path: Path) -> None:
    store = Store(path)
    kept = store.commit(made.batch(made.reading(0, made.DAY), devices=["D1"], totals={"received": 1}, clock=made.DAY))
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

    left = store.load(10)
    assert (left.seq, left.clock, left.totals) == (kept, made.DAY, {"received": 1})
    assert (left.devices, left.hazards, left.snapshot, left.recent_messages) == (["D1"], [], None, [])
    with Reader(path) as reader:
        assert list(reader.export("events")) == []
        assert len(list(reader.export("readings"))) == 1

    assert store.commit(made.batch(made.reading(1, made.DAY), devices=["D2"])) == kept + 1
    assert store.load(0).devices == ["D1", "D2"]
    store.close()


def test_a_second_writer_on_the_same_file_is_stopped_at_its_first_commit(path: Path, store: Store) -> None:
    second = Store(path)
    store.commit(made.batch(made.reading(0, made.DAY)))
    with pytest.raises(StoreError, match="log"):
        second.commit(made.batch(made.reading(0, made.DAY)))
    second.close()
    assert store.load(0).seq == 1


def test_a_file_of_another_shape_is_refused_with_what_to_do(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    for opening in (Store, Reader):
        with pytest.raises(StoreOutdated, match=r"written in version 1 .* empty --data folder"):
            opening(path)


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
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]
    with Reader(path) as reader:
        assert reader.change() == 0


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.db"
    other.write_text("these are only notes, long enough to be looked at as a file header" * 20)
    for opening in (Store, Reader):
        with pytest.raises(StoreError, match=r"notes\.db"):
            opening(other)
