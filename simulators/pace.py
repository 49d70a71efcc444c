"""How fast the feed's time runs: a line from real time to feed time that bends when the speed changes.

feed time
  │            ╱  speed 60 after the catch-up
  │        ┌──╱   stops at ``limit`` until the speed is changed
  │       ╱       speed 3000
  └──────────────▶ real time
"""

import json
import math
from dataclasses import dataclass, field

MAX = math.inf


@dataclass(slots=True)
class Pace:
    """``speed`` is how many times faster than life, 0 in a pause, ``MAX`` without end; times are arguments."""

    speed: float
    feed: int
    """Feed time in ms at ``since``."""
    since: float
    """Real time in seconds where the line last bent."""
    limit: float = field(default=math.inf)

    def feed_time(self, now: float) -> float:
        """Feed time in ms at real time ``now``."""
        if self.speed == MAX:
            return self.limit
        return min(self.feed + (now - self.since) * 1000 * self.speed, self.limit)

    def change(self, speed: float, now: float, feed: int) -> None:
        """From ``now`` on another speed; feed time goes on from ``feed``."""
        self.speed, self.feed, self.since, self.limit = speed, feed, now, math.inf

    def wait(self, at: int, now: float) -> float:
        """Real seconds until feed time ``at`` is reached; infinite in a pause."""
        left = at - self.feed_time(now)
        if left <= 0:
            return 0.0
        return left / 1000 / self.speed if self.speed else math.inf


def told_speed(payload: bytes) -> float | None:
    """The speed that ``{"speed": N | "max"}`` asks for; None where it asks for nothing that can be."""
    try:
        told = json.loads(payload)
    except ValueError:
        return None
    return speed_of(told.get("speed")) if isinstance(told, dict) else None


def speed_of(given: object) -> float | None:
    """A number from 0, or ``max``, as a speed."""
    if given == "max":
        return MAX
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < MAX:
        return None
    return float(given)


def spoken(speed: float) -> str | float:
    """The speed as it is told to others."""
    return "max" if speed == MAX else speed
