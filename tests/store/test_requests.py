"""Orders and replies as rows: a reply is kept with what its order caused or not at all; boards write nothing else."""

from collections.abc import Iterator

import psycopg
import pytest

from alerts.store import Database, Requests, Store, StoreAway, StoreError
from alerts.writes import Writes
from tests.parts.postgres import Postgres
from tests.store import made

pytestmark = pytest.mark.part("postgres")

ORDER = {"do": "answer", "note": "火情属实 \0 ' %s"}
HOUR_AGO = "UPDATE requests SET replied_at = replied_at - 3600001 WHERE number = %s"


@pytest.fixture
def place(database: str) -> Database:
    return Database(database)


@pytest.fixture
def requests(place: Database, store: Store) -> Iterator[Requests]:
    opened = Requests(place)
    yield opened
    opened.close()


def test_orders_wait_in_their_order_until_they_are_replied_to(store: Store, requests: Requests) -> None:
    first, second = requests.put(ORDER), requests.put({"do": "ping"})
    waiting = store.asked()
    assert [(one.number, one.order) for one in waiting] == [(first, ORDER), (second, {"do": "ping"})]
    assert all(0 <= one.waited < 10_000 for one in waiting)
    assert requests.reply(second) is None
    store.commit(made.batch(replies={second: {"ok": False, "why": "已销号"}}))
    assert requests.reply(second) == {"ok": False, "why": "已销号"}
    assert [one.number for one in store.asked()] == [first]


def test_a_reply_is_kept_with_what_it_caused_or_not_at_all(store: Store, requests: Requests) -> None:
    number = requests.put(ORDER)
    caused = Writes(steps=[made.step("s1")])
    with pytest.raises(StoreError, match="out of range"):
        store.commit(made.batch(writes=caused, replies={number: {"ok": True}}, clock=2**70))
    assert requests.reply(number) is None
    assert [one.number for one in store.asked()] == [number]
    store.commit(made.batch(writes=caused, replies={number: {"ok": True}}))
    assert requests.reply(number) == {"ok": True}


def test_a_reply_once_given_stands(store: Store, requests: Requests) -> None:
    number = requests.put(ORDER)
    store.commit(made.batch(replies={number: {"ok": True}}))
    store.commit(made.batch(replies={number: {"ok": False}}))
    assert requests.reply(number) == {"ok": True}


def test_what_was_replied_to_an_hour_ago_goes_and_what_waits_stays(
    store: Store, requests: Requests, shell: psycopg.Connection
) -> None:
    old, waiting, new = (requests.put(ORDER) for _ in range(3))
    store.commit(made.batch(replies={old: {"ok": True}}))
    shell.execute(HOUR_AGO, [old])
    shell.execute("UPDATE requests SET asked_at = 0 WHERE number = %s", [waiting])
    store.commit(made.batch(replies={new: {"ok": True}}))
    assert shell.execute("SELECT number FROM requests ORDER BY number").fetchall() == [(waiting,), (new,)]


@pytest.mark.parametrize("body", ["{", "[1]", "[" * 50_000])
def test_what_somebody_wrote_there_by_hand_holds_nobody_up(
    store: Store, requests: Requests, shell: psycopg.Connection, body: str
) -> None:
    shell.execute("INSERT INTO requests (asked_at, body) VALUES (0, %s)", [body])
    number = requests.put(ORDER)
    assert [one.order for one in store.asked()] == [{}, ORDER]
    assert store.asked()[1].number == number


GRANTS = """
CREATE ROLE board LOGIN PASSWORD 'of-the-board';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO board;
GRANT INSERT ON requests TO board;
GRANT USAGE ON SEQUENCE requests_number_seq TO board
"""
"""As docs/cluster.md has them."""


def test_a_user_who_may_only_read_and_ask_is_enough_for_a_board(
    place: Database, store: Store, shell: psycopg.Connection
) -> None:
    shell.execute(GRANTS)
    guest = Database(str(place), "of-the-board")
    guest.url = guest.url.set(username="board")
    requests = Requests(guest)
    try:
        number = requests.put(ORDER)
        store.commit(made.batch(replies={number: {"ok": True}}))
        assert requests.reply(number) == {"ok": True}
        address = guest.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            for forbidden in ("UPDATE requests SET reply = '{}'", "DELETE FROM requests", "DELETE FROM steps"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(forbidden)
    finally:
        requests.close()
        shell.execute("DROP OWNED BY board; DROP ROLE board")


def test_a_server_that_was_away_is_asked_again(store: Store, requests: Requests, postgres: Postgres) -> None:
    number = requests.put(ORDER)
    postgres.stop()
    with pytest.raises(StoreAway):
        requests.put(ORDER)
    with pytest.raises(StoreAway):
        requests.reply(number)
    postgres.start()
    assert requests.reply(number) is None
