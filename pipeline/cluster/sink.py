"""Kafka's readings and events into InfluxDB: a place in Kafka is kept once everything before it is written.

A consumer group shares the shards among all sinks. What is under way when a shard goes to another one is written to
its end before the other begins, or left to it; either way nothing is missing, and the same point again is the same.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from pipeline.cluster.figures import SinkFigures
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.reader import KafkaReader
from pipeline.cluster.sink_figures import Figures
from pipeline.cluster.sink_lines import LineMaker, RecordLines
from pipeline.cluster.topics import EVENTS, READINGS
from pipeline.patient_sink import PatientSink
from pipeline.run_road import wall_ms
from pipeline.site import Site
from pipeline.sparingly import Sparingly

ENOUGH = 20_000
"""Lines: with so many it does not wait for more."""
GATHER_SECONDS = 0.5
"""So long it waits for more after the first."""
LOOK_MS = 100
MOST_RECORDS = 50
"""Of one look: a record may hold ten thousand lines."""
SESSION_MS = 6_000
"""A sink that Kafka has not heard for so long has lost its shards to the others (Kafka takes no less)."""
LET_GO_SECONDS = 20.0
"""How long a change of hands waits for what is under way; Kafka waits for us a little longer."""


@dataclass(slots=True)
class Batch:
    """``turn``: of which assignment of shards its records are; ``next``: where to read on once it is written."""

    turn: int
    lines: list[bytes] = field(default_factory=list)
    next: dict[TopicPartition, int] = field(default_factory=dict)


class Sink(ConsumerRebalanceListener):  # type: ignore[misc]
    """Works in a thread of its own from :meth:`start` to :meth:`close`."""

    def __init__(self, site: Site, kafka: Kafka, out: PatientSink) -> None:
        self._out = out
        self._make = LineMaker(site)
        self._kinds = {kafka.topic(READINGS): self._make.of_packet, kafka.topic(EVENTS): self._make.of_told}
        self._figures = Figures()
        self.figures = SinkFigures()
        self._say_poison = Sparingly(lambda text: print(text, flush=True))
        self._turn = 0
        self._moving = True
        self._writing = False
        times = {"session_timeout_ms": SESSION_MS, "heartbeat_interval_ms": SESSION_MS // 4}
        times["rebalance_timeout_ms"] = int(LET_GO_SECONDS * 1500)
        self._reader = KafkaReader(
            kafka,
            "sink",
            self._read,
            group_id=kafka.sink,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            fetch_max_wait_ms=LOOK_MS,
            **times,
        )
        self.start = self._reader.start
        self.close = self._reader.close
        self.lives = self._reader.lives

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Some shards may go to another sink: finish what is under way, begin nothing."""
        self._moving = True
        until = asyncio.get_running_loop().time() + LET_GO_SECONDS
        while self._writing and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_MS / 1000)

    async def on_partitions_assigned(self, assigned: Any) -> None:
        """From here on Kafka gives what follows the places that were kept."""
        self._turn += 1
        self._moving = False
        self.figures.lag = {}

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        self._moving = True
        consumer.subscribe(list(self._kinds), listener=self)
        await consumer.start()
        print("sink: at work", flush=True)
        while not self._reader.stopped.is_set():
            batch = await self._gather(consumer)
            if batch.next:
                await self._write(consumer, batch)

    async def _gather(self, consumer: AIOKafkaConsumer) -> Batch:
        """What waits, up to a fair request; what was read before the shards changed hands is left out."""
        batch = Batch(self._turn)
        loop = asyncio.get_running_loop()
        until = loop.time() + GATHER_SECONDS
        while len(batch.lines) < ENOUGH and loop.time() < until and not self._reader.stopped.is_set():
            found = await consumer.getmany(timeout_ms=LOOK_MS, max_records=MOST_RECORDS)
            if batch.turn != self._turn:
                batch = Batch(self._turn)
            for where, records in found.items() if not self._moving else ():
                for record in records:
                    batch.lines += self._lines(consumer, where, record)
                batch.next[where] = records[-1].offset + 1
        batch.lines += self._figures.lines(wall_ms())
        return batch

    def _lines(self, consumer: AIOKafkaConsumer, where: TopicPartition, record: Any) -> list[bytes]:
        """A record that nobody can read is only counted: worker and alerts keep it with its reason."""
        made: RecordLines | None = None
        try:
            made = self._kinds[where.topic](record.value or b"")
        except ValueError as fault:
            self._say_poison(f"sink: {where.topic}/{where.partition}/{record.offset}: skipped: {fault}")
        end = consumer.last_stable_offset(where) or 0
        lag = max(0, end - record.offset - 1)
        self._figures.count(where.partition, made, wall_ms() - record.timestamp, lag)
        self.figures.lag[where.topic, where.partition] = lag
        return made.lines if made else []

    async def _write(self, consumer: AIOKafkaConsumer, batch: Batch) -> None:
        """Write, then keep the places; where the shards changed hands meanwhile, they are others' to keep."""
        self._writing = True
        refused = self._out.refused
        try:
            written = await asyncio.to_thread(self._out.write, batch.lines, lambda: self._wants(batch))
            if written and batch.turn == self._turn:
                now_refused = self._out.refused - refused
                self._figures.refused(now_refused)
                self.figures.wrote(len(batch.lines), now_refused)
                await consumer.commit(batch.next)
        except (CommitFailedError, IllegalStateError):
            pass  # no longer ours: whoever has them writes the same points again
        finally:
            self._writing = False

    def _wants(self, batch: Batch) -> bool:
        return not (self._moving or self._reader.stopped.is_set()) and batch.turn == self._turn
