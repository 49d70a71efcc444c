"""What the alerts role reads of Kafka, from where its database says that it has come to; a thread of its own."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, Queue

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.positions import next_of
from pipeline.cluster.reader import KafkaReader
from pipeline.cluster.topics import EVENTS, READINGS, REJECTED

MOST_WAITING = 2_000
"""Records that are read ahead of those that are recorded."""
LOOK_SECONDS = 1.0
"""How often it asks how far the workers' input has come."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in Kafka."""

    kafka_topic: str
    partition: int
    offset: int
    value: bytes


class Intake:
    """Reads from ``positions`` on; a Kafka that goes away is waited for.

    ``written``: where each shard's input ends in Kafka, as it was seen last.
    """

    def __init__(self, kafka: Kafka, positions: Mapping[str, int]) -> None:
        read = [(kafka.topic(EVENTS), shard) for shard in range(kafka.shards)] + [(kafka.topic(REJECTED), 0)]
        self._next = {TopicPartition(*where): positions.get(next_of(*where), 0) for where in read}
        self._inputs = [TopicPartition(kafka.topic(READINGS), shard) for shard in range(kafka.shards)]
        self.written: Mapping[int, int] = {}
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
        looking = asyncio.create_task(self._look(consumer))
        try:
            while not self._reader.stopped.is_set():
                for where, records in (await consumer.getmany(timeout_ms=200)).items():
                    for record in records:
                        await self._hand_on(Record(where.topic, where.partition, record.offset, record.value or b""))
                        self._next[where] = record.offset + 1
        finally:
            looking.cancel()

    async def _look(self, consumer: AIOKafkaConsumer) -> None:
        """Beside the reading, which goes on where a partition of the input has nobody to answer for it."""
        while True:
            with contextlib.suppress(KafkaError):
                ends = await consumer.end_offsets(self._inputs)
                self.written = {where.partition: end for where, end in ends.items()}
            await asyncio.sleep(LOOK_SECONDS)

    async def _hand_on(self, record: Record) -> None:
        while self._waiting.full() and not self._reader.stopped.is_set():
            await asyncio.sleep(0.005)
        if not self._reader.stopped.is_set():
            self._waiting.put(record)
