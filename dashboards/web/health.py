"""Is the road alive: how much it takes in, judges and keeps, and how long ago, in real seconds and in its own time."""

from collections import deque
from collections.abc import Mapping
from typing import Any

WITHIN = 5.0
"""Real seconds over which a rate is taken."""


class Health:
    """Fed at each change of the store; ``moved`` is the real time of the last one that was seen."""

    def __init__(self) -> None:
        self.moved = 0.0
        self._shown: dict[str, Any] = {}
        self._received: deque[tuple[float, int]] = deque()

    def note(self, real: float, number: int, clock: int, reading_at: int, totals: Mapping[str, int]) -> None:
        self.moved = real
        received = totals.get("received", 0)
        self._received.append((real, received))
        while len(self._received) > 2 and real - self._received[0][0] > WITHIN:
            self._received.popleft()
        since, before = self._received[0]
        self._shown = {
            "clock": clock,
            "reading_at": reading_at,
            "received": received,
            "readings": totals.get("readings", 0),
            "committed": number,
            "per_second": round((received - before) / max(real - since, 0.001)),
        }

    def shown(self) -> dict[str, Any]:
        return self._shown
