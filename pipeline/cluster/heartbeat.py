"""The heartbeat from end to end: ticks reach every shard each second, and come back as the time that its worker tells.

    ingest ─ticks─▶ Kafka ─▶ worker ─told time─▶ Kafka ─▶ alerts
       └────── does its input move? ──────┴── and what it tells? ──┘

A shard whose input moves and that says nothing is stuck, whoever has it; one whose input rests has nothing to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.asking import Reply

STUCK_SECONDS = 15.0
"""How long a shard's input may move without a word from it: a worker that leaves is followed well before."""
PAUSE_SECONDS = 3.0
"""An input that did not move for longer was at rest: of that time nothing had to be told."""


@dataclass(slots=True)
class _Beat:
    """``told`` and ``written``: the newest time told, the newest end of its input, and when they moved.

    ``unheard``: for how many seconds its input has moved without a word from it.
    """

    told: int
    told_at: float
    written: int | None = None
    written_at: float = 0.0
    unheard: float = 0.0


class Heartbeat:
    """Time is an argument: seconds of a clock that never goes back."""

    def __init__(self, now: float, clocks: Sequence[int]) -> None:
        self._beats = [_Beat(clock, now) for clock in clocks]

    def look(self, now: float, clocks: Sequence[int], written: Mapping[int, int]) -> list[str]:
        """The times that the shards have told, and how far their input is in Kafka where that is known; the news."""
        before = self.stuck()
        for shard, beat in enumerate(self._beats):
            if shard in written and written[shard] != beat.written:
                if beat.written is not None:
                    beat.unheard += min(now - beat.written_at, PAUSE_SECONDS)
                beat.written, beat.written_at = written[shard], now
            if clocks[shard] != beat.told:
                beat.told, beat.told_at, beat.unheard = clocks[shard], now, 0.0
        after = self.stuck()
        return [
            *([_stands_still(after)] if after.keys() - before.keys() else []),
            *([_moves(sorted(before.keys() - after.keys()))] if before.keys() - after.keys() else []),
        ]

    def stuck(self) -> dict[int, float]:
        """The shards that stand still though their input moves, and for how many seconds."""
        return {shard: beat.unheard for shard, beat in enumerate(self._beats) if beat.unheard > STUCK_SECONDS}

    def silent(self, now: float) -> list[float]:
        """Seconds since each shard's told time last moved."""
        return [now - beat.told_at for beat in self._beats]

    def reply(self) -> Reply:
        """What is said to a board that asks whether all is well."""
        return {"ok": True, "stuck": {str(shard): round(seconds, 1) for shard, seconds in self.stuck().items()}}


def _stands_still(stuck: Mapping[int, float]) -> str:
    shards, seconds = named(sorted(stuck)), max(stuck.values())
    return (
        f"alerts: 分片 {shards} 有输入而已 {seconds:.0f} 秒没有动静,请查看 worker · "
        f"shard {shards}: its input moves and nothing is told of it for {seconds:.0f} s; look at the workers"
    )


def _moves(shards: Sequence[int]) -> str:
    return f"alerts: 分片 {named(shards)} 恢复 · shard {named(shards)}: moves again"


def named(shards: Sequence[int]) -> str:
    """In order, those that follow each other as a span: ``0-3, 7``."""
    spans: list[list[int]] = []
    for shard in shards:
        if spans and shard == spans[-1][-1] + 1:
            spans[-1].append(shard)
        else:
            spans.append([shard])
    return ", ".join(f"{span[0]}-{span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans)
