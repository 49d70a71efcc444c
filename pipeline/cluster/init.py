"""``fengshao init``: makes what is missing, brings older tables forward, leaves the rest, and says which is which."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from alerts.store.migrate import migrate
from pipeline.cluster.kafka import BROKER, Kafka, kafka_of
from pipeline.cluster.run_alerts import DATABASE, database_of
from pipeline.cluster.topics import TOPICS, check_topics, create_topics, partitions

READY_SECONDS = 10.0


def run_init(environment: Mapping[str, str], store: Path) -> int:
    """What is named: topics where Kafka is, tables where there is a store. Raises RuntimeError or StoreError."""
    if environment.get(DATABASE):
        database = database_of(environment)
        changed = "made or brought to this version" if migrate(database) else "as this version has them"
        print(f"store   {database}  tables {changed}")
    found = store.exists()
    if found:
        changed = "brought to this version" if migrate(store) else "as this version has them"
        print(f"store   {store}  tables {changed}")
    if environment.get(BROKER) or not (found or environment.get(DATABASE)):
        asyncio.run(_topics(kafka_of(environment)))
    return 0


async def _topics(kafka: Kafka) -> None:
    made = await create_topics(kafka)
    await _settled(kafka, patience=READY_SECONDS if made else 0.0)
    for topic in TOPICS:
        state = "made" if topic.name in made else "was there"
        print(f"topic   {kafka.topic(topic.name)}  {partitions(topic, kafka)} partition(s), {state}")


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
