"""What fails on a PostgreSQL server has its name and says what to do, and never tells a password."""

import logging
import sys
import traceback
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from alerts.store import Database, Reader, Store, StoreAway, StoreError, StoreFull
from alerts.store.postgresql_errors import name

pytestmark = pytest.mark.part("postgres")


@pytest.fixture
def place(database: str) -> Database:
    return Database(database)


WRONG = {
    "password": (
        {"password": "not-the-one"},
        r"password authentication failed.*; correct the user or the password",
    ),
    "database": ({"database": "nowhere"}, r"\"nowhere\" does not exist; create that database \(createdb\)"),
    "user": ({"username": "nobody"}, r"authentication failed.*; correct the user or the password"),
    "host": ({"host": "nowhere.invalid"}, "see that PostgreSQL runs there and that host and port are right"),
    "option": ({"query": {"sslmode": "perhaps"}}, "invalid sslmode.*; correct the options of the database's address"),
    "encryption": ({"query": {"sslmode": "require"}}, "SSL.*; correct sslmode"),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_whoever_is_not_let_in_hears_why_and_no_password_is_told(
    database: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    changed, expected = WRONG[wrong]
    place = Database(database)
    place.url = place.url.set(**changed)  # type: ignore[arg-type]
    for opening in (Store, Reader):
        with pytest.raises(StoreError, match=expected) as caught:
            opening(place)
        told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(place) + str(place)
        assert place.url.password is not None
        assert place.url.password not in told


def test_a_password_goes_before_the_one_of_the_address_and_neither_is_shown() -> None:
    place = Database("postgres://u:s%40cret@host:5433/name?password=s%40cret&sslmode=require", "another")
    assert place.url.password == "another"
    assert repr(place) == "Database('postgresql://u@host:5433/name')"


@pytest.mark.parametrize(
    "address", ["postgresql://u:secret/d", "mysql://u:secret@h/d", "secret", "", "postgresql://u:secret@h:port/d"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(StoreError, match=r"expected postgresql://user@host:port/name") as caught:
        Database(address)
    assert "cret" not in "".join(traceback.format_exception(caught.value, limit=0))


@pytest.fixture
def guest(database: str, shell: psycopg.Connection) -> Iterator[Database]:
    """Of the same database as a user who owns nothing in it."""
    shell.execute("CREATE ROLE guest LOGIN PASSWORD 'of-a-guest'")
    place = Database(database, "of-a-guest")
    place.url = place.url.set(username="guest")
    yield place
    shell.execute("DROP OWNED BY guest; DROP ROLE guest")


def test_a_right_that_is_missing_is_named(place: Database, guest: Database, shell: psycopg.Connection) -> None:
    with pytest.raises(StoreError, match="permission denied for schema public; let the user own the database, or"):
        Store(guest)
    Store(place).close()
    for opening in (Store, Reader):
        with pytest.raises(StoreError, match=r"permission denied for table \w+; let the user own the database, or"):
            opening(guest)
    shell.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    with Reader(guest) as reader:
        assert reader.change() == 0


def test_tables_of_another_program_are_never_taken_for_ours(place: Database, shell: psycopg.Connection) -> None:
    shell.execute("CREATE TABLE events (id integer)")
    with pytest.raises(StoreError, match="another program's tables are there; name a database of Fengshao's own"):
        Store(place)
    assert shell.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)


def test_a_missing_driver_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for opening in (Store, Reader):
        with pytest.raises(StoreError, match=r"postgresql://h/d: .* run: pip install 'fengshao\[cluster\]'"):
            opening(Database("postgresql://h/d"))


class Failure(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("code", "expected", "advice"),
    [
        ("53100", StoreFull, "no room left"),
        ("53300", StoreAway, "max_connections"),
        ("25006", StoreError, "name the one that writes"),
        ("57P03", StoreAway, "open the store again"),
        ("40001", StoreAway, "open the store again"),
        ("58030", StoreError, "disk failed"),
        ("XX001", StoreError, "damaged"),
        ("22003", StoreError, ""),
    ],
)
def test_what_cannot_be_provoked_here_has_its_name_too(code: str, expected: type[StoreError], advice: str) -> None:
    found, told = name(DBAPIError("", None, Failure(code)))
    assert found is expected
    assert advice in told
    assert advice or not told
