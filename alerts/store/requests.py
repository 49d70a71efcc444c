"""Orders on their way through the database: a board leaves one, the only writer's reply stands in its row.

All times are the server's, so that a board and a writer on two machines agree on how long somebody has waited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, cast, delete, extract, func, insert, select, update

from alerts.store import postgresql, schema
from alerts.store.opening import named_failures
from alerts.store.place import Database

AT_ONCE = 1000
"""So many are looked at in one go."""
KEPT_MS = 3_600_000
"""How long a reply can be looked up; what it did is in the history of its hazard."""

NOW = cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger)


@dataclass(frozen=True, slots=True)
class Asked:
    """An order without a reply, and for how many milliseconds it has waited."""

    number: int
    order: dict[str, Any]
    waited: int


class Requests:
    """A board's end, with connections of its own that write this one table. May be shared by threads."""

    def __init__(self, place: Database) -> None:
        """Connects when it is first needed."""
        self._place = place
        with named_failures(place):
            self._engine = postgresql.ask(place)

    def put(self, order: Mapping[str, Any]) -> int:
        """Leave an order; its number is where the reply will stand."""
        body = msgspec.json.encode(order).decode()
        row = insert(schema.requests).values(asked_at=NOW, body=body).returning(schema.requests.c.number)
        with named_failures(self._place), self._engine.begin() as connection:
            number: int = connection.execute(row).scalar_one()
        return number

    def reply(self, number: int) -> dict[str, Any] | None:
        """What came of it; None as long as nothing has."""
        columns = schema.requests.c
        with named_failures(self._place), self._engine.begin() as connection:
            said = connection.execute(select(columns.reply).where(columns.number == number)).scalar()
        return None if said is None else msgspec.json.decode(said, type=dict[str, Any])

    def close(self) -> None:
        """Let go of the place."""
        self._engine.dispose()


def unanswered(connection: Connection) -> list[Asked]:
    """The orders that wait, in the order in which they came."""
    columns = schema.requests.c
    waiting = select(columns.number, columns.body, (NOW - columns.asked_at).label("waited"))
    query = waiting.where(columns.reply.is_(None)).order_by(columns.number).limit(AT_ONCE)
    return [Asked(row.number, _order(row.body), row.waited) for row in connection.execute(query)]


def write_replies(connection: Connection, replies: Mapping[int, Mapping[str, Any]]) -> None:
    """Within the transaction of what the orders caused; what is long answered goes."""
    columns = schema.requests.c
    for number, reply in replies.items():
        said = msgspec.json.encode(reply).decode()
        written = update(schema.requests).where(columns.number == number, columns.reply.is_(None))
        connection.execute(written.values(reply=said, replied_at=NOW))
    connection.execute(delete(schema.requests).where(columns.replied_at < NOW - KEPT_MS))


def _order(body: str) -> dict[str, Any]:
    """What somebody wrote there by hand may be none: then it asks for nothing, and is refused as such."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (ValueError, RecursionError):
        return {}
