"""What Kafka says of an installation: its topics and their settings, who has which shard, and how much waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError

from pipeline.cluster.door import why_closed
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import EVENTS, READINGS, TOPICS, partition_counts, unreachable

TRIES, AGAIN_SECONDS = 25, 0.2
"""A Kafka that never had a group makes the place for groups when it is first asked."""


@dataclass(frozen=True, slots=True)
class Member:
    """One program of a group, by the machine from which it speaks, and its partitions of each topic."""

    host: str
    has: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """``state`` as Kafka names it; ``waiting``: records after the place that was kept, by topic and partition."""

    state: str
    members: list[Member]
    waiting: dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class KafkaSeen:
    """Topics by their full names; ``settings`` are those that ``init`` gives them, as they are now."""

    partitions: dict[str, int]
    settings: dict[str, dict[str, str]]
    worker: GroupSeen
    sink: GroupSeen


async def look_at_kafka(kafka: Kafka) -> KafkaSeen | str:
    """All of it, or why it cannot be had."""
    if closed := await why_closed(kafka):
        return closed.why
    admin = AIOKafkaAdminClient(**kafka.client())
    consumer = AIOKafkaConsumer(**kafka.client(), isolation_level="read_committed", enable_auto_commit=False)
    try:
        await admin.start()
        await consumer.start()
        found = await partition_counts(admin, kafka)
        return KafkaSeen(
            found,
            await _settings(admin, kafka, found),
            await _group(admin, consumer, kafka, kafka.worker, found, [READINGS]),
            await _group(admin, consumer, kafka, kafka.sink, found, [READINGS, EVENTS]),
        )
    except KafkaError as failure:
        return unreachable(kafka, failure)
    finally:
        await consumer.stop()
        await admin.close()


async def _settings(admin: AIOKafkaAdminClient, kafka: Kafka, found: dict[str, int]) -> dict[str, dict[str, str]]:
    asked = [
        ConfigResource(ConfigResourceType.TOPIC, kafka.topic(topic.name), dict.fromkeys(topic.settings))
        for topic in TOPICS
        if kafka.topic(topic.name) in found
    ]
    answers = await admin.describe_configs(asked) if asked else []
    rows = [row for answer in answers for row in answer.resources]
    return {name: {entry[0]: entry[1] for entry in entries} for _, _, _, name, entries in rows}


async def _group(
    admin: AIOKafkaAdminClient,
    consumer: AIOKafkaConsumer,
    kafka: Kafka,
    name: str,
    found: dict[str, int],
    topics: Sequence[str],
) -> GroupSeen:
    rows = await _described(admin, name)
    kept = await admin.list_consumer_group_offsets(name)
    names = [kafka.topic(topic) for topic in topics]
    parts = [TopicPartition(topic, number) for topic in names for number in range(found.get(topic, 0))]
    begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
    waiting = {
        (part.topic, part.partition): max(0, ends[part] - max(begins[part], kept[part].offset if part in kept else 0))
        for part in parts
    }
    (_, _, state, _, _, members, *_) = rows
    return GroupSeen(state, [_member(one) for one in members], waiting)


async def _described(admin: AIOKafkaAdminClient, name: str) -> Any:
    for _ in range(TRIES):
        try:
            (answer,) = await admin.describe_consumer_groups([name])
            return answer.groups[0]
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(AGAIN_SECONDS)
    raise GroupCoordinatorNotAvailableError(f"{name}: no coordinator for this group")


def _member(row: Any) -> Member:
    (_, _, host, _, assignment, *_) = row
    told = ConsumerProtocolMemberAssignment.decode(assignment).assignment if assignment else []
    return Member(host.removeprefix("/"), {topic: sorted(numbers) for topic, numbers in told})
