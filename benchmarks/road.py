"""The whole road as it runs: the day at full speed, and how long an alert takes at a steady pace."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.paced import Pace, Paced
from pipeline.broker import embedded_broker
from pipeline.paths import DataFolder
from pipeline.site import Site, example_site, load_site
from pipeline.supervise import Supervisor

BROKERS = ("iotcore", "mosquitto")
PACE = Pace(per_second=200, seconds=30, fires_per_second=10)


def whole_day(broker: str) -> str:
    """``demo --exit --speed max``: first publish to last commit, as its own summary says it."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [sys.executable, "-m", "pipeline.cli", "demo", "--exit", "--speed", "max", "--summary", str(summary)]
        subprocess.run(
            [*command, "--data", f"{folder}/data"],
            env=os.environ | {"FENGSHAO_BROKER": broker},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found: dict[str, Any] = json.loads(summary.read_text())
    events = sum(found["events"].values())
    return (
        f"{broker:<10} the day at full speed: {found['seconds']:.2f} s "
        f"({found['received'] / found['seconds']:,.0f} messages/s; {found['readings']} readings, {events} events; "
        f"truth {found['truth']})"
    )


def steady(site: Site, broker: str) -> str:
    """From the publication of a fire to its alert event on MQTT, stored before it is told."""
    with tempfile.TemporaryDirectory(dir=".") as folder, embedded_broker(Path(folder) / "broker", broker) as running:
        place = DataFolder(Path(folder) / "data")
        children = Supervisor(os.environ | {"FENGSHAO_MQTT": running.url}, place.folder / "log")
        children.start("road", ["road", "--data", str(place.folder), "--clock", "wall"])
        try:
            for _ in range(600):
                if place.desk.exists():
                    break
                time.sleep(0.1)
            paced = Paced(site, running.url, PACE)
            paced.run()
        finally:
            children.stop()
    return f"{broker:<10} {paced.said()}"


def main() -> None:
    """Measure and print."""
    site = load_site(example_site())
    for broker in BROKERS:
        print(whole_day(broker), flush=True)
    for broker in BROKERS:
        print(steady(site, broker), flush=True)


if __name__ == "__main__":
    main()
