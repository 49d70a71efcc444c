"""The one watcher of the store: reads it when it has changed, and tells every screen what looks different.

``wall``   the whole wall, id = change number
``beat``   the road's clock, pace and health whenever they move, and at least each five seconds: proof of life
``reset``  said on joining to a screen that has missed something, so that it does not play the past as news
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from alerts.store import Reader
from dashboards.web.board_site import BoardSite
from dashboards.web.health import Health
from dashboards.web.hub import Hub
from dashboards.web.wall import DAY, SHOWN, WallRows, day_start, wall_view

POLL = 0.25
BEAT = 5.0
RECENT = 60
log = logging.getLogger(__name__)


def frame(event: str, body: Any, number: int | None = None) -> bytes:
    """One event as it goes over the wire."""
    head = f"event: {event}\n" + (f"id: {number}\n" if number is not None else "")
    return head.encode() + b"data: " + msgspec.json.encode(body) + b"\n\n"


RETRY = b"retry: 2000\n\n"


def result(score: dict[str, Any] | None) -> dict[str, int] | None:
    """What the wall says of the score; its page shows the rest."""
    return {name: score.get(name, 0) for name in ("found", "missed", "false")} if score else None


def read_wall(reader: Reader, site: BoardSite) -> dict[str, Any]:
    """The wall as the store has it now."""
    now = reader.clock()
    start = day_start(now, site.offset_minutes)
    rows = WallRows(
        counts=reader.open_counts(now),
        list_of=lambda fold: reader.open_list(now, SHOWN, fold=fold),
        tickets=reader.ticket_counts(),
        recent=reader.recent_alerts(RECENT),
        quarters=reader.raised_per_quarter(start, start + DAY),
        notices_of=reader.notices_of,
    )
    return wall_view(site, rows, now)


@dataclass(frozen=True, slots=True)
class News:
    """What a changed store holds."""

    clock: int
    reading_at: int
    totals: Mapping[str, int]
    wall: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the store found; ``news`` is None where its number is the last one."""

    number: int
    news: News | None
    demo: dict[str, Any]


class Watcher:
    """What every screen was told last, and what it is told next.

    ``readable``: whether the last look succeeded; ``read_at`` is when one last did.
    """

    def __init__(self, reader: Reader, site: BoardSite, demo: Callable[[], dict[str, Any]], build: str) -> None:
        self.reader, self.site, self.demo, self.build = reader, site, demo, build
        self.hub = Hub()
        self.number = -1
        self.wall: dict[str, Any] = {}
        self.beat: dict[str, Any] = {}
        self.health = Health()
        self.nudged = asyncio.Event()
        self.readable = True
        self.read_at = 0.0
        self._beat_at = 0.0

    async def run(self) -> None:
        """Look four times a second, at once after an answer, until cancelled; a store that is away is asked again.

        It reads in a thread: while it waits for the disk, or another writes, every screen is served.
        """
        while True:
            self.nudged.clear()
            try:
                self.tell(await asyncio.to_thread(self.look), time.monotonic())
            except Exception:
                if self.readable:  # once, not four times a second
                    log.exception("the store could not be read; asking again")
                self.readable = False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.nudged.wait(), POLL)

    def look(self) -> Look:
        """Read what has changed, touching nothing of what the loop tells."""
        number = self.reader.change()
        news = None
        if number != self.number:
            clock, reading_at, totals = self.reader.clock(), self.reader.newest_at(), self.reader.totals()
            news = News(clock, reading_at, totals, read_wall(self.reader, self.site))
        return Look(number, news, self.demo())

    def tell(self, look: Look, real: float) -> None:
        """``real`` is a monotonic clock in seconds: rates and staleness are about real time, nothing else is."""
        self.readable, self.read_at = True, real
        wall = self.wall
        if look.news is not None:
            news = look.news
            self.number, wall = look.number, news.wall
            self.health.note(real, look.number, news.clock, news.reading_at, news.totals)
        told = self._beat(real, look.demo)
        if wall != self.wall:
            self.wall = wall
            told += frame("wall", wall, self.number)
        if told:
            self.hub.send(told)

    def joining(self, seen: int | None) -> list[bytes]:
        """What a screen is told first; ``seen`` is the number of the last wall that it had."""
        missed = [frame("reset", {})] if seen is not None and seen != self.number else []
        return [RETRY, *missed, frame("beat", self.beat), frame("wall", self.wall, self.number)]

    def _beat(self, real: float, demo: dict[str, Any]) -> bytes:
        """The clock goes before the wall that is to be read by it; empty where there is nothing to say."""
        demo = {**demo, "score": result(demo.get("score"))}
        beat = {"build": self.build, "pace": demo.get("pace", 1), "demo": demo, **self.health.shown()}
        changed = beat != {key: value for key, value in self.beat.items() if key != "still"}
        if not changed and real - self._beat_at < BEAT:
            return b""
        self._beat_at = real
        self.beat = {**beat, "still": round(real - self.health.moved)}
        return frame("beat", self.beat)
