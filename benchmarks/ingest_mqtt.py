"""How many QoS 1 messages a second pass a broker and our source, acknowledged: publisher ─▶ broker ─▶ MqttSource."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.mqtt import MqttSource
from ingest.topics import UP_FILTER
from pipeline.broker import embedded_broker
from pipeline.demo_feed import prepare_feed
from pipeline.road import RECEIVE_MAXIMUM
from pipeline.site import example_site, load_site

RECORDS, SEED = 68_000, 7
BROKERS = ("iotcore", "mosquitto")
PATIENCE_SECONDS = 120.0


def taken(source: MqttSource, count: int) -> tuple[float, int]:
    """When the last of ``count`` messages was acknowledged, and in how many looks they came."""
    received = looks = 0
    until = time.monotonic() + PATIENCE_SECONDS
    while received < count and time.monotonic() < until:
        deliveries = source.receive(0.5)
        source.acknowledge(deliveries)
        received += len(deliveries)
        looks += bool(deliveries)
    if received != count:
        raise RuntimeError(f"found {received} messages; expected {count}")
    return time.time(), looks


def through(broker: str, feed: Path, folder: Path) -> str:
    """The whole feed through one broker, published as fast as it takes it by a program of its own."""
    counts = folder / "counts.json"
    with embedded_broker(folder / "broker", broker) as running:
        source = MqttSource(running.url, "benchmark", [UP_FILTER], RECEIVE_MAXIMUM)
        if not source.connect():
            raise RuntimeError(source.refusal)
        source.receive(0.2)
        command = [sys.executable, "-m", "simulators.replay", str(feed), "--broker", running.url, "--speed", "max"]
        publisher = subprocess.Popen([*command, "--counts", str(counts)], stdout=subprocess.DEVNULL)
        last, looks = taken(source, RECORDS)
        publisher.wait(PATIENCE_SECONDS)
        source.close()
    told = json.loads(counts.read_text())
    seconds = last - told["first_publish"]
    published = told["last_publish"] - told["first_publish"]
    return (
        f"{running.name:<20} {RECORDS / seconds:8,.0f} messages/s published, received and acknowledged "
        f"({seconds:.2f} s; published in {published:.2f} s; {RECORDS / looks:.0f} messages a look)"
    )


def main() -> None:
    """Measure and print."""
    feed = prepare_feed(load_site(example_site()), RECORDS, SEED).feed
    for broker in BROKERS:
        with tempfile.TemporaryDirectory() as folder:
            print(through(broker, feed, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
