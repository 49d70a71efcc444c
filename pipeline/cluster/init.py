"""``fengshao init``: makes what is missing, brings older tables forward, leaves the rest, and says which is which."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from alerts.store.migrate import migrate
from dashboards.influx import InfluxSink, Unwritten
from pipeline.cluster.kafka import BROKER, Kafka, kafka_of
from pipeline.cluster.topics import TOPICS, check_topics, create_topics, partitions
from pipeline.database import DATABASE, database_of
from pipeline.grafana_apply import run_grafana_apply
from pipeline.servers import GRAFANA_URL, INFLUX_URL, influx_sink

READY_SECONDS = 10.0


def run_init(environment: Mapping[str, str], store: Path, site: Callable[[], Path]) -> int:
    """What is named: tables, topics, bucket, boards; 1 where InfluxDB or Grafana did not take theirs.

    Raises RuntimeError, StoreError or SiteFaults where settings are wrong, or Kafka or a database is away.
    """
    influx = influx_sink(environment) if environment.get(INFLUX_URL) else None
    if environment.get(DATABASE):
        database = database_of(environment)
        changed = "made or brought to this version" if migrate(database) else "as this version has them"
        print(f"store   {database}  tables {changed}")
    elif environment.get(BROKER):
        print(f"store   {DATABASE} is not set: no tables of a cluster made")
    found = store.exists()
    if found:
        changed = "brought to this version" if migrate(store) else "as this version has them"
        print(f"store   {store}  tables {changed}")
    if environment.get(BROKER) or not (found or influx or environment.get(DATABASE)):
        asyncio.run(_topics(kafka_of(environment)))
    failed = 0 if influx is None else _bucket(influx)
    if environment.get(GRAFANA_URL):
        failed |= run_grafana_apply(site(), environment)
    return failed


def _bucket(influx: InfluxSink) -> int:
    found = influx.ensure_bucket()
    influx.close()
    if isinstance(found, Unwritten):
        print(f"bucket  {influx.bucket}  {found}", file=sys.stderr)
        return 1
    print(f"bucket  {influx.bucket}  {'made' if found == 'created' else 'was there'}")
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
