"""The road's one clock: the feed's own time, or the wall's. It stamps messages and makes ticks and breaks."""

import re
from collections.abc import Callable, Sequence

import msgspec

from ingest.clock_rows import clock_rows
from ingest.inputs import BREAK, COLUMN_TYPES, END, TICK, Inputs, inputs_of
from ingest.instants import instant
from ingest.json_faults import NOT_JSON
from ingest.publish_packet import Delivery

JUMP_MS = 2_000
"""How far the wall clock may run from the monotonic one, or how long nobody may look, before that counts as a break."""
DOUBT_MS = 10_000
"""How long a wall clock that jumped ahead has to stay there until it is believed: our time never goes back."""

EPOCH_MS = re.compile(r"-?\d{1,15}", re.ASCII)

NO_ROWS = inputs_of({name: [] for name in COLUMN_TYPES})


class _PausedTick(msgspec.Struct):
    at: str | int
    end: bool = False


class FeedClock:
    """Time is the ``at`` of each message; ticks come from it, and from the replay where it pauses or ends."""

    def __init__(self, now: int, ended: bool) -> None:
        self.now = now
        self.ended = ended

    def stamp(self, delivery: Delivery) -> int:
        """When this message was received, on feed time; a message without the property: now."""
        at = instant(int(delivery.at) if EPOCH_MS.fullmatch(delivery.at) else delivery.at)
        if at is not None:
            self.now = max(self.now, at)
        return self.now

    def tick(self, payload: bytes) -> Inputs:
        """The clock row that a replay's tick stands for; none where it cannot be read."""
        try:
            told = msgspec.json.decode(payload, type=_PausedTick)
        except NOT_JSON:
            return NO_ROWS
        at = instant(told.at)
        if at is None:
            return NO_ROWS
        self.now = max(self.now, at)
        self.ended = self.ended or told.end
        return clock_rows(END, [self.now]) if told.end else clock_rows(TICK, [self.now // 1000 * 1000])

    def idle(self, connected: bool) -> Sequence[Inputs]:
        """Nothing moves feed time but the feed."""
        return ()


class WallClock:
    """Time is ours at receipt and never goes back; a tick each second while connected, a break for what was missed.

    ``since`` is where the clock stood when the road last stopped, 0 for a new one. ``wall`` and ``monotonic``
    return milliseconds.
    """

    def __init__(self, wall: Callable[[], int], monotonic: Callable[[], int], since: int) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._steady = self._looked = monotonic()
        self._ticked = since
        self._jumped = 0
        self._doubted: int | None = None
        self._away = since > 0
        self.ended = False
        self.now = max(since, wall())

    def stamp(self, delivery: Delivery) -> int:
        """When this message was received."""
        return self._read()

    def tick(self, payload: bytes) -> Inputs:
        """Nobody else's tick moves the wall clock."""
        return NO_ROWS

    def idle(self, connected: bool) -> Sequence[Inputs]:
        """Clock rows that are due now: a break where time was missed, and the tick of this second."""
        now = self._read()
        stalled = self._steady - self._looked
        self._looked = self._steady
        if stalled > JUMP_MS:
            self._jumped += stalled
        if not connected:
            self._away = self._away or self._ticked > 0
            return ()
        missed = now - self._ticked if self._away else self._jumped
        self._away, self._jumped = False, 0
        rows = [clock_rows(BREAK, [now], float(missed))] if missed and self._ticked else []
        second = now // 1000 * 1000
        if second > self._ticked:
            self._ticked = second
            rows.append(clock_rows(TICK, [second]))
        return rows

    def _read(self) -> int:
        """The wall's time; where the wall went back, or just jumped ahead, our own at the monotonic clock's pace."""
        wall, steady = self._wall(), self._monotonic()
        expected = self.now + steady - self._steady
        self._steady = steady
        if wall - expected <= JUMP_MS:
            self._doubted = None
            self.now = wall if wall >= self.now else expected
            return self.now
        self._doubted = steady if self._doubted is None else self._doubted
        if steady - self._doubted >= DOUBT_MS:
            self._doubted = None
            self._jumped += wall - expected
            expected = wall
        self.now = expected
        return self.now
