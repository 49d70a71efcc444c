"""A small line of one device's readings with the thresholds of its alert: geometry only, the template draws it."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.measured import HOUR, window
from alerts.model import Alert
from rules.levels import LEVELS
from rules.rulebook import Rule

WIDTH, HEIGHT = 640.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 8.0, 112.0, 12.0, 22.0
BEFORE = 30 * 60_000
AFTER = 10 * 60_000


@dataclass(frozen=True, slots=True)
class Threshold:
    """A dashed line at ``y``: the value at which ``level`` begins."""

    y: float
    level: str
    value: float


@dataclass(frozen=True, slots=True)
class Sparkline:
    """``points`` is an SVG polyline; ``raised_x`` where the alert began, ``ends`` the first and last moment shown."""

    alert: Alert
    metric: str
    unit: str
    points: str
    last_x: float
    last_y: float
    last_value: float
    raised_x: float
    thresholds: tuple[Threshold, ...]
    ends: tuple[int, int]
    rows: tuple[tuple[int, float], ...]
    hours: float
    """Over how many hours each point is summed; 0 where it is a reading."""
    width: float = WIDTH
    height: float = HEIGHT


def span(alert: Alert, now: int) -> tuple[int, int]:
    """Half an hour before the alert until it cleared, or now."""
    stop = now if alert.open else min(now, (alert.cleared_at or now) + AFTER)
    return alert.raised_at - BEFORE, stop + 1


def thresholds_of(alert: Alert, rule: Rule | None) -> list[tuple[str, float]]:
    """Every level's raise of a ladder, or amount in the alert's window; without the rule, the alert's own threshold."""
    if rule and rule.kind == "ladder":
        return [(LEVELS[tier.level], tier.raise_at) for tier in rule.tiers]
    if rule and rule.kind == "window_sum":
        within = window(alert, rule)
        limbs = [(LEVELS[tier.level], limb) for tier in rule.tiers for limb in tier.limbs]
        return [(level, limb.amount) for level, limb in limbs if limb.within == within]
    return [(alert.level, alert.threshold)] if alert.threshold is not None and not rule else []


def summed(series: Sequence[tuple[int, float]], within: int, start: int, points: int) -> list[tuple[int, float]]:
    """From ``start`` on, at each reading what came together in the window that ends there; about ``points`` of them."""
    total, first, sums = 0.0, 0, []
    for ts, value in series:
        total += value
        while series[first][0] <= ts - within:
            total -= series[first][1]
            first += 1
        if ts >= start:
            sums.append((ts, max(round(total, 3), 0.0)))
    step = len(sums) // points + 1
    return sums[:-1:step] + sums[-1:]


def sparkline(
    alert: Alert,
    metric: tuple[str, str],
    series: Sequence[tuple[int, float]],
    rule: Rule | None,
    shown: tuple[int, int],
) -> Sparkline | None:
    """None where there are fewer than two readings; ``metric`` is its name and unit."""
    if len(series) < 2:
        return None
    limits = thresholds_of(alert, rule)
    values = [value for _, value in series] + [value for _, value in limits]
    low, high = min(0.0, *values), max(values)
    high = high + (high - low) * 0.05 or 1.0

    def x(ts: int) -> float:
        return round(LEFT + (ts - shown[0]) / max(shown[1] - shown[0], 1) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    return Sparkline(
        alert=alert,
        metric=metric[0],
        unit=metric[1],
        points=" ".join(f"{x(ts)},{y(value)}" for ts, value in series),
        last_x=x(series[-1][0]),
        last_y=y(series[-1][1]),
        last_value=series[-1][1],
        raised_x=x(alert.raised_at),
        thresholds=tuple(Threshold(y(value), level, value) for level, value in limits),
        ends=shown,
        rows=tuple(series[-12:]),
        hours=(window(alert, rule) or 0) / HOUR if rule and rule.kind == "window_sum" else 0,
    )
