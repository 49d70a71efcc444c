"""The log of inputs in Kafka: what a source brought is written to all its shards at once or not at all.

A Kafka transaction holds the packets of every shard, what was refused and the source's own state; a second program
that opens the log under the same name ends the first one's right to write (fencing), so a standby may take over.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import TimeoutError as Late
from typing import Any, TypeVar

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import INGEST_STATE, LARGEST, READINGS, REJECTED, unreachable

WRITE_SECONDS = 30.0
"""How long Kafka may take for one transaction before the log is opened anew."""
TRANSACTION_MS = 20_000
AGAIN_SECONDS = 1.0
LOOK_BACK = 200
"""How many offsets before the end the newest state is looked for at first: transactions leave marks between."""

T = TypeVar("T")


class SourceState(msgspec.Struct, array_like=True):
    """What a source has to know after a restart; ``number`` counts its writes, ``packets`` those to each shard."""

    number: int = 0
    clock: int = 0
    ended: bool = False
    unacknowledged: bytes = b""
    packets: list[int] = []


class LogLost(Exception):
    """Whether the last write is in the log is not known: open it again and compare the number."""


class LogTaken(RuntimeError):
    """Another program writes under our name now."""


class Log:
    """One writer under ``name``; its calls block. ``open`` comes first, and again after :class:`LogLost`."""

    def __init__(self, kafka: Kafka, name: str) -> None:
        self._kafka = kafka
        self._name = name
        self._producer: AIOKafkaProducer | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kafka", daemon=True)
        self._thread.start()

    def open(self) -> SourceState:
        """The newest state under our name; raises :class:`LogLost` where Kafka is away."""
        return self._do(self._open())

    def open_patiently(self) -> SourceState:
        """The same, however long Kafka is away."""
        while True:
            try:
                return self.open()
            except LogLost as lost:
                print(f"{lost}; trying on", flush=True)
                time.sleep(AGAIN_SECONDS)

    def write(self, packets: Sequence[tuple[int, bytes]], rejected: Sequence[bytes], state: SourceState) -> None:
        """Put packets (shard, bytes), refusals and state into the log; they are there when this returns."""
        self._do(self._write(packets, rejected, state))

    def close(self) -> None:
        """Leave the log."""
        with contextlib.suppress(LogLost):
            self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        running = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return running.result(WRITE_SECONDS)
        except Late as late:
            running.cancel()
            raise LogLost(f"Kafka at {self._kafka.bootstrap}: no answer within {WRITE_SECONDS:.0f} s") from late
        except ProducerFenced as fenced:
            raise LogTaken(f"{self._name}: another ingest has taken over; this one leaves") from fenced
        except KafkaError as failure:
            raise LogLost(unreachable(self._kafka, failure)) from failure

    async def _open(self) -> SourceState:
        await self._stop()
        producer = AIOKafkaProducer(
            **self._kafka.client(),
            transactional_id=f"{self._kafka.prefix}-{self._name}",
            transaction_timeout_ms=TRANSACTION_MS,
            max_request_size=LARGEST,
        )
        await producer.start()
        self._producer = producer
        return await self._newest_state()

    async def _stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError):
                await producer.stop()

    async def _write(self, packets: Sequence[tuple[int, bytes]], rejected: Sequence[bytes], state: SourceState) -> None:
        producer = self._producer
        if producer is None:
            raise KafkaError("the log is not open")
        async with producer.transaction():
            for shard, packet in packets:
                await producer.send(self._kafka.topic(READINGS), packet, partition=shard)
            for refusal in rejected:
                await producer.send(self._kafka.topic(REJECTED), refusal, partition=0)
            told = msgspec.msgpack.encode(state)
            await producer.send(self._kafka.topic(INGEST_STATE), told, key=self._name.encode(), partition=0)

    async def _newest_state(self) -> SourceState:
        """The last record under our name; further and further back until there is one, or nothing more."""
        consumer = AIOKafkaConsumer(**self._kafka.client(), isolation_level="read_committed", enable_auto_commit=False)
        where = TopicPartition(self._kafka.topic(INGEST_STATE), 0)
        await consumer.start()
        try:
            consumer.assign([where])
            begin = (await consumer.beginning_offsets([where]))[where]
            end = (await consumer.end_offsets([where]))[where]
            back = LOOK_BACK
            while True:
                start = max(begin, end - back)
                found = await _last(consumer, where, start, end, self._name.encode())
                if found is not None:
                    return found
                if start == begin:
                    return SourceState()
                back *= 16
        finally:
            await consumer.stop()


async def _last(
    consumer: AIOKafkaConsumer, where: TopicPartition, start: int, end: int, name: bytes
) -> SourceState | None:
    """The last :class:`SourceState` under that key among the offsets ``start`` to ``end``; None where there is none.

    What cannot be read is not ours, and said.
    """
    consumer.seek(where, start)
    found = None
    while await consumer.position(where) < end:
        for record in (await consumer.getmany(where, timeout_ms=500)).get(where, []):
            if record.key == name:
                try:
                    found = msgspec.msgpack.decode(record.value or b"", type=SourceState)
                except ValueError as broken:
                    print(f"{where.topic}, offset {record.offset}: {broken}; passed over", flush=True)
    return found
