"""The worker role: a Faust application that judges the packets of its shards.

    readings ─▶ judge ─▶ alert-events          state ─▶ a compacted table, now and then ─▶ only then acknowledged

Faust brings the consumer group, the table and its recovery. What it is not asked for (notes in docs/cluster.md):
its windows, its joins, its exactly-once. A worker that cannot go on ends, and its supervisor starts it again.
"""

import asyncio
import contextlib
import os
import time
from typing import Any, NoReturn

from aiokafka import TopicPartition

from ingest.packets import PacketFault
from pipeline.cluster.application import application, run_application
from pipeline.cluster.figures import WorkerFigures
from pipeline.cluster.held import Held
from pipeline.cluster.kafka import STATE, Kafka
from pipeline.cluster.refusals import pack_refusal, unread
from pipeline.cluster.shard import OtherRules, PacketMissing, Shard, kept_of
from pipeline.cluster.snapshots import SnapshotBroken, left_over, newest, rows_of
from pipeline.cluster.told import pack_told
from pipeline.cluster.topics import EVENTS, READINGS, REJECTED, wait_for_topics
from pipeline.cluster.watchdog import Place, Watchdog
from pipeline.metrics import serve_metrics
from pipeline.site import Site

KEEP_ROWS = 1_000_000
KEEP_SECONDS = 20.0
"""A shard's state is kept after so many rows (a restart judges as many again: a second), or so long after its first
input since."""
LOOK_SECONDS = 1.0
"""How often a shard that says nothing tells how far its time has come, and how often the watchdog looks."""
ANSWER_SECONDS = 10.0
MOST_SENDING = 200
BEHIND_SECONDS, TELL_SECONDS = 1.0, 0.25
"""Of a packet that is older than the first when it is judged, the events wait for others, at most for the second."""


