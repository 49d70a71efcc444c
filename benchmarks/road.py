"""The whole road as it runs: the day at full speed, and how long an alert takes at a steady pace."""

import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.broker import embedded_broker
from pipeline.paths import DataFolder
from pipeline.site import Site, example_site, load_site
from pipeline.supervise import Supervisor
from simulators.mqtt import MqttLink, Received

BROKERS = ("iotcore", "mosquitto")
PER_SECOND = 200
SECONDS = 30
FIRE_EACH = 20
"""One message of so many declares a fire on a detector that has not yet: ten alerts a second, a storm."""
SETTLE_SECONDS = 5.0
EVENTS = "fengshao/v1/events/#"


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


class Paced:
    """Publishes at a steady pace, listens for alert events, and remembers how long each took."""

    def __init__(self, site: Site, url: str) -> None:
        devices = [device.device_id for device in site.places.devices.values() if device.type in ("smoke", "heat")]
        fires = PER_SECOND * SECONDS // FIRE_EACH
        self._burning, self._calm = iter(devices[:fires]), cycle(devices[fires:])
        self._begun: dict[str, float] = {}
        self.delays: list[float] = []
        self._link = MqttLink(url, "benchmark", [EVENTS])
        if not self._link.connect():
            raise RuntimeError(self._link.refusal)

    def run(self) -> None:
        """All of it, and then the events that are still on their way."""
        begun = time.monotonic()
        for number in range(PER_SECOND * SECONDS):
            self._publish(number)
            self._listen_until(begun + (number + 1) / PER_SECOND)
        until = time.monotonic() + SETTLE_SECONDS
        while self._begun and time.monotonic() < until:
            self._note(self._link.turn(0.1))
        self._link.close()

    def lost(self) -> int:
        """How many fires nobody has told us of."""
        return len(self._begun)

    def _publish(self, number: int) -> None:
        fire = number % FIRE_EACH == 0
        device = next(self._burning if fire else self._calm)
        reading = {"seq": number, "values": {"smoke": 0.01}, "flags": ["fire"] if fire else []}
        if fire:
            self._begun[device] = time.monotonic()
        self._link.publish(f"fengshao/v1/up/{device}", json.dumps(reading).encode())

    def _listen_until(self, until: float) -> None:
        """At least once, so that what was published leaves even where we are late."""
        self._note(self._link.turn(max(0.0, until - time.monotonic())))
        while (left := until - time.monotonic()) > 0:
            self._note(self._link.turn(left))

    def _note(self, received: list[Received]) -> None:
        now = time.monotonic()
        for message in received:
            begun = self._begun.pop(json.loads(message.payload)["subject"]["id"], None)
            if begun is not None:
                self.delays.append(now - begun)


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
            paced = Paced(site, running.url)
            paced.run()
        finally:
            children.stop()
    delays = np.array(paced.delays) * 1000
    p50, p95, p99 = np.percentile(delays, (50, 95, 99))
    return (
        f"{broker:<10} {PER_SECOND} messages/s for {SECONDS} s, sensor to alert: p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
        f"p99 {p99:.1f} ms, longest {delays.max():.0f} ms ({len(delays)} alerts, {paced.lost()} missing)"
    )


def main() -> None:
    """Measure and print."""
    site = load_site(example_site())
    for broker in BROKERS:
        print(whole_day(broker), flush=True)
    for broker in BROKERS:
        print(steady(site, broker), flush=True)


if __name__ == "__main__":
    main()
