"""The wall as JSON: rows of the store at one moment of the road's clock → what the screen shows, nothing left to guess.

The view carries no words: levels, phases and kinds are keys that the page spells in its language.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.model import Alert, Hazard, Notice, Ticket
from dashboards.web.board_site import BoardSite
from dashboards.web.rows import CLEARED, WAITING, fold, hazard_row, order, told
from rules.levels import LEVEL_NUMBER, LEVELS

SHOWN = 8
"""Rows on the wall; the others are a number and a page."""
FLOOD = 10
"""Alerts in ten minutes from which one person cannot follow, so rows fold."""
TEN_MINUTES = 600_000
QUARTER = 900_000
DAY = 86_400_000
DESCENDING = LEVELS[:0:-1]


@dataclass(frozen=True, slots=True)
class WallRows:
    """What the view is made of; ``quarters`` are (start, level, count), ``recent`` the newest alerts.

    ``notices_of`` is asked for the few rows that are shown, not for all that are open.
    """

    hazards: Sequence[Hazard]
    alerts: Sequence[Alert]
    tickets: Sequence[Ticket]
    recent: Sequence[Alert]
    quarters: Sequence[tuple[int, str, int]]
    notices_of: Callable[[str], Sequence[Notice]]


def wall_view(site: BoardSite, rows: WallRows, now: int) -> dict[str, Any]:
    """The whole wall but for the pulse (clock, pace, health), which moves more often."""
    listed = hazard_rows(site, rows.hazards, rows.alerts, now)
    live = [row for row in listed if row["mark"] != CLEARED]
    rate = sum(1 for alert in rows.recent if not alert.ticket_id and now - TEN_MINUTES < alert.received <= now)
    shown = fold(listed) if rate >= FLOOD else listed
    waiting_red = [row for row in listed if row["level"] == "red" and not row["owner"]]
    return {
        "rows": [dict(row, told=told(site, rows.notices_of(row["id"]))) for row in shown[:SHOWN]],
        "more": max(len(shown) - SHOWN, 0),
        "listed": len(listed),
        "banner": waiting_red[0] if waiting_red else None,
        "banners": len(waiting_red),
        "counts": [_count(level, live) for level in DESCENDING],
        "kinds": _kinds(live),
        "cleared": len(listed) - len(live),
        "overdue": sum(row["overdue"] for row in listed),
        "towns": _marks(live, "township", 9),
        "districts": _marks(live, "township", 6),
        "tickets": len(rows.tickets),
        "quiet": sum(ticket.kind == "device_quiet" for ticket in rows.tickets),
        "quiet_towns": dict(
            sorted(Counter(one.township for one in rows.tickets if one.kind == "device_quiet").items())
        ),
        "rate": rate,
        "strip": strip(rows.quarters, day_start(now, site.offset_minutes)),
    }


def hazard_rows(site: BoardSite, hazards: Sequence[Hazard], alerts: Sequence[Alert], now: int) -> list[dict[str, Any]]:
    """Every open hazard as a row, in the order of the list."""
    by_hazard: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_hazard[alert.hazard_id].append(alert)
    return sorted((hazard_row(site, one, by_hazard[one.id], now) for one in hazards), key=order)


def day_start(now: int, offset_minutes: int) -> int:
    """Midnight of the site's day."""
    offset = offset_minutes * 60_000
    return (now + offset) // DAY * DAY - offset


def strip(quarters: Sequence[tuple[int, str, int]], start: int) -> dict[str, Any]:
    """Alerts raised per quarter of an hour over the day: per level 96 numbers, highest level first."""
    counts = {level: [0] * (DAY // QUARTER) for level in DESCENDING}
    for moment, level, count in quarters:
        if start <= moment < start + DAY and level in counts:
            counts[level][(moment - start) // QUARTER] += count
    return {"start": start, "counts": list(counts.values())}


def _count(level: str, live: Sequence[dict[str, Any]]) -> dict[str, Any]:
    of_level = [row for row in live if row["level"] == level]
    return {"level": level, "open": len(of_level), "waiting": sum(row["mark"] == WAITING for row in of_level)}


def _kinds(live: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = Counter(row["kind"] for row in live)
    return [
        {"kind": kind, "open": count, "level": _highest(row["level"] for row in live if row["kind"] == kind)}
        for kind, count in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _marks(live: Sequence[dict[str, Any]], key: str, length: int) -> dict[str, dict[str, Any]]:
    """The highest open level of each area; taken only where everything of that level is."""
    areas: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in live:
        if row[key]:
            areas[row[key][:length]].append(row)
    marks = {}
    for area, found in sorted(areas.items()):
        level = _highest(row["level"] for row in found)
        waiting = any(row["mark"] == WAITING for row in found if row["level"] == level)
        marks[area] = {"level": level, "mark": WAITING if waiting else "taken", "open": len(found)}
    return marks


def _highest(levels: Iterable[str]) -> str:
    return max(levels, key=LEVEL_NUMBER.__getitem__)
