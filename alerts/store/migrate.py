"""Bringing a store to this program's revision; Alembic is loaded only where there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, insert, inspect

from alerts.store import schema
from alerts.store.errors import StoreMissing, StoreOutdated
from alerts.store.opening import named_failures, open_reader, open_writer
from alerts.store.place import Place
from alerts.store.tables import check, found_revision

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(place: Place) -> bool:
    """Make the tables, or change them and keep every row; whether there was anything to do.

    Where there is nothing to do, the store may be in use.
    """
    with named_failures(place):
        try:
            open_reader(place).dispose()
        except (StoreMissing, StoreOutdated):
            pass
        else:
            return False
        with open_writer(place, wait=False) as (connection, still_there):
            with connection.begin():
                older = schema.REVISIONS[:-1]
                if found_revision(connection) in older:
                    upgrade(connection)
                check(connection, place)
            still_there()
    return True


def upgrade(connection: Connection, to: str = "head") -> None:
    """All revisions that the tables are behind (up to ``to``), in one transaction: all of it or nothing."""
    from alembic import command
    from alembic.config import Config

    found = found_revision(connection)
    if found and not inspect(connection).has_table(schema.revision.name):
        schema.revision.create(connection)
        connection.execute(insert(schema.revision), {"version_num": found})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, to)
