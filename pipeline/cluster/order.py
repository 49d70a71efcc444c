"""The order in which the shards' events are recorded: by when they were received, whatever worker told them first.

On feed time an event waits until every shard has come past its time, so that two runs record the same in the same
order. On the wall clock nothing waits: what is known is recorded.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from pipeline.cluster.positions import clock_of, next_of
from pipeline.cluster.told import Told
from rules.events import Event


@dataclass(slots=True)
class _Record:
    """A record with ``left`` events that wait, the offset after it, and the time that it told."""

    left: int
    next: int
    clock: int


class Order:
    """``positions`` is what :meth:`positions` said when its events were recorded last."""

    def __init__(self, kafka_topic: str, shards: int, waits: bool, positions: Mapping[str, int]) -> None:
        self._kafka_topic = kafka_topic
        self._waits = waits
        self._next = [positions.get(next_of(kafka_topic, shard), 0) for shard in range(shards)]
        self._passed = [positions.get(clock_of(kafka_topic, shard), 0) for shard in range(shards)]
        self._clocks = list(self._passed)
        self._waiting: list[tuple[int, int, int, Event]] = []
        self._count = 0
        self._records: list[deque[_Record]] = [deque() for _ in range(shards)]

    @property
    def clock(self) -> int:
        """How far time has come in every shard."""
        return min(self._clocks)

    @property
    def clocks(self) -> tuple[int, ...]:
        """How far time has come in each shard."""
        return tuple(self._clocks)

    def add(self, told: Told, shard: int, offset: int) -> None:
        """What a shard tells in the record at ``offset``; its time does not go back."""
        for event in told.events:
            self._count += 1
            heappush(self._waiting, (event.received, shard, self._count, event))
        self._clocks[shard] = max(self._clocks[shard], told.clock)
        self._records[shard].append(_Record(len(told.events), offset + 1, self._clocks[shard]))

    def released(self) -> Iterator[Event]:
        """The events whose turn it is, in order; each once."""
        while self._waiting and (not self._waits or self._waiting[0][0] <= self.clock):
            _, shard, _, event = heappop(self._waiting)
            self._pass_done(shard)
            self._records[shard][0].left -= 1
            yield event

    def positions(self) -> dict[str, int]:
        """From which offset a restart has to read each shard again, and the time that it had told by then."""
        told: dict[str, int] = {}
        for shard in range(len(self._records)):
            self._pass_done(shard)
            told[next_of(self._kafka_topic, shard)] = self._next[shard]
            told[clock_of(self._kafka_topic, shard)] = self._passed[shard]
        return told

    def _pass_done(self, shard: int) -> None:
        records = self._records[shard]
        while records and records[0].left == 0:
            done = records.popleft()
            self._next[shard], self._passed[shard] = done.next, done.clock
