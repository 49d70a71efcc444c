"""How fast a cluster worker is, beside the agent that a good Faust user would write: real Kafka, the whole rulebook.

Both read a log that waits for them; Kafka shares the two cores. The same readings have to give the same events.
Run from the top folder: ``python -m benchmarks cluster``.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.cluster_stream import BEGIN, ROWS, STEP_MS, packets, streams
from benchmarks.per_event import SAID, SINGLE
from ingest.inputs import Inputs
from ingest.metrics import FLAGS_METRIC, METRICS, flag_names
from ingest.vocabulary import Vocabulary
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.told import unpack_told
from pipeline.cluster.topics import EVENTS, READINGS, create_topics
from pipeline.site import Site, example_site, load_site
from tests.parts.kafka import Kafka as KafkaServer

SHARDS = 16
READINGS_EACH = 250_000
"""Readings of a shard for our worker."""
SINGLE_EACH = 6_000
"""The first of them, for the agent that takes an event a message."""
SINGLE_END = BEGIN + (SINGLE_EACH - 1) * STEP_MS

ENDED = "ended"

Said = tuple[str, str, str, str, int]
"""Rule, device, event, level, when."""


@dataclass
class Ran:
    """What a program did: from its first word to its last."""

    seconds: float
    core_seconds: float
    before: float
    events: set[Said]


def events_of(site: Site, vocabulary: Vocabulary, inputs: Inputs) -> Iterable[bytes]:
    """A JSON object a reading, as devices would send them one by one."""
    columns = (inputs.device.tolist(), inputs.metric.tolist(), inputs.value.tolist(), inputs.ts.tolist())
    for number, metric, value, ts in zip(*columns, strict=True):
        device = vocabulary.devices[number]
        reading = {"device": device, "type": site.places.devices[device].type, "ts": ts}
        if metric == FLAGS_METRIC:
            reading |= {"metric": "flags", "flags": flag_names(int(value))}
        else:
            reading |= {"metric": METRICS[metric].name, "value": value}
        yield json.dumps(reading).encode()


async def fill(site: Site, kafka: Kafka) -> None:
    """Both logs."""
    vocabulary = Vocabulary()
    vocabulary.register(site.places.devices)
    async with AIOKafkaProducer(**kafka.client(), linger_ms=20, max_batch_size=1 << 20) as producer:
        for shard, inputs in enumerate(streams(site, vocabulary, SHARDS, READINGS_EACH)):
            for packed in packets(inputs, vocabulary):
                await producer.send(kafka.topic(READINGS), packed, partition=shard)
            begun, ended = (json.dumps({"mark": mark, "shard": shard}).encode() for mark in ("begun", ENDED))
            for event in (begun, *events_of(site, vocabulary, inputs.rows(0, SINGLE_EACH)), ended):
                await producer.send(kafka.topic(SINGLE), event, partition=shard)


async def topics(kafka: Kafka) -> None:
    """Ours, and the other agent's."""
    await create_topics(kafka)
    admin = AIOKafkaAdminClient(**kafka.client())
    await admin.start()
    await admin.create_topics([NewTopic(kafka.topic(name), SHARDS, 1) for name in (SINGLE, SAID)])
    await admin.close()


async def run(kafka: Kafka, command: list[str], topic: str, heard: Callable[[bytes, set[Said]], int]) -> Ran:
    """Start a program and listen to ``topic`` until ``heard`` has named every shard as ended (-1 names none)."""
    environment = os.environ | {"FENGSHAO_KAFKA": kafka.bootstrap, "FENGSHAO_SHARDS": str(SHARDS)}
    program = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL)
    try:
        async with AIOKafkaConsumer(**kafka.client(), enable_auto_commit=False) as consumer:
            consumer.assign([TopicPartition(kafka.topic(topic), shard) for shard in range(SHARDS)])
            await consumer.seek_to_beginning()
            events: set[Said] = set()
            ended: set[int] = set()
            begin, first, first_used = time.perf_counter(), 0.0, 0.0
            while len(ended - {-1}) < SHARDS:
                if program.poll() is not None:
                    raise RuntimeError(f"{command} ended with {program.returncode}")
                for records in (await consumer.getmany(timeout_ms=50)).values():
                    ended.update(heard(record.value, events) for record in records)
                    if not first:
                        first, first_used = time.perf_counter(), used(program)
            now = time.perf_counter()
            return Ran(now - first, used(program) - first_used, first - begin, events)
    finally:
        program.kill()
        program.wait()


def heard_worker(value: bytes, events: set[Said]) -> int:
    """What our worker told."""
    told = unpack_told(value)
    events.update((one.rule, one.subject.id, one.event, one.level, one.at) for one in told.events)
    return told.shard if told.clock >= BEGIN + (READINGS_EACH - 1) * STEP_MS + 1000 else -1


def heard_single(value: bytes, events: set[Said]) -> int:
    """What the other agent said."""
    told = json.loads(value)
    if "said" in told:
        rule, device, event, level, at = told["said"]
        events.add((rule, device, event, level, at))
    return int(told["shard"]) if told.get("mark") == ENDED else -1


def used(program: "subprocess.Popen[bytes]") -> float:
    """Processor seconds so far."""
    times: Any = psutil.Process(program.pid).cpu_times()
    return float(times.user + times.system)


def shown(name: str, readings: int, ran: Ran) -> str:
    """A line of figures."""
    return (
        f"{name}: {readings:,} readings, {readings / ran.seconds:,.0f} a second, "
        f"{readings / ran.core_seconds:,.0f} per second of its processor time; {len(ran.events):,} events; "
        f"{ran.before:.1f} s from its start to its first word"
    )


async def measure(site: Site, kafka: Kafka) -> None:
    """Both, and whether they say the same."""
    await topics(kafka)
    await fill(site, kafka)
    print(f"{SHARDS} shards, packets of {ROWS} readings; {len(site.rulebook.rules)} rules", flush=True)
    ours = await run(kafka, ["pipeline.cli", "worker"], EVENTS, heard_worker)
    print(shown("worker, packets     ", SHARDS * READINGS_EACH, ours), flush=True)
    single = await run(kafka, ["benchmarks.per_event"], SAID, heard_single)
    print(shown("agent, event a message", SHARDS * SINGLE_EACH, single), flush=True)
    both = {event for event in ours.events if event[4] <= SINGLE_END}
    same = "the same" if both == single.events else f"NOT the same ({len(both ^ single.events)} differ)"
    factor = (SHARDS * READINGS_EACH / ours.seconds) / (SHARDS * SINGLE_EACH / single.seconds)
    print(f"events of the readings that both judged: {same}, {len(both):,}; the worker is {factor:.0f} times as fast")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, KafkaServer(Path(folder)).running() as server:
        asyncio.run(measure(load_site(example_site()), Kafka(server.bootstrap, SHARDS)))


if __name__ == "__main__":
    main()
