"""The road as a program of its own: opens the store, connects, turns until told to stop."""

import json
import os
import time
from pathlib import Path

from alerts.store import Loaded, Store
from ingest.mqtt import MqttSource
from ingest.topics import ANSWER_FILTER, TICK
from pipeline.asked_to_leave import AskedToLeave
from pipeline.clocks import FeedClock, WallClock
from pipeline.desk import Desk
from pipeline.mqtt_login import login_of
from pipeline.orphan import leave_with_supervisor
from pipeline.outbox import open_outbox, reachable
from pipeline.paths import DataFolder
from pipeline.road import ENDED, RECEIVE_MAXIMUM, Road
from pipeline.secret import link_key
from pipeline.site import Site, load_site
from pipeline.start import start

TURN_SECONDS = 0.05
SETTLE_SECONDS = 4.0
"""How long a stop waits for events and notices to leave; what has not left is sent by the next start."""
CLIENT_ID = "fengshao-road"


def wall_ms() -> int:
    """The wall clock in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic_ms() -> int:
    """The monotonic clock in milliseconds."""
    return time.monotonic_ns() // 1_000_000


def clock_of(kind: str, loaded: Loaded) -> FeedClock | WallClock:
    """The clock by its name on the command line, going on from where the store stands."""
    if kind == "feed":
        return FeedClock(max(0, loaded.clock), bool(loaded.totals.get(ENDED)))
    return WallClock(wall_ms, monotonic_ms, max(0, loaded.clock))


def connect(site: Site, mqtt: str, clock: str) -> MqttSource:
    """The source with the filters that this clock listens to."""
    filters = [source.filter for source in site.sources] + [ANSWER_FILTER]
    heard = filters + ([TICK] if clock == "feed" else [])
    return MqttSource(mqtt, CLIENT_ID, heard, RECEIVE_MAXIMUM, login_of())


def run_road(folder: Path, data: Path, mqtt: str, clock: str, until_end: bool) -> int:
    """Turn until a signal, or with ``until_end`` until the feed has ended; then wait a little for what is to leave."""
    site = reachable(load_site(folder))
    place = DataFolder(data)
    leaving = AskedToLeave()
    leave_with_supervisor()
    store = Store(place.store)
    loaded = store.load()
    source = connect(site, mqtt, clock)
    running = clock_of(clock, loaded)
    source.connect()  # subscribed before the desk opens, for that is what others wait for
    desk = Desk(place.desk)
    outbox = open_outbox(site, source, link_key(os.environ, data))
    road = Road(site, store, source, running, loaded, start(site, loaded, store), outbox, desk)
    last_commit = 0.0
    while not leaving and not (until_end and running.ended):
        if road.turn(TURN_SECONDS):
            last_commit = time.time()
    patience = time.monotonic() + SETTLE_SECONDS
    while not road.settled() and time.monotonic() < patience:
        road.turn(TURN_SECONDS)
    road.stop()
    source.close()
    desk.close()
    store.close()
    print(json.dumps({"last_commit": last_commit}), flush=True)
    return 0
