"""Kafka's topics: what each is for, how many partitions, how long it keeps; made by ``fengshao init``, checked by all.

readings       packets of inputs, a partition a shard; the log that everything can be judged again from
alert-events   what the rules said and how far each shard has come, a partition a shard
rejected       what was refused, and what could not be read (poison), with the reason
ingest-state   per source: what MQTT may deliver again, and the clock
state          the worker's snapshots, a partition a shard, compacted
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from pipeline.cluster.door import why_closed
from pipeline.cluster.kafka import COPIES, PREFIX, SHARDS, STATE, Kafka

READINGS = "readings"
EVENTS = "alert-events"
REJECTED = "rejected"
INGEST_STATE = "ingest-state"

AGAIN_SECONDS = 1.0
DAY_MS = 86_400_000
LARGEST = 4 << 20
"""Bytes of one message: ingest cuts its packets far below."""


@dataclass(frozen=True, slots=True)
class Topic:
    """``sharded``: a partition a shard, else one."""

    name: str
    sharded: bool
    settings: dict[str, str]


TOPICS = (
    Topic(READINGS, True, {"retention.ms": str(30 * DAY_MS), "max.message.bytes": str(LARGEST)}),
    Topic(EVENTS, True, {"retention.ms": str(90 * DAY_MS), "max.message.bytes": str(LARGEST)}),
    Topic(REJECTED, False, {"retention.ms": str(90 * DAY_MS), "max.message.bytes": str(LARGEST)}),
    Topic(INGEST_STATE, False, {"retention.ms": "-1", "retention.bytes": str(1 << 28), "segment.bytes": str(1 << 26)}),
    Topic(STATE, True, {"cleanup.policy": "compact", "segment.bytes": str(1 << 26), "segment.ms": "3600000"}),
)


def partitions(topic: Topic, kafka: Kafka) -> int:
    """How many it has to have."""
    return kafka.shards if topic.sharded else 1


class KafkaAway(RuntimeError):
    """Nobody answers just now, and waiting may mend it."""


async def create_topics(kafka: Kafka) -> list[str]:
    """Make what is missing; what was made. Raises RuntimeError where Kafka or a topic is not as it must be."""
    await _knock(kafka)
    admin = AIOKafkaAdminClient(**kafka.client())
    made = []
    try:
        await admin.start()
        for topic in TOPICS:
            # Written is what all copies but one have: one machine may be away.
            settings = topic.settings | {"min.insync.replicas": str(max(1, kafka.copies - 1))}
            wanted = NewTopic(kafka.topic(topic.name), partitions(topic, kafka), kafka.copies, topic_configs=settings)
            try:
                answer = await admin.create_topics([wanted])
                code = answer.topic_errors[0][1]
                if code == 0:
                    made.append(topic.name)
                elif code != TopicAlreadyExistsError.errno:
                    why = f"Kafka does not make it: {answer.topic_errors[0][2]}"
                    raise RuntimeError(f"{kafka.topic(topic.name)}: {why} (found {COPIES}={kafka.copies})")
            except TopicAlreadyExistsError:
                continue
        return made
    except KafkaError as away:
        raise KafkaAway(unreachable(kafka, away)) from away
    finally:
        await admin.close()


async def check_topics(kafka: Kafka, wanted: Sequence[Topic] = TOPICS) -> None:
    """Raises RuntimeError naming a topic that is missing or has another partition count, and what to do."""
    await _knock(kafka)
    admin = AIOKafkaAdminClient(**kafka.client())
    try:
        await admin.start()
        found = await partition_counts(admin, kafka)
    except KafkaError as away:
        raise KafkaAway(unreachable(kafka, away)) from away
    finally:
        await admin.close()
    for fault in topic_faults(kafka, found, wanted):
        raise RuntimeError(fault)


def wait_for_topics(
    kafka: Kafka, wanted: Sequence[Topic] = TOPICS, leaving: Callable[[], bool] = lambda: False
) -> bool:
    """The same at the start of a role, however long Kafka is away; False where it is ``leaving`` before that."""
    told = ""
    while not leaving():
        try:
            with contextlib.closing(asyncio.new_event_loop()) as loop:  # Faust makes its own later
                loop.run_until_complete(check_topics(kafka, wanted))
            return True
        except KafkaAway as away:
            if told != str(away):
                print(f"{away}; trying on", flush=True)
            told = str(away)
            time.sleep(AGAIN_SECONDS)
    return False


async def partition_counts(admin: AIOKafkaAdminClient, kafka: Kafka) -> dict[str, int]:
    """How many partitions each of our topics has; one that is not there is left out."""
    rows = await admin.describe_topics([kafka.topic(topic.name) for topic in TOPICS])
    return {row["topic"]: len(row["partitions"]) for row in rows if not row["error_code"]}


def topic_faults(kafka: Kafka, found: Mapping[str, int], wanted: Sequence[Topic] = TOPICS) -> list[str]:
    """What is wrong with the partition counts that were ``found``, and what to do."""
    faults = []
    for topic in wanted:
        name, expected = kafka.topic(topic.name), partitions(topic, kafka)
        count = found.get(name)
        if count is None:
            faults.append(f"{name}: no such topic in Kafka at {kafka.bootstrap}; run `fengshao init` first")
        elif count != expected:
            remedy = f"Set {SHARDS}={count}, or take another {PREFIX} (docs/cluster.md, Shards)"
            faults.append(f"{name}: found {count} partitions; expected {expected}. {remedy}")
    return faults


async def _knock(kafka: Kafka) -> None:
    """Raises KafkaAway, or RuntimeError where only other settings mend it: Kafka's client tells them apart nowhere."""
    if closed := await why_closed(kafka):
        raise KafkaAway(closed.why) if closed.away else RuntimeError(closed.why)


def unreachable(kafka: Kafka, failure: Exception) -> str:
    """What to say where Kafka does not answer or lets us not in."""
    why = str(failure) or type(failure).__name__
    return f"Kafka at {kafka.bootstrap}: {why}; is it running, and are the credentials right?"
