"""A backup and what is restored from it: the same tables on either database, or a refusal that changes nothing."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from alerts.store import Database, Place, Reader, Store, StoreError, StoreInUse, StoreOutdated, backup_file, schema
from alerts.store.backup import CARRIED, POSITIONS, StoreNotEmpty, backup, restoring
from alerts.store.backup_file import BackupDamaged, Head
from alerts.store.opening import open_reader, open_writer
from alerts.writes import Writes
from ingest.rejected import Reason, Rejected
from tests.parts.postgres import Postgres
from tests.store import made
from tests.store.conftest import BOTH
from tests.store.test_killed import tables_of
from tests.store.written import BESIDE, by_hand, fill, written


@pytest.fixture(params=BOTH)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Another place where nothing is yet."""
    if request.param == "sqlite":
        yield tmp_path / "elsewhere" / "fengshao.sqlite"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = f"target_{uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name}")
    yield Database(postgres.url(name))
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restore(place: Place, path: Path, *without: str) -> Head:
    with restoring(place, path, without, lambda done, of: None) as head:
        pass
    return head


def rows_in(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    engine = open_reader(place)
    with engine.begin() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in CARRIED
        }
    engine.dispose()
    return found


def is_empty(place: Place) -> bool:
    with Reader(place) as reader:
        return reader.change() == 0 and not any(
            rows_in(place)[name] for name in ("readings", "events", "log", "totals")
        )


@pytest.fixture
def file(place: Place, tmp_path: Path) -> Path:
    fill(place)
    return written(place, tmp_path / "file")


def test_what_is_restored_is_what_was_there_on_either_database(
    place: Place, target: Place, file: Path, tmp_path: Path
) -> None:
    before = rows_in(place)
    assert all(before.values()), "something in every table"
    head = restore(target, file)
    assert (head.beside, head.rows) == (BESIDE, sum(map(len, before.values())))
    assert rows_in(target) == before
    assert written(target, tmp_path / "again").read_bytes() == file.read_bytes()


def test_a_restored_store_goes_on_with_new_numbers(target: Place, place: Place, file: Path) -> None:
    restore(target, file)
    for one in (place, target):
        store = Store(one)
        store.commit(
            made.batch(
                made.reading(0, made.DAY + 1),
                events=[made.event(2), made.event(3)],
                writes=Writes(steps=[made.step("s3")]),
                rejected=[Rejected(0, Reason.MALFORMED, "up/x", b"y", made.DAY)],
            )
        )
        assert [event.id for event in store.added] == ["e-3"]
        store.close()
    ids = {one: [row[0] for row in rows_in(one)["readings"]] for one in (place, target)}
    assert ids[target] == ids[place] == [1, 2, 3]


def test_rows_are_handed_on_some_at_a_time(target: Place, place: Place, file: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(backup_file, "SOME", 1)
    seen: list[tuple[int, int]] = []
    with restoring(target, file, (), lambda *so_far: seen.append(so_far)) as head:
        pass
    assert seen == [(done + 1, head.rows) for done in range(head.rows)]
    assert rows_in(target) == rows_in(place)


def test_a_backup_while_a_writer_commits_is_of_one_moment(place: Place, tmp_path: Path) -> None:
    address = str(place) if isinstance(place, Path) else place.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.store.writer_program", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        try:
            files = [written(place, tmp_path / f"file-{number}") for number in range(3)]
            last = int(program.stdout.readline())
        finally:
            program.kill()
    kept = []
    for file in files:
        restore(tmp_path / f"{file.name}.sqlite", file)
        kept.append(tables_of(tmp_path / f"{file.name}.sqlite"))
    assert 1 <= kept[0] <= kept[1] <= kept[2]
    assert kept[2] > 1
    assert last > 1


def test_a_damaged_file_leaves_the_target_as_it_was(target: Place, small: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_bytes(small.read_bytes()[:-9])
    Store(target).close()
    with pytest.raises(BackupDamaged):
        restore(target, part)
    assert is_empty(target)
    restore(target, small)
    assert not is_empty(target)


def test_a_restore_that_is_broken_off_leaves_an_empty_store(target: Place, small: Path) -> None:
    with pytest.raises(KeyboardInterrupt), restoring(target, small, (), lambda done, of: None):
        raise KeyboardInterrupt
    assert is_empty(target)
    restore(target, small)


def test_a_store_that_holds_something_is_never_written_over(target: Place, small: Path) -> None:
    store = Store(target)
    store.commit(made.batch(clock=made.DAY))
    with pytest.raises(StoreInUse):
        restore(target, small)
    store.close()
    before = rows_in(target)
    with pytest.raises(StoreNotEmpty, match="found a store with 1 commits; expected an empty one"):
        restore(target, small)
    assert rows_in(target) == before


def test_positions_can_be_left_out_for_a_kafka_that_was_made_anew(target: Place, small: Path) -> None:
    restore(target, small, POSITIONS)
    store = Store(target)
    loaded = store.load()
    store.close()
    assert (loaded.positions, loaded.totals) == ({}, {"received": 2})


@pytest.mark.part("postgres")
def test_orders_of_boards_are_not_carried_and_those_of_now_do_no_harm(database: str, small: Path) -> None:
    place = Database(database)
    Store(place).close()
    with open_writer(place, wait=False) as (connection, _), connection.begin():
        connection.execute(text("INSERT INTO requests (asked_at, body) VALUES (0, '{}')"))
    restore(place, small)
    assert schema.requests not in CARRIED
    store = Store(place)
    assert [asked.number for asked in store.asked()] == [1]
    store.close()


def test_a_file_of_an_older_revision_is_brought_forward(target: Place, tmp_path: Path) -> None:
    restore(target, by_hand(tmp_path / "old", "0001"))
    assert rows_in(target)["settings"] == [("change", 9), ("clock", 5)]
    store = Store(target)
    store.commit(made.batch(positions={"next/0": 1}))
    loaded = store.load()
    store.close()
    assert (loaded.totals, loaded.devices, loaded.positions) == ({"received": 3}, ["D1"], {"next/0": 1})


def test_a_file_of_a_newer_revision_is_refused(target: Place, tmp_path: Path) -> None:
    with pytest.raises(StoreOutdated, match=r"new: .* revision 9999, .* restore it with Fengshao 0\.0\.9"):
        restore(target, by_hand(tmp_path / "new", "9999"))


def test_a_store_of_an_older_revision_is_not_backed_up(place: Place) -> None:
    Store(place).close()
    with open_writer(place, wait=False) as (connection, _), connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StoreOutdated, match="run `fengshao init`"):
        backup(place, io.BytesIO(), "0.1.0", made.DAY, {}, lambda done, of: None)


def test_a_place_without_a_store_is_named(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here"):
        backup(path, io.BytesIO(), "0.1.0", made.DAY, {}, lambda done, of: None)
