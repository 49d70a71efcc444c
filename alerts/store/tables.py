"""The tables as a whole: making them, telling their revision, refusing those of another one."""

from sqlalchemy import Connection, Inspector, insert, inspect, select

from alerts.store import schema
from alerts.store.errors import StoreMissing, StoreOutdated
from alerts.store.names import METRIC, load_names
from alerts.store.place import Place
from ingest.metrics import METRICS

FIRST_SHAPE = 652_912_028
"""Files of the first revision do not name it; they bear this number, a checksum over their columns."""

UNKNOWN = "unknown"
EXPORT_FIRST = "Export what you need with the program that wrote it, then start this one with an empty store."


def make_tables(connection: Connection) -> None:
    """All tables, their revision, and the metrics that every store knows. None may be there: it would be another's."""
    numbers = {schema.CLOCK: 0, schema.CHANGE: 0}
    metrics = [{"kind": METRIC, "number": number, "name": metric.name} for number, metric in enumerate(METRICS)]
    schema.metadata.create_all(connection, checkfirst=False)
    schema.revision.create(connection)
    connection.execute(insert(schema.revision), {"version_num": schema.REVISIONS[-1]})
    connection.execute(insert(schema.settings), [{"name": name, "number": numbers[name]} for name in numbers])
    connection.execute(insert(schema.vocabulary), metrics)


def found_revision(connection: Connection) -> str:
    """The revision of the tables that are there; empty where there are none of ours."""
    found: Inspector = inspect(connection)
    if found.has_table(schema.revision.name):
        return connection.execute(select(schema.revision.c.version_num)).scalar() or UNKNOWN
    if not found.has_table(schema.settings.name):
        return ""
    settings = schema.settings.c
    shape = connection.execute(select(settings.number).where(settings.name == "shape")).scalar()
    return schema.REVISIONS[0] if shape == FIRST_SHAPE else UNKNOWN


def check(connection: Connection, place: Place) -> None:
    """Refuse tables of another revision, and say what to do."""
    found, ours = found_revision(connection), schema.REVISIONS[-1]
    if not found:
        raise StoreMissing(f"{place}: this is not a store of Fengshao; start the service first, or name another place")
    if found != ours:
        what = f"{place}: its tables are of revision {found}, this program's of {ours}"
        older = found in schema.REVISIONS
        raise StoreOutdated(f"{what}; {'make a copy, then run `fengshao init`' if older else EXPORT_FIRST}")
    # Metrics may have been appended since; but a number that readings carry must go on to mean the same.
    for number, (known, metric) in enumerate(zip(load_names(connection).known[METRIC], METRICS, strict=False)):
        if known != metric.name:
            raise StoreOutdated(f"{place}: metric {number} is {known!r} there, {metric.name!r} here. {EXPORT_FIRST}")
