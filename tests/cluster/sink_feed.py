"""A feed as what ingest and workers would put into Kafka of it, and as what InfluxDB shall hold of it."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.feed_file import read_feed
from ingest.instants import instant
from ingest.packets import Packet, pack_packet
from ingest.shards import Splitter
from pipeline.cluster.told import pack_told
from pipeline.cluster.topics import EVENTS, READINGS
from pipeline.site import Site
from rules.events import Event
from tests.dashboards.city_lines import Recorder

SMALL = 500
"""Rows of a packet."""
Record = tuple[str, int, bytes]
"""Topic, partition, value."""
Readings = dict[tuple[str, str, int], float]
"""By device, metric (or ``flags``) and time."""
Happened = set[tuple[str, str, str, int]]
"""Id, event, level, time."""


class SinkFeed:
    """Judged once."""

    def __init__(self, site: Site, feed: Path, shards: int) -> None:
        self._seen = Recorder(site)
        self._events = self._seen.events(read_feed(feed))
        self.readings = self._readings()
        self.events = {(one.id, one.event, one.level, one.at) for one in self._events}
        self.records = list(self._records(Splitter(site.places, self._seen.vocabulary.devices, shards)))

    def _readings(self) -> Readings:
        """All that the messages say; of two values for one moment the later one."""
        words = self._seen.vocabulary
        columns = ("device", "metric", "ts", "value")
        rows = [
            row
            for part in self._seen.seen
            for row in zip(*(getattr(part, name).tolist() for name in columns), strict=True)
        ]
        return {
            (words.devices[device], words.metrics[metric], ts): value
            for device, metric, ts, value in rows
            if device >= 0
        }

    def _records(self, splitter: Splitter) -> Iterator[Record]:
        """The events stand among the packets, after those that caused them."""
        waiting = deque(self._events)
        number = 0
        for inputs in self._seen.seen:
            for start in range(0, len(inputs), SMALL):
                rows = inputs.rows(start, start + SMALL)
                number += 1
                for shard, part in enumerate(splitter.split(rows)):
                    yield READINGS, shard, pack_packet(Packet("field", number, part), self._seen.vocabulary)
                while waiting and waiting[0].received <= rows.at[-1]:
                    yield _told(waiting.popleft(), splitter.shards)
        for event in waiting:
            yield _told(event, splitter.shards)


def happened(right: dict[str, dict[str, Any]]) -> Happened:
    """The events that the backtest wrote."""
    return {(one["id"], one["event"], one["level"], instant(one["at"]) or 0) for one in right.values()}


def _told(event: Event, shards: int) -> Record:
    """Those of one subject stay in their order."""
    shard = sum(event.subject.id.encode()) % shards
    return EVENTS, shard, pack_told(shard, event.received, [event])
