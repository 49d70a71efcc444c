"""Long answers in pages, each from its own short moment, so that an export never holds up the writer's log."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Engine, Row, Select, tuple_

PAGE = 2_000


def pages(engine: Engine, query: Select[Any], keys: Sequence[Column[Any]], size: int = PAGE) -> Iterator[Row[Any]]:
    """The rows of ``query`` in the order of ``keys``, which it selects and which are unique together."""
    ordered = query.order_by(*keys).limit(size)
    last: tuple[Any, ...] | None = None
    while True:
        page = ordered if last is None else ordered.where(tuple_(*keys) > last)
        with engine.begin() as connection:
            rows = connection.execute(page).all()
        yield from rows
        if len(rows) < size:
            return
        last = tuple(getattr(rows[-1], key.name) for key in keys)
