"""``fengshao init``: makes what is missing, leaves what is there, and says which is which."""

import asyncio
import time

from pipeline.cluster.kafka import Kafka
from pipeline.cluster.topics import TOPICS, check_topics, create_topics, partitions

READY_SECONDS = 10.0


def run_init(kafka: Kafka) -> int:
    """Raises RuntimeError where Kafka or a topic is not as it must be."""
    return asyncio.run(_init(kafka))


async def _init(kafka: Kafka) -> int:
    made = await create_topics(kafka)
    await _settled(kafka, patience=READY_SECONDS if made else 0.0)
    for topic in TOPICS:
        state = "made" if topic.name in made else "was there"
        print(f"topic   {kafka.topic(topic.name)}  {partitions(topic, kafka)} partition(s), {state}")
    return 0


async def _settled(kafka: Kafka, patience: float) -> None:
    """Check them all; Kafka needs a moment until all of it knows a new topic."""
    until = time.monotonic() + patience
    while True:
        try:
            await check_topics(kafka)
            return
        except RuntimeError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)
