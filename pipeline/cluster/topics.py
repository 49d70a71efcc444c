"""Kafka's topics: what each is for, how many partitions, how long it keeps; made by ``fengshao init``, checked by all.

readings       packets of inputs, a partition a shard; the log that everything can be judged again from
alert-events   what the rules said and how far each shard has come, a partition a shard
rejected       what was refused, and what could not be read (poison), with the reason
ingest-state   per source: what MQTT may deliver again, and the clock
state          the worker's snapshots, a partition a shard, compacted
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from pipeline.cluster.kafka import SHARDS, STATE, Kafka

READINGS = "readings"
EVENTS = "alert-events"
REJECTED = "rejected"
INGEST_STATE = "ingest-state"

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


async def create_topics(kafka: Kafka, copies: int = 1) -> list[str]:
    """Make what is missing; what was made. Raises RuntimeError where Kafka or a topic is not as it must be."""
    admin = AIOKafkaAdminClient(**kafka.client())
    made = []
    try:
        await admin.start()
        for topic in TOPICS:
            wanted = NewTopic(kafka.topic(topic.name), partitions(topic, kafka), copies, topic_configs=topic.settings)
            try:
                answer = await admin.create_topics([wanted])
                code = answer.topic_errors[0][1]
                if code == 0:
                    made.append(topic.name)
                elif code != TopicAlreadyExistsError.errno:
                    raise RuntimeError(
                        f"{kafka.topic(topic.name)}: Kafka does not make it: {answer.topic_errors[0][2]}"
                    )
            except TopicAlreadyExistsError:
                continue
        return made
    except KafkaError as away:
        raise RuntimeError(unreachable(kafka, away)) from away
    finally:
        await admin.close()


async def check_topics(kafka: Kafka, wanted: Sequence[Topic] = TOPICS) -> None:
    """Raises RuntimeError naming a topic that is missing or has another partition count, and what to do."""
    admin = AIOKafkaAdminClient(**kafka.client())
    try:
        await admin.start()
        found = {
            row["topic"]: row for row in await admin.describe_topics([kafka.topic(topic.name) for topic in wanted])
        }
    except KafkaError as away:
        raise RuntimeError(unreachable(kafka, away)) from away
    finally:
        await admin.close()
    for topic in wanted:
        name = kafka.topic(topic.name)
        row = found.get(name)
        if row is None or row["error_code"]:
            raise RuntimeError(f"{name}: no such topic in Kafka at {kafka.bootstrap}; run `fengshao init` first")
        count = len(row["partitions"])
        if count != partitions(topic, kafka):
            raise RuntimeError(
                f"{name}: found {count} partitions; expected {partitions(topic, kafka)}. Set {SHARDS}={count}, "
                "or follow docs/operations.md to change the number of shards"
            )


def unreachable(kafka: Kafka, failure: Exception) -> str:
    """What to say where Kafka does not answer or lets us not in."""
    why = str(failure) or type(failure).__name__
    return f"Kafka at {kafka.bootstrap}: {why}; is it running, and are the credentials right?"
