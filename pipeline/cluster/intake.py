"""What the alerts role reads of Kafka, from where its database says that it has come to; a thread of its own."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, Queue

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.reader import KafkaReader
from pipeline.cluster.topics import EVENTS, REJECTED

MOST_WAITING = 2_000
"""Records that are read ahead of those that are recorded."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in Kafka."""

    kafka_topic: str
    partition: int
    offset: int
    value: bytes


class Intake:
    """Reads from ``positions`` on; a Kafka that goes away is waited for."""

    def __init__(self, kafka: Kafka, positions: Mapping[str, int]) -> None:
        self._next = {
            TopicPartition(kafka.topic(EVENTS), shard): positions.get(f"next/{shard}", 0)
            for shard in range(kafka.shards)
        } | {TopicPartition(kafka.topic(REJECTED), 0): positions.get("next/rejected", 0)}
        self._waiting: Queue[Record] = Queue(MOST_WAITING)
        options = {"auto_offset_reset": "earliest", "isolation_level": "read_committed", "fetch_max_wait_ms": 100}
        self._reader = KafkaReader(kafka, "intake", self._read, **options)
        self._reader.start()

    def waits(self) -> bool:
        """Whether there is something to take."""
        return not self._waiting.empty()

    def take(self) -> list[Record]:
        """What came since the last call."""
        found: list[Record] = []
        with contextlib.suppress(Empty):
            while len(found) < MOST_WAITING:
                found.append(self._waiting.get_nowait())
        return found

    def close(self) -> None:
        """Stop reading."""
        self._reader.close()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        await consumer.start()
        consumer.assign(list(self._next))
        for where, offset in self._next.items():
            consumer.seek(where, offset)
        while not self._reader.stopped.is_set():
            for where, records in (await consumer.getmany(timeout_ms=200)).items():
                for record in records:
                    await self._hand_on(Record(where.topic, where.partition, record.offset, record.value or b""))
                    self._next[where] = record.offset + 1

    async def _hand_on(self, record: Record) -> None:
        while self._waiting.full() and not self._reader.stopped.is_set():
            await asyncio.sleep(0.005)
        if not self._reader.stopped.is_set():
            self._waiting.put(record)
