"""What the alerts role reads of Kafka, from where its database says that it has come to; a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, Queue

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import EVENTS, REJECTED, unreachable

MOST_WAITING = 2_000
"""Records that are read ahead of those that are recorded."""
AGAIN_SECONDS = 1.0


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
        self._kafka = kafka
        self._next = {
            TopicPartition(kafka.topic(EVENTS), shard): positions.get(f"next/{shard}", 0)
            for shard in range(kafka.shards)
        } | {TopicPartition(kafka.topic(REJECTED), 0): positions.get("next/rejected", 0)}
        self._waiting: Queue[Record] = Queue(MOST_WAITING)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="intake", daemon=True)
        self._thread.start()

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
        self._stopped.set()
        self._thread.join(5)

    async def _run(self) -> None:
        while not self._stopped.is_set():
            consumer = AIOKafkaConsumer(
                **self._kafka.client(),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                fetch_max_wait_ms=100,
            )
            try:
                await consumer.start()
                await self._read(consumer)
            except KafkaError as away:
                print(f"{unreachable(self._kafka, away)}; trying on", flush=True)
                await asyncio.sleep(AGAIN_SECONDS)
            finally:
                await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign(list(self._next))
        for where, offset in self._next.items():
            consumer.seek(where, offset)
        while not self._stopped.is_set():
            for where, records in (await consumer.getmany(timeout_ms=200)).items():
                for record in records:
                    await self._hand_on(Record(where.topic, where.partition, record.offset, record.value or b""))
                    self._next[where] = record.offset + 1

    async def _hand_on(self, record: Record) -> None:
        while self._waiting.full() and not self._stopped.is_set():
            await asyncio.sleep(0.005)
        if not self._stopped.is_set():
            self._waiting.put(record)
