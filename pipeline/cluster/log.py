"""The log of inputs in Kafka: what a source brought is written to all its shards at once or not at all.

A Kafka transaction holds the packets of every shard, what was refused and the source's own state; a second program
that opens the log under the same name ends the first one's right to write (fencing), so a standby may take over.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as Late
from typing import Any, TypeVar

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    InvalidTransactionTimeout,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

from pipeline.cluster.door import why_closed
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import INGEST_STATE, LARGEST, READINGS, REJECTED, unreachable

WRITE_SECONDS = 30.0
"""How long Kafka may take for one transaction before the log is opened anew."""
TRANSACTION_MS = 20_000
AGAIN_SECONDS = 1.0
LEAVE_SECONDS = 1.0
"""How long what is under way may still take once we are asked to leave."""
LOOK_SECONDS = 0.1
LOOK_BACK = 200
"""How many offsets before the end the newest state is looked for at first: transactions leave marks between."""

USELESS: tuple[tuple[tuple[type[KafkaError], ...], str], ...] = (
    (
        (MessageSizeTooLargeError, RecordListTooLargeError),
        f"let the topics take records of {LARGEST} bytes (max.message.bytes), as `fengshao init` makes them",
    ),
    (
        (
            TopicAuthorizationFailedError,
            ClusterAuthorizationFailedError,
            TransactionalIdAuthorizationFailed,
        ),
        "let this user write our topics, transactions among them",
    ),
    ((InvalidTransactionTimeout,), f"let transaction.max.timeout.ms be {TRANSACTION_MS} or more"),
)
"""What no further try mends, and what does."""

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


class LogRefused(RuntimeError):
    """Kafka takes no such write, however often it is tried, until a person mends what is named."""


class LogLeft(Exception):
    """We are asked to leave while Kafka is away: what was under way is not known to be in the log."""


class Log:
    """One writer under ``name``; its calls block. ``open`` comes first, and again after :class:`LogLost`.

    All raise :class:`LogTaken` and :class:`LogRefused`. Once ``stopped`` says so, nothing is waited for any more.
    """

    def __init__(self, kafka: Kafka, name: str, stopped: Callable[[], bool] = lambda: False) -> None:
        self._kafka = kafka
        self._name = name
        self._stopped = stopped
        self._producer: AIOKafkaProducer | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="kafka", daemon=True)
        self._thread.start()

    def open(self) -> SourceState:
        """The newest state under our name; raises :class:`LogLost` where Kafka is away."""
        return self._do(self._open())

    def open_patiently(self) -> SourceState:
        """The same, however long Kafka is away; raises :class:`LogLeft` once we are asked to leave."""
        while not self._stopped():
            try:
                return self.open()
            except LogLost as lost:
                print(f"{lost}; trying on", flush=True)
                time.sleep(AGAIN_SECONDS)
        raise LogLeft

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
        self._wait(running)
        try:
            return running.result(0)
        except Late as late:
            running.cancel()
            raise LogLost(f"Kafka at {self._kafka.bootstrap}: no answer in time") from late
        except ProducerFenced as fenced:
            raise LogTaken(f"{self._name}: another ingest has taken over; this one leaves") from fenced
        except KafkaError as failure:
            for kinds, remedy in USELESS:
                if isinstance(failure, kinds):
                    raise LogRefused(f"Kafka at {self._kafka.bootstrap}: {failure}; {remedy}") from failure
            raise LogLost(unreachable(self._kafka, failure)) from failure

    def _wait(self, running: Future[T]) -> None:
        """Until it is done, or has had its time."""
        until = time.monotonic() + WRITE_SECONDS
        while not running.done() and time.monotonic() < until:
            if self._stopped():
                until = min(until, time.monotonic() + LEAVE_SECONDS)
            wait([running], LOOK_SECONDS)

    def _run(self) -> None:
        """Until the loop is stopped; what is under way then is cancelled in order."""
        with asyncio.Runner(loop_factory=lambda: self._loop):
            self._loop.run_forever()

    async def _open(self) -> SourceState:
        await self._stop()
        producer = AIOKafkaProducer(
            **self._kafka.client(),
            transactional_id=f"{self._kafka.prefix}-{self._name}",
            transaction_timeout_ms=TRANSACTION_MS,
            max_request_size=LARGEST,
        )
        self._producer = producer
        try:
            await producer.start()
        except KafkaError:
            closed = await why_closed(self._kafka)
            if closed and not closed.away:
                raise LogRefused(closed.why) from None
            raise
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
        readings, refusals, states = (self._kafka.topic(name) for name in (READINGS, REJECTED, INGEST_STATE))
        told = msgspec.msgpack.encode(state)
        async with producer.transaction():
            sent = [await producer.send(readings, packet, partition=shard) for shard, packet in packets]
            sent += [await producer.send(refusals, refusal, partition=0) for refusal in rejected]
            sent.append(await producer.send(states, told, key=self._name.encode(), partition=0))
            await asyncio.gather(*sent)  # a commit alone takes no notice of a record that Kafka refused

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
