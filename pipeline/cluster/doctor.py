"""What ``fengshao doctor`` says of a cluster's Kafka: the way in, topics, and who has the shards.

A number that is missing or wrong is a fault; what stands still by intent, or is about to change, is not.
"""

import asyncio
from collections.abc import Iterator, Mapping

from pipeline.cluster.heartbeat import named
from pipeline.cluster.kafka import Kafka, kafka_of
from pipeline.cluster.kafka_seen import GroupSeen, KafkaSeen, look_at_kafka
from pipeline.cluster.topics import READINGS, TOPICS, topic_faults
from pipeline.finding import Finding
from pipeline.servers import INFLUX_URL

CHANGING = ("PreparingRebalance", "CompletingRebalance")
UNSEEN = Finding(None, "not looked at, for Kafka cannot be asked")


def kafka_findings(environment: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    """A row for Kafka, its topics, the workers and the sinks."""
    try:
        kafka = kafka_of(environment)
        seen = asyncio.run(look_at_kafka(kafka))
    except RuntimeError as wrong:
        seen = str(wrong)
    if isinstance(seen, str):
        yield "kafka", Finding(False, seen)
        yield from ((name, UNSEEN) for name in ("topics", "workers", "sinks"))
        return
    yield "kafka", Finding(True, f"{kafka.bootstrap} answers{f', as {kafka.user}' if kafka.user else ''}")
    yield "topics", topics_found(kafka, seen)
    yield "workers", group_found(kafka, seen.worker, "worker")
    wanted = environment.get(INFLUX_URL) or seen.sink.members
    yield "sinks", group_found(kafka, seen.sink, "sink") if wanted else Finding(None, f"{INFLUX_URL} is not set")


def topics_found(kafka: Kafka, seen: KafkaSeen) -> Finding:
    """All that is wrong with the partitions, else all that ``init`` makes otherwise."""
    if faults := topic_faults(kafka, seen.partitions):
        return Finding(False, "; ".join(faults))
    other = [
        f"{name}: found {setting}={found.get(setting)}; `fengshao init` gives a new one {expected}"
        for topic in TOPICS
        for name, found in [(kafka.topic(topic.name), seen.settings.get(kafka.topic(topic.name), {}))]
        for setting, expected in topic.settings.items()
        if found.get(setting) != expected
    ]
    if other:
        return Finding(True, "; ".join([*other, "set it with kafka-configs.sh unless it is meant"]), soon=True)
    return Finding(True, f"{len(TOPICS)} of {kafka.prefix}, {kafka.shards} shards, settings as `fengshao init` gives")


def group_found(kafka: Kafka, seen: GroupSeen, role: str) -> Finding:
    """Who has which shard, one that nobody has, and how many records wait."""
    waiting = sum(seen.waiting.values())
    if not seen.members:
        if not waiting:
            return Finding(None, "not running")
        return Finding(False, f"not running, and {waiting} records wait; start `fengshao {role}`")
    if seen.state in CHANGING:
        return Finding(True, f"{len(seen.members)} of them, and shards change hands just now; ask again", soon=True)
    held = {(topic, shard) for one in seen.members for topic, shards in one.has.items() for shard in shards}
    free = sorted({shard for topic, shard in seen.waiting if (topic, shard) not in held})
    if free:
        return Finding(
            False, f"nobody has shard {named(free)}; start one more `fengshao {role}`, or end one that hangs"
        )
    readings = kafka.topic(READINGS)
    shares = sorted((one.has.get(readings, []), one.host) for one in seen.members)
    who = ", ".join(f"{named(shards) or 'none'} at {host}" for shards, host in shares)
    return Finding(True, f"{len(seen.members)} at work, shards {who}; {waiting} records after the places they kept")
