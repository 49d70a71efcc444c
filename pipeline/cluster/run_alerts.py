"""The alerts role as a program: what workers tell becomes alerts, hazards and notices in PostgreSQL."""

import asyncio
import os
import time
from pathlib import Path

from alerts.ledger import Ledger
from alerts.store import Database, Store, StoreAway, StoreInUse
from ingest.mqtt import MqttSource
from ingest.topics import ANSWER_FILTER
from pipeline.asked_to_leave import AskedToLeave
from pipeline.clocks import FeedClock, WallClock
from pipeline.cluster.intake import Intake
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.order import Order
from pipeline.cluster.recording import Recording
from pipeline.cluster.topics import check_topics
from pipeline.desk_table import DeskTable
from pipeline.orphan import leave_with_supervisor
from pipeline.outbox import open_outbox, reachable
from pipeline.road import RECEIVE_MAXIMUM, Road
from pipeline.run_road import SETTLE_SECONDS, TURN_SECONDS, clock_of
from pipeline.secret import link_key
from pipeline.site import Site
from pipeline.start import Start

CLIENT_ID = "fengshao-alerts"
AGAIN_SECONDS = 1.0


def run_alerts(site: Site, data: Path, mqtt: str, kafka: Kafka, database: Database, clock: str) -> int:
    """Until a signal. A second one waits for the first's lock; a database that goes away is waited for."""
    leaving = AskedToLeave()
    leave_with_supervisor()
    asyncio.run(check_topics(kafka))
    key = link_key(os.environ, data)
    told = ""
    while not leaving:
        try:
            store = Store(database)
            told = ""
            _work(reachable(site), key, mqtt, kafka, store, clock, leaving)
        except (StoreAway, StoreInUse) as away:
            news = "alerts: standing by" if isinstance(away, StoreInUse) else f"{away}; trying on"
            if news != told:
                print(news, flush=True)
            told = news
            time.sleep(AGAIN_SECONDS)
    return 0


def _work(site: Site, key: bytes, mqtt: str, kafka: Kafka, store: Store, clock: str, leaving: AskedToLeave) -> None:
    """Until a signal, or until the database is away: then only a new start knows what was kept."""
    loaded = store.load()
    ledger = Ledger(site.plan, site.places, site.timing.stale, site.rulebook)
    ledger.load(loaded.alerts, loaded.hazards, loaded.tickets, loaded.notices, loaded.timers)
    source = MqttSource(mqtt, CLIENT_ID, [ANSWER_FILTER], RECEIVE_MAXIMUM)
    running: FeedClock | WallClock = clock_of(clock, loaded)
    intake = Intake(kafka, loaded.positions)
    outbox = open_outbox(site, source, key)
    try:
        order = Order(kafka.shards, clock == "feed", loaded.positions)
        step = Recording(ledger, intake, order, loaded.positions, store.unseen)
        source.connect()
        road = Road(site, store, source, running, loaded, Start(step), outbox, DeskTable(store))
        print("alerts: at work", flush=True)
        while not leaving:
            road.turn(TURN_SECONDS)
            running.now = max(running.now, step.clock)
        patience = time.monotonic() + SETTLE_SECONDS
        while not road.settled() and time.monotonic() < patience:
            road.turn(TURN_SECONDS)
        road.stop()
    finally:
        intake.close()
        outbox.close()
        source.close()
        store.close()
