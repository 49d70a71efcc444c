"""The numbers by which devices and metrics are known in columns; a number, once given, is never given again."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.metrics import METRICS

UNKNOWN_DEVICES = 100_000
UNKNOWN_METRICS = 200
"""How many names that no file knows are remembered; more are refused, so that memory stays bounded."""


@dataclass(slots=True)
class Vocabulary:
    """Names in the order of their numbers. ``known`` devices stand in the site's ``devices.csv``."""

    devices: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=lambda: [metric.name for metric in METRICS])
    device_number: dict[str, int] = field(default_factory=dict)
    metric_number: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.device_number = {name: number for number, name in enumerate(self.devices)}
        self.metric_number = {name: number for number, name in enumerate(self.metrics)}

    def register(self, device_ids: Iterable[str]) -> None:
        """Give each device of the site a number and mark it as known."""
        for device_id in device_ids:
            self._number_device(device_id)
            self.known.add(device_id)

    def device(self, device_id: str) -> int:
        """The device's number; -1 where no more unknown devices are remembered."""
        number = self.device_number.get(device_id, -1)
        if number < 0 and len(self.devices) - len(self.known) < UNKNOWN_DEVICES:
            return self._number_device(device_id)
        return number

    def metric(self, name: str) -> int:
        """The metric's number; -1 where no more unknown metrics are remembered."""
        number = self.metric_number.get(name, -1)
        if number < 0 and len(self.metrics) < len(METRICS) + UNKNOWN_METRICS:
            number = len(self.metrics)
            self.metrics.append(name)
            self.metric_number[name] = number
        return number

    def _number_device(self, device_id: str) -> int:
        number = self.device_number.get(device_id)
        if number is None:
            number = len(self.devices)
            self.devices.append(device_id)
            self.device_number[device_id] = number
        return number
