"""Publishes readings at a steady pace with fires among them, and measures how long each fire takes to its alert event.

The event comes back on MQTT, and is stored before it is told: what is measured includes the commit.
"""

import json
import time
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from pipeline.site import Site
from simulators.mqtt import MqttLink, Received

SETTLE_SECONDS = 10.0
EVENTS = "fengshao/v1/events/#"
BATCH_SECONDS = 0.005
"""What is due within so long leaves together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages of one reading each. Each fire is of a detector that had none: an alert."""

    per_second: int
    seconds: int
    fires_per_second: int


class Paced:
    """One run over the detectors of all townships; ``first``: of those that may burn, the first that does."""

    def __init__(self, site: Site, url: str, pace: Pace, first: int = 0) -> None:
        devices = [device.device_id for device in site.places.devices.values() if device.type in ("smoke", "heat")]
        fires = pace.fires_per_second * pace.seconds
        self._pace = pace
        self._fire_each = pace.per_second // pace.fires_per_second
        self._burning, self._calm = iter(devices[first :: len(devices) // fires]), cycle(devices)
        self._begun: dict[str, float] = {}
        self.delays: list[float] = []
        self.took = 0.0
        self._link = MqttLink(url, "benchmark", [EVENTS])
        if not self._link.connect():
            raise RuntimeError(self._link.refusal)

    def run(self) -> None:
        """All of it, and then the events that are still on their way."""
        begun = time.monotonic()
        total, done = self._pace.per_second * self._pace.seconds, 0
        while done < total:
            due = min(total, int((time.monotonic() - begun) * self._pace.per_second) + 1)
            for number in range(done, due):
                self._publish(number)
            done = due
            self._listen_until(begun + done / self._pace.per_second + BATCH_SECONDS)
        self.took = time.monotonic() - begun
        until = time.monotonic() + SETTLE_SECONDS
        while self._begun and time.monotonic() < until:
            self._note(self._link.turn(0.1))
        self._link.close()

    def said(self) -> str:
        """The figures in a sentence."""
        delays = np.array(self.delays) * 1000
        p50, p95, p99 = np.percentile(delays, (50, 95, 99))
        total = self._pace.per_second * self._pace.seconds
        return (
            f"{total / self.took:,.0f} messages/s for {self.took:.0f} s (asked {self._pace.per_second:,}), sensor to "
            f"alert: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, longest {delays.max():.0f} ms "
            f"({len(delays)} alerts, {len(self._begun)} missing)"
        )

    def _publish(self, number: int) -> None:
        device = next(self._burning) if number % self._fire_each == 0 else None
        reading = {"seq": number, "values": {"smoke": 0.01}, "flags": ["fire"] if device else []}
        if device:
            self._begun[device] = time.monotonic()
        self._link.publish(f"fengshao/v1/up/{device or next(self._calm)}", json.dumps(reading).encode())

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
