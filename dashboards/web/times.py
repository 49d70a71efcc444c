"""Moments and figures as people read them, in the site's own time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta


def day(ms: int, offset_minutes: int) -> str:
    return _local(ms, offset_minutes).strftime("%Y-%m-%d")


def clock(ms: int, offset_minutes: int) -> str:
    return _local(ms, offset_minutes).strftime("%H:%M:%S")


def hour(ms: int, offset_minutes: int) -> str:
    return _local(ms, offset_minutes).strftime("%H:%M")


def length(ms: int) -> str:
    """1:05, or 2:03:05 from an hour on."""
    seconds = abs(ms) // 1000
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def lasting(seconds: float, words: Mapping[str, str]) -> str:
    """Whole seconds up to two minutes, whole minutes beyond."""
    short = seconds < 120
    return f"{round(seconds if short else seconds / 60)} {words['seconds' if short else 'minutes']}"


def figure(value: float) -> str:
    """A value as a person reads it: no binary tail, no exponent."""
    return f"{round(value, 3):.10g}"


def _local(ms: int, offset_minutes: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(minutes=offset_minutes)
