"""A store on a PostgreSQL server: one writer, whatever breaks, and everything once."""

from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from alerts.store import Database, Reader, Store, StoreAway, StoreError, StoreInUse, postgresql
from alerts.writes import Writes
from tests.parts.postgres import Postgres
from tests.store import made

pytestmark = pytest.mark.part("postgres")

END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@pytest.fixture
def place(database: str) -> Database:
    return Database(database)


def caused(number: int) -> dict[str, Any]:
    writes = Writes(hazards=made.by_id(made.hazard(f"h{number}")), steps=[made.step(f"s{number}")])
    return {"events": [made.event(number)], "writes": writes, "positions": {"events/0": number}}


def kept(reader: Reader) -> list[str]:
    return [event["id"] for event in reader.export("events")]


def test_the_server_confirms_what_is_on_its_disk_and_waits_for_nobody_forever(store: Store, reader: Reader) -> None:
    def shown(setting: str) -> object:
        return store._connection.exec_driver_sql(f"SHOW {setting}").scalar()

    assert shown("synchronous_commit") == "on"
    assert (shown("lock_timeout"), shown("statement_timeout")) == ("10s", "1min")
    with reader._engine.begin() as connection:
        for setting, value in {"transaction_isolation": "repeatable read", "transaction_read_only": "on"}.items():
            assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == value


def test_a_second_writer_is_refused_at_once_and_leaves_the_first_alone(place: Database, store: Store) -> None:
    with pytest.raises(StoreInUse, match=r"postgresql://fengshao@127\.0\.0\.1:\d+/test_\w+: in use by another program"):
        Store(place)
    store.commit(made.batch(clock=made.DAY))
    store.close()
    after = Store(place)
    assert after.load().clock == made.DAY
    after.close()


def test_a_standby_goes_on_where_the_writer_left(
    place: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LOOK_SECONDS", 0.01)
    loaded, opened = [], Event()

    def stand_by() -> None:
        waiting = Store(place, wait=True)
        opened.set()
        loaded.append(waiting.load().positions)
        waiting.close()

    standby = Thread(target=stand_by)
    standby.start()
    assert not opened.wait(0.2)
    store.commit(made.batch(**caused(1)))
    store.close()
    standby.join(20)
    assert loaded == [{"events/0": 1}]


def test_a_writer_whose_connection_broke_never_writes_on(
    place: Database, store: Store, reader: Reader, shell: psycopg.Connection
) -> None:
    store.commit(made.batch(**caused(1)))
    shell.execute(END_OTHERS, [place.url.database])
    with pytest.raises(StoreAway, match="open the store again"):
        store.commit(made.batch(**caused(2)))
    other = Store(place)
    other.commit(made.batch(**caused(3)))
    for _ in range(2):
        with pytest.raises(StoreAway, match="the connection broke, and with it went the lock"):
            store.commit(made.batch(**caused(4)))
    store.close()
    other.commit(made.batch(**caused(5)))
    other.close()
    assert kept(reader) == ["e-1", "e-3", "e-5"]


def test_a_server_that_was_away_comes_back_with_everything_once(
    place: Database, postgres: Postgres, store: Store, reader: Reader
) -> None:
    store.commit(made.batch(**caused(1)))
    postgres.kill()
    with pytest.raises(StoreAway):
        store.commit(made.batch(**caused(2)))
    store.close()
    for opening in (Store, Reader):
        with pytest.raises(StoreAway, match=r"refused.*; see that PostgreSQL runs there"):
            opening(place)
    with pytest.raises(StoreAway):
        reader.change()
    postgres.start()
    again = Store(place, wait=True)
    assert again.load().positions == {"events/0": 1}
    for number in (1, 2):
        again.commit(made.batch(**caused(number)))
    again.close()
    assert kept(reader) == ["e-1", "e-2"]
    assert [step.id for step in reader.steps_of("h")] == ["s1", "s2"]


def test_a_board_does_not_notice_that_an_idle_connection_was_dropped(
    place: Database, store: Store, reader: Reader, shell: psycopg.Connection
) -> None:
    assert reader.change() == 0
    shell.execute(END_OTHERS, [place.url.database])
    assert reader.change() == 0


def test_a_standby_says_that_the_server_went_away(
    place: Database, postgres: Postgres, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LOOK_SECONDS", 0.01)
    raised: list[BaseException] = []

    def stand_by() -> None:
        try:
            Store(place, wait=True)
        except StoreError as error:
            raised.append(error)

    standby = Thread(target=stand_by)
    standby.start()
    postgres.stop()
    standby.join(20)
    assert [type(error) for error in raised] == [StoreAway]


def test_a_table_that_somebody_holds_is_named_and_then_waited_for_no_longer(
    place: Database, shell: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "WRITER_SETTINGS", ("lock_timeout = '20ms'",))
    store = Store(place)
    with shell.transaction():
        shell.execute("LOCK TABLE settings")
        with pytest.raises(StoreAway, match="lock timeout; another session holds a table; end it"):
            store.commit(made.batch(**caused(1)))
    store.commit(made.batch(**caused(1)))
    assert [event.id for event in store.added] == ["e-1"]
    store.close()


def test_ids_stand_in_the_order_of_their_bytes_in_a_database_of_any_language(postgres: Postgres) -> None:
    postgres.execute(
        "CREATE DATABASE chinese TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN'"
    )
    try:
        place = Database(postgres.url("chinese"))
        names = ["-b", "B", "a", "a-c", "ab", "é", "陈"]
        store = Store(place)
        store.commit(made.batch(writes=Writes(alerts=made.by_id(*map(made.alert, reversed(names))))))
        store.close()
        with Reader(place) as reader:
            assert [row["id"] for row in reader.export("alerts")] == names
    finally:
        postgres.execute("DROP DATABASE chinese")
