"""The wall as JSON: rows of the store at one moment of the road's clock → what the screen shows, nothing left to guess.

The view carries no words: levels, phases and kinds are keys that the page spells in its language.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.model import Alert, Notice
from alerts.store import Listed, OpenCount
from dashboards.web.board_site import BoardSite
from dashboards.web.rows import WAITING, listed_row, told
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
    """What the view is made of, none of it longer where more is open.

    ``list_of`` gives the first rows of the list, told whether they fold; ``tickets`` are (kind, township, count),
    ``quarters`` (start, level, count), ``recent`` the newest alerts. ``notices_of`` is asked for the rows shown.
    """

    counts: Sequence[OpenCount]
    list_of: Callable[[bool], Sequence[Listed]]
    tickets: Sequence[tuple[str, str, int]]
    recent: Sequence[Alert]
    quarters: Sequence[tuple[int, str, int]]
    notices_of: Callable[[str], Sequence[Notice]]


def wall_view(site: BoardSite, rows: WallRows, now: int) -> dict[str, Any]:
    """The whole wall but for the pulse (clock, pace, health), which moves more often."""
    live = [one for one in rows.counts if not one.cleared]
    rate = sum(1 for alert in rows.recent if not alert.ticket_id and now - TEN_MINUTES < alert.received <= now)
    flood = rate >= FLOOD
    shown = [listed_row(site, one, now) for one in rows.list_of(flood)]
    waiting_red = _sum(one for one in rows.counts if one.level == "red" and not one.taken)
    listed = _sum(rows.counts)
    quiet = {town: count for kind, town, count in sorted(rows.tickets) if kind == "device_quiet"}
    return {
        "rows": [dict(row, told=told(site, rows.notices_of(row["id"]))) for row in shown],
        "more": max((_folded(rows.counts) if flood else listed) - SHOWN, 0),
        "listed": listed,
        "banner": dict(shown[0], folded=1) if waiting_red else None,
        "banners": waiting_red,
        "counts": [_count(level, live) for level in DESCENDING],
        "kinds": _kinds(live),
        "cleared": listed - _sum(live),
        "overdue": _sum(one for one in rows.counts if one.overdue),
        "towns": _marks(live, 9),
        "districts": _marks(live, 6),
        "tickets": sum(count for _, _, count in rows.tickets),
        "quiet": sum(quiet.values()),
        "quiet_towns": quiet,
        "rate": rate,
        "strip": strip(rows.quarters, day_start(now, site.offset_minutes)),
    }


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


def _sum(counts: Iterable[OpenCount]) -> int:
    return sum(one.count for one in counts)


def _folded(counts: Sequence[OpenCount]) -> int:
    """How many rows the list has where those of one township and kind are one."""
    alike = {(one.township, one.kind) for one in counts if one.township}
    return len(alike) + _sum(one for one in counts if not one.township)


def _count(level: str, live: Sequence[OpenCount]) -> dict[str, Any]:
    of_level = [one for one in live if one.level == level]
    return {"level": level, "open": _sum(of_level), "waiting": _sum(one for one in of_level if not one.taken)}


def _kinds(live: Sequence[OpenCount]) -> list[dict[str, Any]]:
    numbers: Counter[str] = Counter()
    for one in live:
        numbers[one.kind] += one.count
    return [
        {"kind": kind, "open": count, "level": _highest(one.level for one in live if one.kind == kind)}
        for kind, count in sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _marks(live: Sequence[OpenCount], length: int) -> dict[str, dict[str, Any]]:
    """The highest open level of each area; taken only where everything of that level is."""
    areas: defaultdict[str, list[OpenCount]] = defaultdict(list)
    for one in live:
        if one.township:
            areas[one.township[:length]].append(one)
    marks = {}
    for area, found in sorted(areas.items()):
        level = _highest(one.level for one in found)
        waiting = any(not one.taken for one in found if one.level == level)
        marks[area] = {"level": level, "mark": WAITING if waiting else "taken", "open": _sum(found)}
    return marks


def _highest(levels: Iterable[str]) -> str:
    return max(levels, key=LEVEL_NUMBER.__getitem__)
