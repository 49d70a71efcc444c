"""The ingest role as a program: stands by until it is its turn, then turns until told to stop."""

import asyncio

from ingest.mqtt import MqttSource
from ingest.topics import TICK
from pipeline.asked_to_leave import AskedToLeave
from pipeline.clocks import FeedClock, WallClock
from pipeline.cluster.ingest import Ingest
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.lead import Lead
from pipeline.cluster.log import Log
from pipeline.cluster.topics import check_topics
from pipeline.orphan import leave_with_supervisor
from pipeline.road import RECEIVE_MAXIMUM
from pipeline.run_road import TURN_SECONDS, monotonic_ms, wall_ms
from pipeline.site import Site

NAME = "field"
CLIENT_ID = "fengshao-ingest"
FENCE_TURNS = 10
"""How often it looks on after the end, for the broker to take the last acknowledgements."""


def run_ingest(site: Site, mqtt: str, kafka: Kafka, clock: str, until_end: bool) -> int:
    """Until a signal, or with ``until_end`` until the feed has ended; 1 where another has taken over."""
    leaving = AskedToLeave()
    leave_with_supervisor()
    asyncio.run(check_topics(kafka))
    lead = Lead(kafka, NAME)
    log = Log(kafka, NAME)
    try:
        if not lead.wait(lambda: bool(leaving)):
            return 0
        state = log.open_patiently()
        filters = [source.filter for source in site.sources] + ([TICK] if clock == "feed" else [])
        source = MqttSource(mqtt, CLIENT_ID, filters, RECEIVE_MAXIMUM)
        since = max(0, state.clock)
        running = FeedClock(since, state.ended) if clock == "feed" else WallClock(wall_ms, monotonic_ms, since)
        ingest = Ingest(NAME, site, source, log, state, running, kafka.shards)
        while not leaving and not (until_end and running.ended):
            ingest.turn(TURN_SECONDS)
        for _ in range(FENCE_TURNS if until_end else 0):
            ingest.turn(TURN_SECONDS)
        source.close()
        return 0
    finally:
        log.close()
        lead.close()
