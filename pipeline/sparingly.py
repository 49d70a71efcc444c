"""News that may come in floods: the first is said at once, the next at most every so often, and how many there were."""

import time
from collections.abc import Callable

SECONDS = 10.0


class Sparingly:
    """``say`` prints; ``monotonic`` returns seconds."""

    def __init__(
        self, say: Callable[[str], None], seconds: float = SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = say
        self._seconds = seconds
        self._monotonic = monotonic
        self._next = monotonic()
        self._count = 0
        self._newest = ""

    def __call__(self, text: str, count: int = 1) -> None:
        """``text`` tells of the newest one of ``count``."""
        self._count += count
        self._newest = text
        if self._monotonic() >= self._next:
            self.rest()

    def rest(self) -> None:
        """Say what was kept back."""
        if self._count:
            self._say(self._newest if self._count == 1 else f"{self._newest} (the newest of {self._count})")
            self._count = 0
            self._next = self._monotonic() + self._seconds
