"""How fast a cluster worker is: real Kafka, the whole Shaoxing rulebook, packets of 500 readings waiting in the log.

Run from the top folder: ``python -m benchmarks cluster``. Kafka shares the two cores.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from benchmarks.rules import calm, sent_again
from ingest.clock_rows import clock_rows
from ingest.inputs import END, NO_SEQ, Inputs
from ingest.metrics import FLAGS_METRIC
from ingest.packets import Packet, pack_packet
from ingest.shards import Splitter
from ingest.vocabulary import Vocabulary
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.told import unpack_told
from pipeline.cluster.topics import EVENTS, READINGS, create_topics
from pipeline.site import Site, example_site, load_site
from rules.book import applies, metric_of
from tests.parts.kafka import Kafka as KafkaServer

SHARDS = 16
READINGS_EACH = 250_000
"""Readings of a shard."""
ROWS = 500
BEGIN = 1_785_772_800_000
STEP_MS = 400


def stream(site: Site, vocabulary: Vocabulary, devices: list[str], count: int) -> Inputs:
    """Calm readings of random devices of a shard in order of time; one in 5,000 odd, one in a hundred sent again."""
    random = np.random.default_rng(len(devices))
    rules = site.rulebook.rules
    pairs = []
    for device_id in devices:
        kind = site.places.devices[device_id].type
        metric = next(
            (metric_of(rule) for rule in rules if rule.kind == "ladder" and applies(rule, kind)), FLAGS_METRIC
        )
        value = 0.0 if metric == FLAGS_METRIC else calm(site.rulebook, kind, metric)
        pairs.append((vocabulary.device_number[device_id], int(metric), value))
    chosen = random.integers(0, len(pairs), count)
    number, metric, value = (np.array([pair[place] for pair in pairs])[chosen] for place in range(3))
    odd = random.random(count) < 1 / 5000
    value = np.where(odd & (metric != FLAGS_METRIC), value * 2, value)
    at = BEGIN + np.arange(count, dtype=np.int64) * STEP_MS
    inputs = Inputs(
        number.astype(np.int32),
        metric.astype(np.int16),
        value.astype(np.float64),
        at,
        at.copy(),
        np.full(count, NO_SEQ),
        at.copy(),
        np.zeros(count, np.int32),
        np.zeros(count, np.uint8),
    )
    return sent_again(inputs, 0.01)


async def fill(site: Site, kafka: Kafka) -> None:
    """The log of every shard, and its end."""
    vocabulary = Vocabulary()
    vocabulary.register(site.places.devices)
    splitter = Splitter(site.places, vocabulary.devices, kafka.shards)
    everybody = splitter.split(_everybody(len(vocabulary.devices)))
    producer = AIOKafkaProducer(**kafka.client(), linger_ms=20, max_batch_size=1 << 20)
    await producer.start()
    for shard, part in enumerate(everybody):
        devices = [vocabulary.devices[number] for number in part.device.tolist()]
        inputs = stream(site, vocabulary, devices, READINGS_EACH)
        packets = [inputs.rows(start, start + ROWS) for start in range(0, READINGS_EACH, ROWS)]
        packets.append(clock_rows(END, [int(inputs.at[-1]) + 1000]))
        for number, rows in enumerate(packets, 1):
            packed = pack_packet(Packet("bench", number, rows), vocabulary)
            await producer.send(kafka.topic(READINGS), packed, partition=shard)
    await producer.stop()


def _everybody(devices: int) -> Inputs:
    inputs = clock_rows(END, [0] * devices)
    return inputs.with_columns(device=np.arange(devices, dtype=np.int32))


async def finished(kafka: Kafka, end: int, worker: "subprocess.Popen[bytes]") -> tuple[float, float, float, int]:
    """Seconds and processor seconds from the first telling to the last; until then; events."""
    consumer = AIOKafkaConsumer(**kafka.client(), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(kafka.topic(EVENTS), shard) for shard in range(kafka.shards)])
    await consumer.seek_to_beginning()
    clocks: dict[int, int] = {}
    events = 0
    first, first_used = 0.0, 0.0
    begin = time.perf_counter()
    while len(clocks) < kafka.shards or min(clocks.values()) < end:
        assert worker.poll() is None, "the worker has ended"
        for records in (await consumer.getmany(timeout_ms=50)).values():
            for record in records:
                told = unpack_told(record.value)
                clocks[told.shard] = told.clock
                events += len(told.events)
                if not first:
                    first, first_used = time.perf_counter(), used(worker)
    took, took_used = time.perf_counter() - first, used(worker) - first_used
    await consumer.stop()
    return took, took_used, first - begin, events


def used(program: "subprocess.Popen[bytes]") -> float:
    """Processor seconds so far."""
    times: Any = psutil.Process(program.pid).cpu_times()
    return float(times.user + times.system)


def main() -> None:
    """Print the figures."""
    site = load_site(example_site())
    with tempfile.TemporaryDirectory() as folder:
        server = KafkaServer(Path(folder))
        server.start()
        try:
            kafka = Kafka(server.bootstrap, SHARDS)
            asyncio.run(create_topics(kafka))
            asyncio.run(fill(site, kafka))
            readings = SHARDS * READINGS_EACH
            print(
                f"{readings:,} readings in {SHARDS} shards, {ROWS} a packet; {len(site.rulebook.rules)} rules",
                flush=True,
            )
            environment = os.environ | {"FENGSHAO_KAFKA": kafka.bootstrap, "FENGSHAO_SHARDS": str(SHARDS)}
            worker = subprocess.Popen([sys.executable, "-m", "pipeline.cli", "worker"], env=environment)
            try:
                end = BEGIN + (READINGS_EACH - 1) * STEP_MS + 1000
                took, cores, before, events = asyncio.run(finished(kafka, end, worker))
            finally:
                worker.kill()
                worker.wait()
            print(
                f"one worker: {readings / took / 1e6:.2f} million readings/s, "
                f"{readings / cores / 1e6:.2f} million per second of its processor time; {events} events; "
                f"{before:.1f} s from its start to its first word"
            )
        finally:
            server.stop()


if __name__ == "__main__":
    main()
