"""The worker role: a Faust application that judges the packets of its shards.

    readings ─▶ judge ─▶ alert-events          state ─▶ a compacted table, now and then ─▶ only then acknowledged

Faust brings the consumer group, the table and its recovery. What it is not asked for (notes in docs/cluster.md):
its windows, its joins, its exactly-once. A worker that cannot go on ends, and its supervisor starts it again.
"""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver

from ingest.packets import PacketFault
from pipeline.cluster.kafka import STATE, Kafka
from pipeline.cluster.refusals import pack_refusal, unread
from pipeline.cluster.shard import PacketMissing, Shard, kept_of
from pipeline.cluster.snapshots import newest, rows_of
from pipeline.cluster.told import pack_told
from pipeline.cluster.topics import EVENTS, LARGEST, READINGS, REJECTED
from pipeline.cluster.watchdog import WATCH_SECONDS, Watchdog
from pipeline.site import Site
from rules.events import Event

KEEP_ROWS = 1_000_000
KEEP_SECONDS = 20.0
"""A shard's state is kept after so many rows (a restart judges as many again: a second), or so long after its first
input since."""
SESSION_SECONDS = 6.0
"""A worker that Kafka has not heard for so long has lost its shards to the others (Kafka takes no less)."""
SETTLE_SECONDS = 15.0
"""How long after it got a shard a worker may still see packets that were under way to it before."""
LOOK_SECONDS = 1.0
"""How often a shard that says nothing tells how far its time has come."""


class _CommittedThread(driver.AIOKafkaConsumerThread):
    """Reads only what belongs to a finished transaction: ingest writes all shards at once or not at all."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer


class _CommittedConsumer(driver.Consumer):
    def _new_consumer_thread(self) -> _CommittedThread:
        return _CommittedThread(self, loop=self.loop, beacon=self.beacon)


class _CommittedTransport(driver.Transport):
    Consumer = _CommittedConsumer


@dataclass
class Held:
    """A shard at work: what is judged but not kept yet is not acknowledged.

    ``settled``: a packet was taken since we have the shard. ``since`` is when the first of ``events`` came, ``told``
    the time of the shard that was told last.
    """

    shard: Shard
    generation: int
    events: list[Any] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    settled: bool = False
    since: float = 0.0
    told: int = -1
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock)


class Worker:
    """The shards that Faust has given us, made when their first packet comes."""

    def __init__(self, site: Site, kafka: Kafka) -> None:
        self._site = site
        self._kafka = kafka
        self._held: dict[int, Held] = {}
        self.app = _application(kafka)
        self._readings = self.app.topic(
            kafka.topic(READINGS), value_type=bytes, value_serializer="raw", key_serializer="raw"
        )
        self._events = self.app.topic(kafka.topic(EVENTS), value_type=bytes, value_serializer="raw")
        self._rejected = self.app.topic(kafka.topic(REJECTED), value_type=bytes, value_serializer="raw")
        self._table = self.app.Table(STATE, key_type=str, value_type=bytes, partitions=kafka.shards)
        self.app.agent(self._readings, concurrency=1, name="judge")(self._judge)
        self.app.timer(LOOK_SECONDS)(self._look)
        self._watchdog = Watchdog(self.app, kafka.topic(READINGS))
        self.app.timer(WATCH_SECONDS)(self._watchdog.look)
        self.app.on_partitions_revoked.connect(self._revoked)

    async def _judge(self, stream: Any) -> Any:
        async for event in stream.noack().events():
            try:
                await self._take(event)
            except Exception as failure:  # Faust would acknowledge the packet and go on without it
                print(f"worker: {failure or type(failure).__name__}", flush=True)
                os._exit(1)
            yield None

    async def _take(self, event: Any) -> None:
        message = event.message
        held = self._held.get(message.partition) or self._begin(message.partition)
        now = time.monotonic()
        if not held.events:
            held.since = now
        held.events.append(event)
        try:
            said = held.shard.take(event.value, message.offset)
        except PacketMissing:
            if held.settled or now - held.begun > SETTLE_SECONDS:
                raise
            held.events.pop()  # left over from before the shard was ours: it comes again, after those before it
            return
        except PacketFault as fault:
            await self._set_aside(message, event.value, fault)
            said = []
        held.settled = True
        event.value = message.value = None  # it is held for its offset alone
        if said:
            await self._tell(held, said)
        if held.shard.rows >= KEEP_ROWS:
            await self._keep(held)

    async def _look(self) -> None:
        """Once a second, whether a packet comes or not."""
        now = time.monotonic()
        for held in list(self._held.values()):
            if held.shard.clock > held.told:
                await self._tell(held, [])
            if held.events and now - held.since >= KEEP_SECONDS:
                await self._keep(held)

    async def _tell(self, held: Held, said: list[Event]) -> None:
        """The events, and how far the shard's time has come."""
        held.told = held.shard.clock
        told = pack_told(held.shard.number, held.told, said)
        await self._events.send(value=told, partition=held.shard.number)

    def _begin(self, number: int) -> Held:
        found = newest(number, self._table.data.get)
        generation, kept = (found[0], kept_of(found[1])) if found else (0, None)
        self._held[number] = Held(Shard(number, self._site, self._kafka.shards, kept), generation)
        return self._held[number]

    async def _keep(self, held: Held) -> None:
        """Put the state into the table; when Kafka has all of it, acknowledge what is in it."""
        async with held.keeping:
            events, held.events, state = held.events, [], held.shard.keep()
            held.generation += 1
            await self.app.producer.flush()  # what it said is in Kafka before its state is
            sent = []
            for key, value in rows_of(held.shard.number, held.generation, state):
                self._table.data[key] = value
                sent.append(self._table.send_changelog(held.shard.number, key, value))
            await asyncio.gather(*sent)
            for event in events:
                event.ack()

    async def _set_aside(self, message: Any, value: bytes, fault: PacketFault) -> None:
        """A packet that nobody can read stands in the rejected topic with its reason, and the rest goes on."""
        refused = unread(
            message.topic, message.partition, message.offset, value[:100_000], time.time_ns() // 1_000_000, str(fault)
        )
        await self._rejected.send(value=pack_refusal(refused), partition=0)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        """What is not kept goes to whoever has the shard next: it is not acknowledged."""
        self._held.clear()


def _application(kafka: Kafka) -> Any:
    servers = ";".join(f"kafka://{server}" for server in kafka.bootstrap.split(","))
    app = faust.App(
        kafka.worker,
        broker=servers,
        broker_credentials=_credentials(kafka),
        broker_commit_interval=1.0,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=SESSION_SECONDS / 4,
        store="memory://",
        datadir=tempfile.mkdtemp(prefix="fengshao-worker-"),
        topic_partitions=kafka.shards,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=2 * LARGEST,
        producer_max_request_size=LARGEST,
        producer_linger=0.0,
        stream_wait_empty=False,
    )
    app.transport = _CommittedTransport(app.conf.broker, app, loop=app.loop)
    return app


def _credentials(kafka: Kafka) -> Any:
    if kafka.user:
        return faust.SASLCredentials(
            mechanism="SCRAM-SHA-512", username=kafka.user, password=kafka.password, ssl_context=kafka.tls()
        )
    return faust.SSLCredentials(context=kafka.tls()) if kafka.authority else None


def run_worker(site: Site, kafka: Kafka) -> None:
    """Until a signal."""
    worker = faust.Worker(Worker(site, kafka).app, loglevel="WARNING", redirect_stdouts=False)
    worker.execute_from_commandline()
