"""Keeps the road's line to the broker: connects again after longer and longer waits, and tells each turn of it once."""

import time

from ingest.mqtt import MqttSource

FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between two tries to connect: doubled each time."""
STEADY_SECONDS = 5.0
"""A connection that ends sooner was none: the wait goes on growing, so that two programs of one name do not race."""


class Line:
    """``keep`` is called at every turn."""

    def __init__(self, source: MqttSource) -> None:
        self._source = source
        self._since: float | None = None
        self._wait = FIRST_WAIT
        self._not_before = 0.0
        self._told = ""

    def keep(self) -> None:
        """Connect where that is due."""
        now = time.monotonic()
        if self._source.connected:
            self._since = self._since or now
            if self._source.denied:
                self._tell(self._source.denied)
            return
        if self._since is not None:
            self._lost(now, soon=now - self._since < STEADY_SECONDS)
        if now < self._not_before:
            return
        if self._source.connect():
            self._since = now
            if self._told:
                self._tell("connected")
            return
        self._put_off(now)
        self._tell(f"{self._source.refusal}; trying on")

    def _lost(self, now: float, soon: bool) -> None:
        self._since = None
        if soon:
            self._put_off(now)
            self._tell(f"{self._source.lost}, soon after connecting; does another program use the same client id?")
        else:
            self._wait = FIRST_WAIT
            self._tell(f"{self._source.lost}; connecting again")

    def _put_off(self, now: float) -> None:
        self._not_before = now + self._wait
        self._wait = min(self._wait * 2, LONGEST_WAIT)

    def _tell(self, news: str) -> None:
        """A line for the log, unless it was the last one."""
        if news != self._told:
            self._told = news
            print(f"broker: {news}", flush=True)
