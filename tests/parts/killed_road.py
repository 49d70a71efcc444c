"""The road as a child that ends itself with ``kill -9`` at a named point, and counts what the broker sends again.

python -m tests.parts.killed_road DATA BROKER AGAIN_FILE [POINT NTH [CLOCK]]
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from alerts.store import Store
from ingest.mqtt import MqttSource
from ingest.publish_packet import Delivery
from pipeline.outbox import open_outbox, reachable
from pipeline.paths import DataFolder
from pipeline.road import Road
from pipeline.run_road import clock_of, connect
from pipeline.site import example_site, load_site
from pipeline.start import start

BETWEEN = "between acknowledgements"


class Fuse:
    """Burns down at each passing of its point while messages are under way; ends the program at the nth."""

    def __init__(self, point: str, left: int) -> None:
        self.point = point
        self.left = left
        self.under_way = 0
        self.again = 0

    def __call__(self, point: str) -> None:
        if point == self.point and self.under_way:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, source: MqttSource, again_file: Path) -> None:
        """Count what comes, what comes flagged as delivered before, and acknowledge in two halves."""
        receive, acknowledge = source.receive, source.acknowledge

        def watched(timeout: float) -> list[Delivery]:
            deliveries = receive(timeout)
            self.under_way = len(deliveries)
            self.again += sum(delivery.again for delivery in deliveries)
            if self.again:
                again_file.write_text(str(self.again))
            return deliveries

        def halves(deliveries: Sequence[Delivery]) -> None:
            half = (len(deliveries) + 1) // 2
            acknowledge(deliveries[:half])
            self(BETWEEN)
            acknowledge(deliveries[half:])

        source.receive = watched  # type: ignore[method-assign]
        source.acknowledge = halves  # type: ignore[method-assign]


def main(data: str, broker: str, again_file: str, point: str = "", nth: str = "0", clock: str = "feed") -> None:
    site = reachable(load_site(example_site()))
    place = DataFolder(Path(data))
    store = Store(place.store)
    loaded = store.load()
    source = connect(site, broker, clock)
    fuse = Fuse(point, int(nth))
    fuse.watch(source, Path(again_file))
    running = clock_of(clock, loaded)
    road = Road(
        site,
        store,
        source,
        running,
        loaded,
        start(site, loaded, store),
        open_outbox(site, source, place.secret()),
        passing=fuse,
    )
    assert source.connect(), source.refusal
    road.turn(0.05)
    while not running.ended or not road.settled():
        road.turn(0.05)
    road.stop()
    source.close()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
