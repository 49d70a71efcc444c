"""Tables of an older program are brought to today's shape with all that they hold; others are refused by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from alerts.store import Place, Reader, Store, StoreError, StoreInUse, StoreMissing, StoreOutdated, schema
from alerts.store.migrate import MIGRATIONS, migrate, upgrade
from alerts.store.opening import open_reader, open_writer
from alerts.store.tables import FIRST_SHAPE
from tests.store import made

AS_FIRST = "UPDATE alembic_version SET version_num = '0001'"


@contextmanager
def changing(place: Place) -> Iterator[Connection]:
    with open_writer(place, wait=False) as (connection, _), connection.begin():
        yield connection


def columns(connection: Connection) -> dict[str, Any]:
    found = inspect(connection)
    return {
        table: sorted((column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table))
        for table in found.get_table_names()
    }


def make_first(place: Place, marked: bool) -> None:
    """What the first program left, without positions and requests; a file said by its shape alone what it is."""
    store = Store(place)
    store.commit(made.batch(made.reading(0, made.DAY), devices=["D1"], totals={"received": 1}, events=[made.event(1)]))
    store.close()
    with changing(place) as connection:
        connection.execute(text("DROP TABLE positions"))
        connection.execute(text("DROP TABLE requests"))
        connection.execute(text("INSERT INTO settings VALUES ('version', 1)"))
        connection.execute(text(f"INSERT INTO settings VALUES ('shape', {FIRST_SHAPE})"))
        connection.execute(text(AS_FIRST if marked else "DROP TABLE alembic_version"))


def test_all_revisions_in_a_row_make_the_tables_of_today(place: Place) -> None:
    Store(place).close()
    with changing(place) as connection:
        made_at_once = columns(connection)
        schema.metadata.drop_all(connection)
        schema.revision.drop(connection)
        upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert columns(connection) == made_at_once


def test_every_revision_is_known_to_the_program() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    revisions = [found.revision for found in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == schema.REVISIONS


@pytest.mark.parametrize("marked", [False, True])
def test_the_tables_of_the_first_program_are_kept_and_go_on(place: Place, marked: bool) -> None:
    make_first(place, marked)
    for opening in (Store, Reader):
        with pytest.raises(StoreOutdated, match="revision 0001, this program's of 0003; make a copy, then run `f"):
            opening(place)
    assert migrate(place)
    assert not migrate(place)
    store = Store(place)
    store.commit(made.batch(positions={"events/0": 7}))
    loaded = store.load()
    store.close()
    assert (loaded.positions, loaded.totals, loaded.devices) == ({"events/0": 7}, {"received": 1}, ["D1"])
    with Reader(place) as reader:
        assert [event["id"] for event in reader.export("events")] == ["e-1"]


def test_where_nothing_is_the_tables_are_made(place: Place) -> None:
    assert migrate(place)
    assert not migrate(place)
    with Reader(place) as reader:
        assert reader.change() == 0


def test_a_store_of_today_that_is_being_written_is_left_alone(place: Place, store: Store) -> None:
    assert not migrate(place)
    store.commit(made.batch(clock=made.DAY))
    with changing_by(store) as connection:
        connection.execute(text(AS_FIRST))
    with pytest.raises(StoreInUse, match="in use by another program"):
        migrate(place)


@contextmanager
def changing_by(store: Store) -> Iterator[Connection]:
    with store._connection.begin():
        yield store._connection


@pytest.mark.parametrize("revision", ["9999", ""])
def test_tables_of_a_revision_that_nobody_knows_are_refused(place: Place, revision: str) -> None:
    Store(place).close()
    with changing(place) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": revision})
    for opening in (Store, Reader, migrate):
        with pytest.raises(StoreOutdated, match=rf"revision {revision or 'unknown'}, .* with an empty store"):
            opening(place)


def test_a_file_of_another_shape_is_of_no_known_revision(path: Path) -> None:
    make_first(path, marked=False)
    with changing(path) as connection:
        connection.execute(text("UPDATE settings SET number = 1 WHERE name = 'shape'"))
    for opening in (Store, Reader, migrate):
        with pytest.raises(StoreOutdated, match="revision unknown"):
            opening(path)


def test_a_revision_that_fails_leaves_everything_as_it_was(place: Place) -> None:
    make_first(place, marked=True)
    with changing(place) as connection:
        connection.execute(text("CREATE TABLE positions (name TEXT)"))
    with pytest.raises(StoreError, match="already exists"):
        migrate(place)
    with pytest.raises(StoreOutdated, match="revision 0001"):
        open_reader(place)


def test_a_reader_of_an_empty_place_says_so(place: Place) -> None:
    with pytest.raises(StoreMissing, match="start the service first"):
        Reader(place)
