"""The cluster's roles as real child programs on a real Kafka and broker, and what they told."""

import asyncio
import contextlib
import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.told import Told, unpack_told
from pipeline.cluster.topics import EVENTS, READINGS
from rules.events import outside
from tests.parts.child import free_port
from tests.parts.kafka import Kafka as KafkaServer
from tests.parts.live_road import fengshao

BEIJING = 480
SPEED = "20000"
Events = dict[str, dict[str, Any]]


class Roles:
    """An installation of its own on the tests' Kafka; every role may be started, killed and started again."""

    def __init__(
        self, server: KafkaServer, site: Path, mqtt: str, shards: int, folder: Path, database: str = ""
    ) -> None:
        self.kafka = Kafka(server.bootstrap, shards, f"t{uuid4().hex[:8]}")
        self._site = site
        self._mqtt = mqtt
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._workers: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("FENGSHAO_")},
            "FENGSHAO_KAFKA": self.kafka.bootstrap,
            "FENGSHAO_SHARDS": str(shards),
            "FENGSHAO_KAFKA_PREFIX": self.kafka.prefix,
            "FENGSHAO_DATABASE": database,
            "FENGSHAO_CLOCK": "feed",
        }

    def __enter__(self) -> "Roles":
        made = self.run("init")
        assert made.returncode == 0, made.stderr
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._running:
            program.kill()
            program.wait(10)

    def replay(self, feed: Path, speed: str = SPEED) -> None:
        self.start("replay", str(feed), "--mqtt", self._mqtt, "--speed", speed)

    def at_work(self) -> None:
        """Ingest has subscribed: what is published from now on waits for it, whatever happens to it."""
        until = time.monotonic() + 30
        while "at work" not in self.said("ingest"):
            assert time.monotonic() < until, self.said("ingest")
            time.sleep(0.1)
        time.sleep(1.0)

    def alerts(self) -> "subprocess.Popen[bytes]":
        data = str(self._folder / "alerts-data")
        return self.start(
            *("alerts", "--site", str(self._site), "--mqtt", self._mqtt, "--clock", "feed", "--data", data)
        )

    def run(self, *words: str, more: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """A command to its end."""
        return subprocess.run(
            fengshao(*words),
            env=self.environment | (more or {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """A role in the background; what it says lies in a file by its name."""
        with self.log(words[0]).open("ab") as out:
            program = subprocess.Popen(fengshao(*words), env=self.environment, stdout=out, stderr=out)
        self._running.append(program)
        return program

    def ingest(self) -> "subprocess.Popen[bytes]":
        return self.start("ingest", "--site", str(self._site), "--mqtt", self._mqtt, "--clock", "feed", "--until-end")

    def worker(self) -> "subprocess.Popen[bytes]":
        self._workers.append(self.start("worker", "--site", str(self._site)))
        return self._workers[-1]

    def board(self) -> str:
        """Its address, once it answers there."""
        address = f"127.0.0.1:{free_port()}"
        self.start("board", "--site", str(self._site), "--data", str(self._folder / "board-data"), "--http", address)
        until = time.monotonic() + 30
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://{address}/healthz")
                return f"http://{address}"
            assert time.monotonic() < until, self.said("board")
            time.sleep(0.1)

    def sink(self) -> "subprocess.Popen[bytes]":
        """Writes where :attr:`environment` says that InfluxDB is."""
        return self.start("sink", "--site", str(self._site))

    def revive(self) -> None:
        """What a supervisor does: a worker that cannot go on leaves with 1, and is started again."""
        for program in [one for one in self._workers if one.poll() == 1]:
            print(self.said("worker"))
            self._workers.remove(program)
            self.worker()

    def log(self, role: str) -> Path:
        return self._folder / f"{role}.log"

    def said(self, role: str) -> str:
        return self.log(role).read_text(encoding="utf-8", errors="replace")

    def put(self, topic: str, partition: int, value: bytes, key: bytes | None = None) -> None:
        """A record that none of our programs wrote."""

        async def send() -> None:
            async with AIOKafkaProducer(**self.kafka.client()) as producer:
                await producer.send_and_wait(self.kafka.topic(topic), value, key, partition)

        asyncio.run(send())

    def records(self, topic: str) -> list[tuple[int, bytes]]:
        """Everything that a topic holds, as (partition, value)."""
        return asyncio.run(self._records(self.kafka.topic(topic)))

    def told(self) -> list[Told]:
        return [unpack_told(value) for _, value in self.records(EVENTS)]

    def events(self) -> Events:
        """Each event once; a copy that differs from the first is an error."""
        found: Events = {}
        for told in self.told():
            for event in told.events:
                shown = json.loads(msgspec.json.encode(outside(event, BEIJING)))
                key = json.dumps([event.id, event.event, event.level, event.at])
                assert found.setdefault(key, shown) == shown
        return found

    def wait_for(self, clock: int, seconds: float = 120.0) -> None:
        """Until every shard has told that its time has come so far."""
        until = time.monotonic() + seconds
        while True:
            clocks = {told.shard: told.clock for told in self.told()}
            if len(clocks) == self.kafka.shards and min(clocks.values()) >= clock:
                return
            self.revive()
            assert time.monotonic() < until, (clocks, [self.said(role) for role in ("ingest", "worker")])
            time.sleep(0.3)

    def wait_for_packets(self, count: int, seconds: float = 60.0) -> None:
        """Until ingest has written so many."""
        until = time.monotonic() + seconds
        while len(self.records(READINGS)) < count:
            assert time.monotonic() < until, self.said("ingest")
            time.sleep(0.1)

    async def _records(self, topic: str) -> list[tuple[int, bytes]]:
        consumer = AIOKafkaConsumer(
            **self.kafka.client(), enable_auto_commit=False, isolation_level="read_committed", fetch_max_wait_ms=50
        )
        await consumer.start()
        try:
            parts = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            if not parts:
                parts = [TopicPartition(topic, number) for number in await self._partitions(consumer, topic)]
            consumer.assign(parts)
            await consumer.seek_to_beginning(*parts)
            ends = await consumer.end_offsets(parts)
            found: list[tuple[int, bytes]] = []
            while any([await consumer.position(part) < ends[part] for part in parts]):
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    found += [(record.partition, record.value) for record in records]
            return found
        finally:
            await consumer.stop()

    async def _partitions(self, consumer: AIOKafkaConsumer, topic: str) -> set[int]:
        await consumer._client.force_metadata_update()
        consumer._client.add_topic(topic)
        await consumer._client.force_metadata_update()
        return set(consumer.partitions_for_topic(topic) or ())
