"""``fengshao up``: the broker (or yours), and the road and the board, which are started again when they end."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

from pipeline.addresses import broker_url, free_address, loopback, unused_port
from pipeline.asked_to_leave import AskedToLeave
from pipeline.broker_claim import claimed
from pipeline.database import DATABASE
from pipeline.kept_broker import KeptBroker
from pipeline.outbox import BOARD_NAME
from pipeline.paths import DataFolder
from pipeline.site import example_site, load_site
from pipeline.supervise import Supervisor

EMBEDDED_PORT = 1883


def run_up(folder: Path, data: Path, mqtt: str, http: str, clock: str) -> int:
    """Run until a signal; 1 where the settings are wrong."""
    site = load_site(folder)
    place = DataFolder(data)
    address = free_address(loopback(http))
    leaving = AskedToLeave()
    with ExitStack() as stack:
        broker: KeptBroker | None = None
        if mqtt == "embedded":
            choice = os.environ.get("FENGSHAO_BROKER", "auto")
            stack.enter_context(claimed(place.broker))
            broker = stack.enter_context(KeptBroker(place.broker, choice, unused_port(EMBEDDED_PORT)))
            mqtt = broker.running.url
            print(f"broker  {broker.running.shown}", flush=True)
        broker_url(mqtt)
        board = {BOARD_NAME: os.environ.get(BOARD_NAME, f"http://{address}")}
        supervisor = Supervisor(os.environ | {"FENGSHAO_MQTT": mqtt, "FENGSHAO_CLOCK": clock, DATABASE: ""} | board)
        stack.callback(supervisor.stop)
        shared = ["--site", str(folder), "--data", str(place.folder)]
        supervisor.start("road", ["road", *shared, "--clock", clock])
        supervisor.start("board", ["board", *shared, "--http", address])
        print(f"board   http://{address}", flush=True)
        print(f"site    {site.name}, {len(site.places.devices)} devices, {len(site.rulebook.rules)} rules", flush=True)
        if folder.resolve() == example_site().resolve():
            print(
                "note    the units and people of the example site are invented; name yours with --site",
                flush=True,
            )
        while not leaving:
            for name, code in supervisor.look():
                print(f"{name} ended with {code}; starting it again", flush=True)
            if supervisor.hopeless():
                print("it ends as soon as it starts; what it said stands above", flush=True)
                return 1
            if broker is not None and not broker.look():
                return 1
            time.sleep(0.2)
    return 0
