"""The list of what is open, as the board shows it: ordered, filtered, folded, cut and counted where the rows lie.

A hazard is *cleared* once no alert of it is open, *taken* once somebody has answered, *overdue* after its deadline.
"""

import typing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, case, cast, func, literal, select

from alerts.model import Alert, Hazard, Phase
from alerts.store import schema
from alerts.store.rows import reader_of
from rules.levels import LEVEL_NUMBER

OPEN_PHASES = [phase for phase in typing.get_args(Phase) if phase != "closed"]


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many open hazards are alike in all that the wall counts by."""

    level: str
    kind: str
    township: str
    cleared: bool
    taken: bool
    overdue: bool
    count: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A hazard on the list with the open alert that speaks for it (none once it has cleared) and how many are open.

    ``folded``: how many hazards of its township and kind it stands for.
    """

    hazard: Hazard
    alert: Alert | None
    alerts: int
    folded: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty is all. ``area`` is the beginning of a township's code."""

    level: str = ""
    kind: str = ""
    area: str = ""


_hazard, _alert = schema.hazards.c, schema.alerts.c
_level = case(LEVEL_NUMBER, value=_hazard.level, else_=0)
_taken = (_hazard.owner != "") & _hazard.answered_at.is_not(None)
_cleared = _hazard.id.not_in(select(_alert.hazard_id).where(_alert.open))


def open_counts(connection: Connection, now: int) -> list[OpenCount]:
    """Of all that is open, in no order."""
    told = [_cleared.label("cleared"), _taken.label("taken"), _overdue(now).label("overdue")]
    each = select(_hazard.level, _hazard.kind, _hazard.township, *told).where(*_open(Wanted())).subquery().c
    query: Select[Any] = select(*each, func.count()).group_by(*each)
    return [OpenCount(*row) for row in connection.execute(query)]


def count_open(connection: Connection, wanted: Wanted) -> int:
    """How long the list is."""
    count: int = connection.execute(select(func.count()).select_from(schema.hazards).where(*_open(wanted))).scalar_one()
    return count


def ticket_counts(connection: Connection) -> list[tuple[str, str, int]]:
    """(kind, township, open device tickets)."""
    tickets = schema.tickets.c
    query = select(tickets.kind, tickets.township, func.count()).where(tickets.state.in_(("open", "repaired")))
    return [
        (kind, town, count) for kind, town, count in connection.execute(query.group_by(tickets.kind, tickets.township))
    ]


def open_list(connection: Connection, now: int, limit: int, wanted: Wanted, fold: bool) -> list[Listed]:
    """The first ``limit`` of the list; with ``fold`` hazards of one township and kind are one, the first of them."""
    chosen = (_folded if fold else _each)(now, wanted).limit(limit)
    numbers: dict[str, int] = dict(connection.execute(chosen).all())
    hazards = connection.execute(select(schema.hazards).where(_hazard.id.in_(numbers)))
    by_id = {row.id: reader_of(Hazard)(row) for row in hazards}
    leading = _leading(connection, list(numbers))
    none: tuple[Alert | None, int] = (None, 0)
    return [Listed(by_id[one], *leading.get(one, none), folded) for one, folded in numbers.items()]


def _each(now: int, wanted: Wanted) -> Select[Any]:
    """Ids in the order of the list, each for itself alone."""
    return select(_hazard.id, literal(1)).where(*_open(wanted)).order_by(*_order(now))


def _folded(now: int, wanted: Wanted) -> Select[Any]:
    """The first of each township and kind, and how many it stands for; what has no township stands for itself."""
    order = _order(now)
    alike = [func.coalesce(func.nullif(_hazard.township, ""), _hazard.id), _hazard.kind]
    each = select(
        _hazard.id,
        func.row_number().over(order_by=order).label("rank"),
        func.row_number().over(partition_by=alike, order_by=order).label("place"),
        func.count().over(partition_by=alike).label("folded"),
    )
    ranked = each.where(*_open(wanted)).subquery().c
    return select(ranked.id, ranked.folded).where(ranked.place == 1).order_by(ranked.rank)


def _open(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Every phase is named, for so the index is used: over the years what is closed is nearly all."""
    found: list[ColumnElement[bool]] = [_hazard.phase.in_(OPEN_PHASES)]
    found += [_hazard.level == wanted.level] if wanted.level else []
    found += [_hazard.kind == wanted.kind] if wanted.kind else []
    return found + ([func.substr(_hazard.township, 1, len(wanted.area)) == wanted.area] if wanted.area else [])


def _overdue(now: int) -> ColumnElement[bool]:
    return _hazard.answer_by.is_not(None) & (_hazard.answer_by < now)


def _order(now: int) -> list[ColumnElement[int]]:
    """A red that nobody has taken stands first; then what is overdue, by level, by age; the cleared stand last."""
    return [
        cast((_hazard.level == "red") & ~_taken, Integer).desc(),
        cast(_cleared, Integer),
        cast(_overdue(now), Integer).desc(),
        _level.desc(),
        _hazard.opened_at,
        _hazard.id,
    ]


def _leading(connection: Connection, hazards: list[str]) -> dict[str, tuple[Alert, int]]:
    """Of each hazard the open alert that speaks for it, the highest, then the oldest, and how many are open."""
    level = case(LEVEL_NUMBER, value=_alert.level, else_=0)
    place = func.row_number().over(partition_by=_alert.hazard_id, order_by=[level.desc(), _alert.raised_at, _alert.id])
    number = func.count().over(partition_by=_alert.hazard_id)
    each = (
        select(_alert.id, place.label("place"), number.label("number"))
        .where(_alert.hazard_id.in_(hazards), _alert.open)
        .subquery()
    )
    query = select(schema.alerts, each.c.number).join(each, each.c.id == _alert.id).where(each.c.place == 1)
    return {row.hazard_id: (reader_of(Alert)(row), row.number) for row in connection.execute(query)}
