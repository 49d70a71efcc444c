"""How far a reading's own time may stray from its receipt before it stops being believed (site.toml ``[time]``)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds. ``lateness``: how long time waits for a reading; ``stale``: what is older wakes nobody."""

    lateness: int = 30_000
    skew: int = 60_000
    max_age: int = 7 * 86_400_000
    stale: int = 15 * 60_000

    def evaluated(self, ts: int, at: int) -> int:
        """The time at which a reading counts: its own, or the receipt where its own cannot be believed."""
        return at if ts > at + self.skew or ts < at - self.max_age else ts
