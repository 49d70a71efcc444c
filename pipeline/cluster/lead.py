"""Who of several ingest programs works: the one to whom Kafka's consumer group gives the only partition.

The others stand by. Only the start waits for it: a second writer ends the first one's right to write anyway.
"""

import threading
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.reader import KafkaReader
from pipeline.cluster.topics import INGEST_STATE

SESSION_MS = 6_000
"""A leader that Kafka has not heard for so long has been followed by a standby (Kafka takes no less)."""
LOOK_SECONDS = 0.2
LEAVE_SECONDS = 2.0
"""So long a standby is made room for at the end; where Kafka is away, it finds out by itself."""


class Lead:
    """Takes part in the election for ``name`` until it is closed."""

    def __init__(self, kafka: Kafka, name: str) -> None:
        self._kafka = kafka
        self._name = name
        self._ours = threading.Event()
        self._reader = KafkaReader(
            kafka,
            "lead",
            self._take_part,
            group_id=f"{kafka.prefix}-ingest-{name}",
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=SESSION_MS // 4,
            partition_assignment_strategy=[StickyPartitionAssignor],  # else one that joins may oust the leader
        )
        self._reader.start()

    def wait(self, stopped: Callable[[], bool]) -> bool:
        """Until it is our turn; False where ``stopped`` says so first."""
        told = False
        while not self._ours.wait(LOOK_SECONDS):
            if stopped():
                return False
            if not told:
                told = True
                print(f"ingest of {self._name}: standing by", flush=True)
        print(f"ingest of {self._name}: at work", flush=True)
        return True

    def close(self) -> None:
        """Make room for a standby at once."""
        self._reader.close(LEAVE_SECONDS)

    async def _take_part(self, consumer: AIOKafkaConsumer) -> None:
        consumer.subscribe([self._kafka.topic(INGEST_STATE)], listener=_Turn(consumer, self._ours))
        await consumer.start()
        while not self._reader.stopped.is_set():
            await consumer.getmany(timeout_ms=int(LOOK_SECONDS * 1000))


class _Turn(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells when the partition is ours; nothing is read from it."""

    def __init__(self, consumer: AIOKafkaConsumer, ours: threading.Event) -> None:
        self._consumer = consumer
        self._ours = ours

    async def on_partitions_revoked(self, revoked: Any) -> None:
        self._ours.clear()

    async def on_partitions_assigned(self, assigned: Any) -> None:
        if assigned:
            self._consumer.pause(*assigned)
            self._ours.set()
