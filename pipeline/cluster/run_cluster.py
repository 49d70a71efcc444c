"""``fengshao cluster``: all roles on one machine as children, started again when they end; the servers are yours."""

import os
import time
from pathlib import Path

from pipeline.addresses import broker_url, free_address, loopback
from pipeline.asked_to_leave import AskedToLeave
from pipeline.cluster.kafka import kafka_of
from pipeline.database import database_of
from pipeline.metrics import METRICS
from pipeline.outbox import BOARD_NAME
from pipeline.servers import INFLUX_URL
from pipeline.site import load_site
from pipeline.supervise import Supervisor

LOOK_SECONDS = 0.2
INGEST, ALERTS, SINK, FIRST_WORKER = range(4)
"""Whose metrics are at the port that FENGSHAO_METRICS names, at the next one, and so on."""


def metrics_of(place: int) -> dict[str, str]:
    """The variable as one of the roles gets it; all of them are on this machine."""
    if not (named := os.environ.get(METRICS)):
        return {}
    host, port = loopback(named, METRICS)
    return {METRICS: f"[{host}]:{port + place}" if ":" in host else f"{host}:{port + place}"}


def run_cluster(folder: Path, data: Path, mqtt: str, http: str, clock: str, workers: int) -> int:
    """Run until a signal; 1 where a role fails at every start, and what it said stands above."""
    site, kafka = load_site(folder), kafka_of()
    database_of(os.environ)
    broker_url(mqtt)
    address = free_address(loopback(http))
    leaving = AskedToLeave()
    named = {"FENGSHAO_MQTT": mqtt, "FENGSHAO_CLOCK": clock}
    named[BOARD_NAME] = os.environ.get(BOARD_NAME, f"http://{address}")
    roles = Supervisor(os.environ | named)
    where, kept = ("--site", str(folder)), ("--data", str(data))
    try:
        for number in range(workers):
            roles.start(f"worker {number + 1}", ["worker", *where], own=metrics_of(FIRST_WORKER + number))
        roles.start("alerts", ["alerts", *where, *kept, "--clock", clock], own=metrics_of(ALERTS))
        roles.start("ingest", ["ingest", *where, "--clock", clock], own=metrics_of(INGEST))
        if os.environ.get(INFLUX_URL):
            roles.start("sink", ["sink", *where], own=metrics_of(SINK))
        roles.start("board", ["board", *where, *kept, "--http", address])
        print(f"board   http://{address}", flush=True)
        print(f"site    {site.name}, {len(site.places.devices)} devices, {kafka.shards} shards, {workers} worker(s)")
        while not leaving:
            for name, code in roles.look():
                print(f"{name} ended with {code}; starting it again", flush=True)
            if roles.hopeless():
                print("a role ends as soon as it starts; what it said stands above", flush=True)
                return 1
            time.sleep(LOOK_SECONDS)
        return 0
    finally:
        roles.stop()
