"""``/healthz``: can the store be read, does the road answer, does its clock move; from memory, so that it is quick."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboards.web.live import Watcher

LIMIT_SECONDS = 30.0
"""How long each may be missed: a road that is started again is back well before."""
ASK_SECONDS = 5.0
NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """``readable``: whether the last look at the store succeeded; the others are seconds since it was last well."""

    readable: bool
    store: float
    road: float
    still: float | None
    """Since the road's clock moved; None where the clock is a feed's, which may rest."""
    ahead: float = 0.0
    """How far the road's clock is ahead of the wall's; it never goes back, so what it dates until then is wrong."""
    stuck: Mapping[str, float] = field(default_factory=dict)
    """The shards of a cluster of which nothing is told though their input moves, and for how many seconds."""


def faults(seen: Seen) -> list[str]:
    """Why the service is not well, Chinese first; nothing where it is."""
    found = []
    if not seen.readable or seen.store > LIMIT_SECONDS:
        found.append(f"数据库无法读取,已 {seen.store:.0f} 秒 · the store has not been readable for {seen.store:.0f} s")
    if seen.road > LIMIT_SECONDS:
        found.append(f"后台已 {seen.road:.0f} 秒没有应答 · the road has not answered for {seen.road:.0f} s")
    if seen.still is not None and seen.still > LIMIT_SECONDS:
        found.append(f"后台时钟已停 {seen.still:.0f} 秒 · the road's clock has stood still for {seen.still:.0f} s")
    if seen.ahead > LIMIT_SECONDS:
        english = f"the road's clock is {seen.ahead:.0f} s ahead: correct this machine's clock"
        found.append(f"后台时钟比实际快 {seen.ahead:.0f} 秒 · {english}")
    for shard, seconds in seen.stuck.items():
        english = f"shard {shard}: its input moves and nothing is told of it for {seconds:.0f} s"
        found.append(f"分片 {shard} 有输入而已 {seconds:.0f} 秒没有动静 · {english}")
    return found


class Vital:
    """Asks the road at its desk now and then; what the store shows is the watcher's. All is well at the beginning.

    ``wall`` is the clock that the road's must keep up with, in epoch milliseconds; None where it goes by a feed's.
    """

    def __init__(
        self,
        watcher: Watcher,
        ask: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]],
        wall: Callable[[], int] | None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.watcher, self.ask, self.wall, self.steady = watcher, ask, wall, steady
        self.began = self.answered = steady()
        self.answers = False
        self.stuck = NOTHING

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(ASK_SECONDS)

    async def look(self) -> None:
        """One question; a road that is away, or does not answer in time, has not answered."""
        try:
            reply = await asyncio.wait_for(self.ask({"do": "ping"}), ASK_SECONDS)
            self.answers = bool(reply.get("ok"))
            self.stuck = reply.get("stuck", NOTHING)
        except (OSError, TimeoutError):
            self.answers, self.stuck = False, NOTHING
        if self.answers:
            self.answered = self.steady()

    def seen(self) -> Seen:
        """As it stands now."""
        now = self.steady()
        store = now - max(self.watcher.read_at, self.began)
        still = self._still() if self.wall else None
        return Seen(self.watcher.readable, store, now - self.answered, still, self._ahead(), self.stuck)

    def shown(self) -> tuple[int, dict[str, Any]]:
        """The status and the body of the answer."""
        seen = self.seen()
        why = faults(seen)
        told = {
            "ok": not why,
            "why": why,
            "store_readable": seen.readable,
            "store_seconds": round(seen.store, 1),
            "road_answers": self.answers,
            "road_seconds": round(seen.road, 1),
            "moved_seconds": round(self._still(), 1),
            "change": self.watcher.number,
            "stuck_shards": dict(seen.stuck),
        }
        return 503 if why else 200, {**self.watcher.beat, **told}

    def unmoved(self) -> float:
        """Seconds since a commit was last seen."""
        return self.steady() - max(self.watcher.health.moved, self.began)

    def _ahead(self) -> float:
        clock = self.watcher.beat.get("clock", 0)
        return max(0.0, (clock - self.wall()) / 1000) if self.wall else 0.0

    def _still(self) -> float:
        """On the wall's clock the store says it too: a road that ended before the board began was still even then."""
        still = self.unmoved()
        clock = self.watcher.beat.get("clock", 0)
        return max(still, (self.wall() - clock) / 1000) if self.wall and clock else still
