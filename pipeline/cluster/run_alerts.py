"""The alerts role as a program: what workers tell becomes alerts, hazards and notices in PostgreSQL."""

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from alerts.ledger import Ledger
from alerts.store import Database, Store, StoreAway, StoreInUse
from ingest.mqtt import MqttSource
from ingest.topics import ANSWER_FILTER
from pipeline.asked_to_leave import AskedToLeave
from pipeline.clocks import FeedClock, WallClock
from pipeline.cluster.figures import AlertsFigures
from pipeline.cluster.heartbeat import Heartbeat
from pipeline.cluster.intake import Intake
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.order import Order
from pipeline.cluster.recording import Recording
from pipeline.cluster.topics import EVENTS, wait_for_topics
from pipeline.desk_table import DeskTable
from pipeline.metrics import serve_metrics
from pipeline.mqtt_login import login_of
from pipeline.orphan import leave_with_supervisor
from pipeline.outbox import open_outbox, reachable
from pipeline.road import RECEIVE_MAXIMUM, Road
from pipeline.run_road import SETTLE_SECONDS, TURN_SECONDS, clock_of
from pipeline.secret import link_key
from pipeline.site import Site
from pipeline.start import Start

AGAIN_SECONDS = 1.0
NO_TICKS: Mapping[int, int] = {}
"""On feed time nothing comes each second, so a shard that says nothing may be well."""


def run_alerts(site: Site, data: Path, mqtt: str, kafka: Kafka, database: Database, clock: str) -> int:
    """Until a signal. A second one waits for the first's lock; a database that goes away is waited for."""
    leaving = AskedToLeave()
    leave_with_supervisor()
    if not wait_for_topics(kafka, leaving=lambda: bool(leaving)):
        return 0
    key = link_key(os.environ, data)
    figures = AlertsFigures()
    serve_metrics(figures.rows)
    told = ""
    while not leaving:
        try:
            with closing(Store(database)) as store:
                told = ""
                _work(reachable(site), key, mqtt, kafka, store, clock, leaving, figures)
        except (StoreAway, StoreInUse) as away:
            news = "alerts: standing by" if isinstance(away, StoreInUse) else f"{away}; trying on"
            if news != told:
                print(news, flush=True)
            told = news
            figures.beat = None
            time.sleep(AGAIN_SECONDS)
    return 0


def _work(
    site: Site,
    key: bytes,
    mqtt: str,
    kafka: Kafka,
    store: Store,
    clock: str,
    leaving: AskedToLeave,
    figures: AlertsFigures,
) -> None:
    """Until a signal, or until the database is away: then only a new start knows what was kept."""
    loaded = store.load()
    ledger = Ledger(site.plan, site.places, site.timing.stale, site.rulebook)
    ledger.load(loaded.alerts, loaded.hazards, loaded.tickets, loaded.notices, loaded.timers)
    running: FeedClock | WallClock = clock_of(clock, loaded)
    with ExitStack() as stack:
        source = stack.enter_context(
            closing(MqttSource(mqtt, f"{kafka.prefix}-alerts", [ANSWER_FILTER], RECEIVE_MAXIMUM, login_of()))
        )
        intake = stack.enter_context(closing(Intake(kafka, loaded.positions)))
        outbox = stack.enter_context(closing(open_outbox(site, source, key)))
        order = Order(kafka.topic(EVENTS), kafka.shards, clock == "feed", loaded.positions)
        step = Recording(ledger, intake, order, loaded.positions, store.unseen)
        source.connect()
        beat = figures.beat = Heartbeat(time.monotonic(), step.clocks)
        desk = DeskTable(store)
        road = Road(site, store, source, running, loaded, Start(step), outbox, desk, figures.passing, beat.reply)
        print("alerts: at work", flush=True)
        while not leaving:
            road.turn(TURN_SECONDS)
            running.now = max(running.now, step.clock)
            for news in beat.look(time.monotonic(), step.clocks, intake.written if clock == "wall" else NO_TICKS):
                print(news, flush=True)
            figures.turned(step.clocks, road.totals)
        patience = time.monotonic() + SETTLE_SECONDS
        while not road.settled() and time.monotonic() < patience:
            road.turn(TURN_SECONDS)
        road.stop()