class Worker:
    """The shards that Faust has given us, made when their first packet comes."""

    def __init__(self, site: Site, kafka: Kafka) -> None:
        self._site = site
        self._kafka = kafka
        self._held: dict[int, Held] = {}
        self._earliest: dict[int, int] = {}
        self._waiting_since: float | None = None
        self.app = application(kafka)
        self._readings = self.app.topic(
            kafka.topic(READINGS), value_type=bytes, value_serializer="raw", key_serializer="raw"
        )
        self._table = self.app.Table(STATE, key_type=bytes, value_type=bytes, partitions=kafka.shards)
        self._watchdog = Watchdog()
        self.figures = WorkerFigures()
        self.app.agent(self._readings, concurrency=1, name="judge")(self._judge)
        self.app.timer(LOOK_SECONDS)(self._look)
        self.app.task(self._keep_watch)
        self.app.on_partitions_assigned.connect(self._assigned)

    async def _judge(self, stream: Any) -> Any:
        async for event in stream.noack().events():
            try:
                await self._take(event)
                await self._speak(time.time() - event.message.timestamp < BEHIND_SECONDS)
            except Exception as failure:  # Faust would acknowledge the packet and go on without it
                _leave(str(failure) or type(failure).__name__)
            yield None

    async def _take(self, event: Any) -> None:
        message = event.message
        held = self._held.get(message.partition)
        if held is None:
            if self._changing():
                return  # left over from before: it comes again to whoever has the shard
            held = self._begin(message.partition)
        rows = held.shard.rows
        try:
            held.said += held.shard.take(event.value or b"", message.offset, self._earliest.get(message.partition, 0))
        except PacketMissing as hole:
            held.hole = str(hole)  # what lies between was lost on its way here: the watchdog asks for it
            return
        except PacketFault as fault:
            await self._set_aside(held, message, event.value or b"", fault)
            held.shard.skip(message.offset)
        self.figures.judged += held.shard.rows - rows
        if held.unkept is None:
            held.since = time.monotonic()
        held.unkept, held.hole = event, ""
        if held.said and self._waiting_since is None:
            self._waiting_since = time.monotonic()
        if held.shard.rows >= KEEP_ROWS:
            await self._keep(held)

    async def _speak(self, caught_up: bool) -> None:
        """Tell at once; where packets have waited to be judged, the events of many go in one message."""
        since = self._waiting_since
        if since is not None and (caught_up or time.monotonic() - since >= TELL_SECONDS):
            self._waiting_since = None
            for held in [held for held in self._held.values() if held.said]:
                await self._tell(held)

    async def _look(self) -> None:
        """Once a second, whether a packet comes or not."""
        now = time.monotonic()
        try:
            for held in list(self._held.values()):
                if held.said or held.shard.clock > held.told:
                    await self._tell(held)
                if held.unkept is not None and now - held.since >= KEEP_SECONDS and not self._changing():
                    await self._keep(held)
        except Exception as failure:  # what was told is not in Kafka, or the state is not kept
            _leave(str(failure) or type(failure).__name__)

    async def _keep_watch(self) -> None:
        """A loop of its own: an answer about a partition may take as long as a fetch."""
        while not self.app.should_stop:
            await self._watch()
            await asyncio.sleep(LOOK_SECONDS)

    async def _watch(self) -> None:
        """Once in a while: what got lost on its way is read again; a worker that does not come on leaves."""
        try:
            places = await asyncio.wait_for(self._places(), ANSWER_SECONDS)
        except Exception:  # not started yet, or Kafka is away
            places = None
        now = time.monotonic()
        verdict = self._watchdog.look(now, places, self._changing())
        self.figures.saw(places, self._watchdog.still(now), len(verdict.again), now)
        if verdict.stuck:
            _leave(" ".join([f"stuck: {verdict.stuck}", *(held.hole for held in self._held.values() if held.hole)]))
        for number in verdict.again:
            held = self._held.get(number) or self._begin(number)
            print(f"worker: shard {number}: reading again from {held.shard.offset + 1}", flush=True)
            with contextlib.suppress(Exception):  # shards change hands just now: it is asked for again
                await self.app.consumer.seek_wait({self._partition(number): held.shard.offset + 1})

    async def _places(self) -> dict[int, Place]:
        """How far each of our shards is."""
        consumer = self.app.consumer
        mine = [where for where in consumer.assignment() if where.topic == self._kafka.topic(READINGS)]
        ends = await consumer.highwaters(*mine) if mine else {}
        earliest = await consumer.earliest_offsets(*mine) if mine else {}
        self._earliest = {where.partition: offset for where, offset in earliest.items()}
        places = {}
        for where in mine:
            held = self._held.get(where.partition)
            position = await consumer.position(where)
            fetched = consumer.fetched.get(where, -1)
            places[where.partition] = Place(ends[where], position, fetched, held.shard.offset if held else -1)
        return places

    def _changing(self) -> bool:
        """Whether shards change hands just now, or their state is not all here yet."""
        return bool(self.app.rebalancing or self.app.in_recovery)

    def _partition(self, number: int) -> TopicPartition:
        return TopicPartition(self._kafka.topic(READINGS), number)

    async def _tell(self, held: Held) -> None:
        """The events, and how far the shard's time has come; not waited for, but no more than so many at a time."""
        async with held.telling:
            said, held.said, held.told = held.said, [], held.shard.clock
            await self._send(held, EVENTS, pack_told(held.shard.number, held.told, said), held.shard.number)

    async def _send(self, held: Held, topic: str, value: bytes, partition: int) -> None:
        producer = await self.app.maybe_start_producer()
        held.sending.append(await producer.send(self._kafka.topic(topic), None, value, partition, None, None))
        if len(held.sending) >= MOST_SENDING:
            await held.arrived()

    def _begin(self, number: int) -> Held:
        try:
            state = newest(number, self._table.data.get)
            kept = kept_of(state) if state is not None else None
            shard = Shard(number, self._site, self._kafka.shards, kept)
        except (SnapshotBroken, OtherRules, ValueError) as other:
            print(f"worker: {other}; shard {number} is judged again from the beginning of the log", flush=True)
            shard = Shard(number, self._site, self._kafka.shards)
        self._held[number] = Held(shard)
        return self._held[number]

    async def _keep(self, held: Held) -> None:
        """Put the state into the table; when Kafka has all of it, acknowledge what is in it."""
        number = held.shard.number
        async with held.keeping:
            newest, held.unkept, state = held.unkept, None, held.shard.keep()
            await self._tell(held)
            await held.arrived()  # what it said is in Kafka before its state is
            if self._held.get(number) is not held:
                return  # the shard is another's by now
            rows = dict(rows_of(number, state))
            await asyncio.gather(*(self._put(number, key, value) for key, value in rows.items()))
            newest.ack()
            await asyncio.gather(*(self._put(number, key, None) for key in left_over(number, self._table.data, rows)))

    def _put(self, number: int, key: bytes, value: bytes | None) -> Any:
        """A row of the table here and in Kafka; None takes it away. To be waited for."""
        if value is None:
            self._table.data.pop(key)
            return self._table.send_changelog(number, key, None, "raw", "raw")
        self._table.data[key] = value
        return self._table.send_changelog(number, key, value, "raw", "raw")

    async def _set_aside(self, held: Held, message: Any, value: bytes, fault: PacketFault) -> None:
        """A packet that nobody can read stands in the rejected topic with its reason, and the rest goes on."""
        refused = unread(
            message.topic, message.partition, message.offset, value[:100_000], time.time_ns() // 1_000_000, str(fault)
        )
        await self._send(held, REJECTED, pack_refusal(refused), 0)

    async def _assigned(self, _: Any, assigned: Any, **__: Any) -> None:
        """What is another's now is forgotten. A shard that stays goes on from where it stands."""
        mine = {where.partition for where in assigned if where.topic == self._kafka.topic(READINGS)}
        self._held = {number: held for number, held in self._held.items() if number in mine}


def _leave(why: str) -> NoReturn:
    """At once: what is not acknowledged is judged again by whoever has the shard next."""
    print(f"worker: {why}; leaving, to be started again", flush=True)
    os._exit(1)


def run_worker(site: Site, kafka: Kafka) -> None:
    """Until a signal."""
    wait_for_topics(kafka)
    worker = Worker(site, kafka)
    serve_metrics(worker.figures.rows)
    run_application(worker.app)
