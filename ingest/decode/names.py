"""Who sends and what is measured: names judged once, then looked up in a table."""

from sys import float_info
from typing import NamedTuple

from ingest.decode.refusals import Refusal, shown
from ingest.device_ids import LONGEST_DEVICE_ID, is_device_id
from ingest.inputs import MARK_UNKNOWN_DEVICE
from ingest.metrics import FLAGS_METRIC, METRICS
from ingest.rejected import Reason
from ingest.topics import UP
from ingest.vocabulary import Vocabulary

LONGEST_METRIC = 64


class Sender(NamedTuple):
    """A device by its number, and how its readings are marked."""

    device: int
    marks: int


class Measure(NamedTuple):
    """A metric by its number, and the values that it can have."""

    metric: int
    low: float
    high: float


NO_MEASURE = Measure(-1, float_info.max, -float_info.max)
"""Has no values at all, so that what is not in the table is judged with care."""


class Names:
    """Tables of senders by MQTT topic and measures by name; the vocabulary bounds both."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known = -1
        self.senders: dict[str, Sender] = {}
        self.measures = {
            metric.name: Measure(number, metric.low, metric.high)
            for number, metric in enumerate(METRICS)
            if number != FLAGS_METRIC
        }
        self.refresh()

    def refresh(self) -> None:
        """Take in the devices that the site files have gained since."""
        if self._known != len(self._vocabulary.known):
            self._known = len(self._vocabulary.known)
            number = self._vocabulary.device_number
            self.senders |= {UP + device: Sender(number[device], 0) for device in self._vocabulary.known}

    def sender(self, mqtt_topic: str) -> Sender | Refusal:
        """The sender of a topic, which gets a number if it has none."""
        if mqtt_topic in self.senders:
            return self.senders[mqtt_topic]
        device = self._vocabulary.device(mqtt_topic.removeprefix(UP))
        if device < 0:
            return Refusal(Reason.TOO_MANY_NAMES, "found one more device that no file knows")
        return self.senders.setdefault(mqtt_topic, Sender(device, MARK_UNKNOWN_DEVICE))

    def measure(self, name: str) -> Measure | Refusal:
        """The measure of a name, which gets a number if it has none."""
        if name in self.measures:
            return self.measures[name]
        if not _is_metric_name(name):
            expected = f"expected a metric's name of 1 to {LONGEST_METRIC} printable characters"
            return Refusal(Reason.BAD_METRIC, f"found {shown(name)}; {expected}")
        metric = self._vocabulary.metric(name)
        if metric < 0:
            return Refusal(Reason.TOO_MANY_NAMES, f"found {shown(name)}, one more metric that no list knows")
        return self.measures.setdefault(name, Measure(metric, -float_info.max, float_info.max))


def topic_refusal(mqtt_topic: str) -> Refusal | None:
    """Why nothing is read from a topic, if so."""
    if not mqtt_topic.startswith(UP):
        return Refusal(Reason.UNKNOWN_TOPIC, f"expected {UP}<device>")
    device = mqtt_topic.removeprefix(UP)
    if not is_device_id(device):
        expected = f"expected 1 to {LONGEST_DEVICE_ID} printable characters without / + #"
        return Refusal(Reason.BAD_DEVICE, f"found device {shown(device)}; {expected}")
    return None


def _is_metric_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_METRIC and name.isprintable() and name != METRICS[FLAGS_METRIC].name
