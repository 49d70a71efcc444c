"""What the board and the exports see of the store: read-only, and safe while the road writes."""

from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Select, select

from alerts.model import Alert, Hazard, Notice, Step, Ticket
from alerts.store import counts, export, feed_lines, growth, look, open_list, schema
from alerts.store.growth import Grown
from alerts.store.load import load_numbers, load_setting, open_alerts, open_hazards, open_tickets, rows_of
from alerts.store.open_list import Listed, OpenCount, Wanted
from alerts.store.opening import named_failures, open_reader
from alerts.store.place import Place
from alerts.store.rows import Row
from alerts.store.stored import StoredReading

FOREVER = 2**62
EVERYTHING = Wanted()

Details = ParamSpec("Details")
Told = TypeVar("Told")


class Reader:
    """Every question is answered from one moment; times are epoch milliseconds. May be shared by threads."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with named_failures(place):
            self._engine = open_reader(place)

    def close(self) -> None:
        """Let go of the place."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def change(self) -> int:
        """A number that grows with every commit."""
        return self._ask(load_setting, schema.CHANGE)

    def clock(self) -> int:
        """How far the road's clock has come; 0 before the first commit."""
        return self._ask(load_setting, schema.CLOCK)

    def totals(self) -> dict[str, int]:
        """What the road counted, by name."""
        return self._ask(load_numbers, schema.totals)

    # The ledger.

    def hazard(self, hazard_id: str) -> Hazard | None:
        return self._one(select(schema.hazards).where(schema.hazards.c.id == hazard_id), Hazard)

    def alert(self, alert_id: str) -> Alert | None:
        return self._one(select(schema.alerts).where(schema.alerts.c.id == alert_id), Alert)

    def notice(self, notice_id: str) -> Notice | None:
        return self._one(select(schema.notices).where(schema.notices.c.id == notice_id), Notice)

    def open_alerts(self) -> list[Alert]:
        """Oldest first."""
        return self._rows(open_alerts(), Alert)

    def open_hazards(self) -> list[Hazard]:
        """Oldest first."""
        return self._rows(open_hazards(), Hazard)

    def open_tickets(self) -> list[Ticket]:
        """Oldest first."""
        return self._rows(open_tickets(), Ticket)

    def open_list(self, now: int, limit: int, wanted: Wanted = EVERYTHING, fold: bool = False) -> list[Listed]:
        """The first ``limit`` open hazards in the board's order; ``fold``: one for each township and kind."""
        return self._ask(open_list.open_list, now, limit, wanted, fold)

    def count_open(self, wanted: Wanted = EVERYTHING) -> int:
        """How many hazards are open."""
        return self._ask(open_list.count_open, wanted)

    def open_counts(self, now: int) -> list[OpenCount]:
        """The open hazards by all that the wall counts."""
        return self._ask(open_list.open_counts, now)

    def ticket_counts(self) -> list[tuple[str, str, int]]:
        """(kind, township, open device tickets)."""
        return self._ask(open_list.ticket_counts)

    def recent_alerts(self, limit: int) -> list[Alert]:
        """Newest first, open or not."""
        alerts = schema.alerts.c
        return self._rows(select(schema.alerts).order_by(alerts.raised_at.desc(), alerts.id.desc()).limit(limit), Alert)

    def alerts_of(self, hazard_id: str) -> list[Alert]:
        """The alerts of a hazard, oldest first."""
        return self._rows(look.alerts_of(hazard_id), Alert)

    def notices_of(self, hazard_id: str) -> list[Notice]:
        """The notices of a hazard in the order in which they were written."""
        return self._rows(look.notices_of(hazard_id), Notice)

    def steps_of(self, hazard_id: str) -> list[Step]:
        """The history of a hazard or ticket, oldest first."""
        steps = schema.steps.c
        return self._rows(select(schema.steps).where(steps.hazard_id == hazard_id).order_by(steps.number), Step)

    # Readings.

    def readings(self, device: str, start: int, stop: int, metric: str | None = None) -> list[StoredReading]:
        """The device's readings with ``start`` <= ``ts`` < ``stop``, in that order."""
        return self._ask(look.readings, device, start, stop, metric)

    def series(self, device: str, metric: str, start: int, stop: int, points: int) -> list[tuple[int, float]]:
        """A line of (ts, value) to draw; of more than ``points`` each part of the span keeps its lowest and highest."""
        return self._ask(look.series, device, metric, start, stop, points)

    def newest_at(self) -> int:
        """When the newest reading was received; 0 before the first."""
        return self._ask(counts.newest_at)

    # Counts.

    def raised_per_quarter(self, start: int, stop: int) -> list[tuple[int, str, int]]:
        """(quarter of an hour, level, raised in it), by ``at``."""
        return self._ask(counts.raised_per_quarter, start, stop)

    def alerts_by_level(self) -> dict[str, int]:
        """The open alerts of each level that there is."""
        return self._ask(counts.open_by_level)

    def notices_waiting(self) -> int:
        """The notices that are still to be sent."""
        return self._ask(counts.notices_waiting)

    # Exports.

    def export(
        self, kind: str, start: int = 0, stop: int = FOREVER, offset_minutes: int = 0
    ) -> Iterator[dict[str, Any]]:
        """Rows of ``kind`` with ``start`` <= time < ``stop``, with RFC 3339 times in the site's offset."""
        with named_failures(self._place):
            yield from export.export(self._engine, export.KINDS[kind], start, stop, offset_minutes)

    def feed_lines(self, start: int = 0, stop: int = FOREVER, offset_minutes: int = 0) -> Iterator[dict[str, Any]]:
        """The recording of what came in: lines of a feed file that replays to the same events."""
        with named_failures(self._place):
            yield from feed_lines.feed_lines(self._engine, start, stop, offset_minutes)

    def grown(self, seq: int, number: int, most: int) -> Grown:
        """What was kept after log row ``seq`` and event ``number``, 0 before the first; so many rows of each."""
        return self._ask(growth.grown, seq, number, most)

    def names(self) -> tuple[list[str], list[str]]:
        """Devices and metrics in the order of the numbers by which inputs know them."""
        return self._ask(growth.names)

    def _ask(
        self, question: Callable[Concatenate[Connection, Details], Told], *details: Details.args, **more: Details.kwargs
    ) -> Told:
        with named_failures(self._place), self._engine.begin() as connection:
            return question(connection, *details, **more)

    def _rows(self, query: Select[Any], struct: type[Row]) -> list[Row]:
        with named_failures(self._place), self._engine.begin() as connection:
            return rows_of(connection, query, struct)

    def _one(self, query: Select[Any], struct: type[Row]) -> Row | None:
        return next(iter(self._rows(query, struct)), None)
