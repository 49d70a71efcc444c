"""The ingest role as a program: stands by until it is its turn, then turns until told to stop."""

import contextlib

from ingest.mqtt import MqttSource
from ingest.topics import TICK
from pipeline.asked_to_leave import AskedToLeave
from pipeline.clocks import FeedClock, WallClock
from pipeline.cluster.figures import IngestFigures
from pipeline.cluster.ingest import Ingest
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.lead import Lead
from pipeline.cluster.log import Log, LogLeft
from pipeline.cluster.topics import wait_for_topics
from pipeline.metrics import serve_metrics
from pipeline.mqtt_login import login_of
from pipeline.orphan import leave_with_supervisor
from pipeline.road import RECEIVE_MAXIMUM
from pipeline.run_road import TURN_SECONDS, monotonic_ms, wall_ms
from pipeline.site import Site

NAME = "field"
FENCE_TURNS = 10
"""How often it looks on after the end, for the broker to take the last acknowledgements."""


def run_ingest(site: Site, mqtt: str, kafka: Kafka, clock: str, until_end: bool) -> int:
    """Until a signal, or with ``until_end`` until the feed has ended; 1 where another has taken over."""
    leaving = AskedToLeave()
    leave_with_supervisor()
    login = login_of()
    figures = IngestFigures()
    serve_metrics(figures.rows)
    if not wait_for_topics(kafka, leaving=leaving.__bool__):
        return 0
    lead = Lead(kafka, NAME)
    log = Log(kafka, NAME, stopped=leaving.__bool__)
    filters = [source.filter for source in site.sources] + ([TICK] if clock == "feed" else [])
    source = MqttSource(mqtt, f"{kafka.prefix}-ingest", filters, RECEIVE_MAXIMUM, login)
    try:
        with contextlib.suppress(LogLeft):  # nothing of it is acknowledged: the broker delivers it again
            if lead.wait(leaving.__bool__):
                figures.leading = True
                state = log.open_patiently()
                since = max(0, state.clock)
                running = FeedClock(since, state.ended) if clock == "feed" else WallClock(wall_ms, monotonic_ms, since)
                ingest = Ingest(NAME, site, source, log, state, running, kafka.shards, figures)
                _turn(ingest, running, leaving, until_end)
        return 0
    finally:
        source.close()
        log.close()
        lead.close()


def _turn(ingest: Ingest, clock: FeedClock | WallClock, leaving: AskedToLeave, until_end: bool) -> None:
    while not leaving and not (until_end and clock.ended):
        ingest.turn(TURN_SECONDS)
    for _ in range(FENCE_TURNS if until_end else 0):
        ingest.turn(TURN_SECONDS)
