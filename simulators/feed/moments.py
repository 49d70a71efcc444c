"""Times of the simulated day: epoch milliseconds inside, RFC 3339 in Beijing time outside."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OFFSET = 8 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnight(day: date) -> int:
    """Beijing's 00:00 of that day."""
    return (day - EPOCH.date()).days * DAY - OFFSET


def rfc3339(ms: int) -> str:
    """``2026-08-04T14:03:05.120+08:00``."""
    return f"{_second(ms // SECOND)}.{ms % SECOND:03d}+08:00"


@lru_cache(maxsize=1 << 17)
def _second(second: int) -> str:
    return (EPOCH + timedelta(seconds=second, milliseconds=OFFSET)).strftime("%Y-%m-%dT%H:%M:%S")


def wave(ms: int, crest: float) -> float:
    """The day's rhythm: +1 at hour ``crest``, -1 twelve hours away, smooth between (two parabolas, no libm)."""
    turn = ((ms + OFFSET) / DAY - crest / 24) % 1.0
    away = 2 * turn if turn < 0.5 else 2 - 2 * turn
    return 1 - 4 * away * away if away < 0.5 else 4 * (1 - away) * (1 - away) - 1
