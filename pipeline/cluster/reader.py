"""Reads Kafka in a thread of its own for as long as it is wanted; a Kafka that goes away is waited for."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import unreachable

AGAIN_SECONDS = 1.0
CLOSE_SECONDS = 10.0


class KafkaReader:
    """``read`` gets a consumer made with ``options``, not started yet; it is called again after each failure."""

    def __init__(self, kafka: Kafka, name: str, read: Callable[[Any], Awaitable[None]], **options: Any) -> None:
        self._kafka = kafka
        self._read = read
        self._options = options
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def lives(self) -> bool:
        """False once it has ended, be it by an error that it does not know."""
        return self._thread.is_alive()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Stop reading; ``read`` looks at ``stopped``."""
        self.stopped.set()
        self._thread.join(seconds)

    async def _run(self) -> None:
        while not self.stopped.is_set():
            consumer = AIOKafkaConsumer(**self._kafka.client(), enable_auto_commit=False, **self._options)
            try:
                await self._read(consumer)
            except KafkaError as away:
                print(f"{unreachable(self._kafka, away)}; trying on", flush=True)
                await asyncio.sleep(AGAIN_SECONDS)
            finally:
                await consumer.stop()
