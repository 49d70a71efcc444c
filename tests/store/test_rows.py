"""One field, one column: whatever the ledger's rows hold comes back as it was."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer
from alerts.store import Store, schema
from alerts.store.statements import insert_new, insert_or_replace, insert_rows
from alerts.store.write import LEDGER
from alerts.writes import Writes
from tests.store import made

longs = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
st.register_type_strategy(int, longs)
st.register_type_strategy(str, texts)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.from_type(Alert), st.from_type(Hazard), st.from_type(Ticket), st.from_type(Notice), st.from_type(Timer))
def test_any_row_comes_back_as_it_was(
    store: Store, alert: Alert, hazard: Hazard, ticket: Ticket, notice: Notice, timer: Timer
) -> None:
    alert.open, hazard.phase, ticket.state, notice.state = True, "verify", "open", "pending"
    store.commit(
        made.batch(
            writes=Writes(
                alerts=made.by_id(alert),
                hazards=made.by_id(hazard),
                tickets=made.by_id(ticket),
                notices=made.by_id(notice),
                timers=made.by_id(timer),
            )
        )
    )
    loaded = store.load()
    assert alert in loaded.alerts
    assert hazard in loaded.hazards
    assert ticket in loaded.tickets
    assert notice in loaded.notices
    assert timer in loaded.timers


@pytest.mark.parametrize(
    ("table", "struct"), [*((table, row[1]) for table, row in LEDGER.items()), (schema.steps, Step)]
)
def test_each_field_has_its_column(table: Table, struct: type[msgspec.Struct]) -> None:
    columns = [column.name for column in table.c if column.name != "number"]
    assert columns == [field.name for field in msgspec.structs.fields(struct)]


def test_every_list_of_writes_is_kept() -> None:
    kept = {name for name, _ in LEDGER.values()} | {"steps", "dropped_timers"}
    assert kept == set(Writes.__slots__)


def test_tables_and_statements_are_spelled_for_postgresql_too() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    spelled = "".join(str(CreateTable(table).compile(dialect=dialect)) for table in schema.metadata.sorted_tables)
    assert spelled.count("CREATE TABLE") == len(schema.metadata.tables)
    assert "id BIGSERIAL" in spelled
    assert "BYTEA" in spelled
    assert "ON CONFLICT DO NOTHING" in insert_new(schema.events, dialect, leave_out="number")
    assert "DO UPDATE SET" in insert_or_replace(schema.hazards, dialect)
    assert "INSERT INTO log" in insert_rows(schema.log, dialect)
