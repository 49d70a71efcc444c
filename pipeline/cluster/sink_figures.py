"""What the sink counted since its last point, by shard, and how far behind it is."""

import time
from collections import defaultdict

from dashboards.influx_lines import NOWHERE, pipeline_line
from pipeline.cluster.sink_lines import RecordLines

EVERY_SECONDS = 10.0
ROLE = "sink"


class Figures:
    """A point for each shard that moved: a shard that stands still has none, and the board says since when."""

    def __init__(self) -> None:
        self._counts: defaultdict[int, dict[str, int]] = defaultdict(_nothing)
        self._refused = 0
        self._due = time.monotonic() + EVERY_SECONDS

    def count(self, shard: int, made: RecordLines | None, delay_ms: int, lag: int) -> None:
        """A record of ``shard``, written so long after it came to Kafka; None: one that nobody can read.

        ``lag``: how many more records wait for us in its partition.
        """
        now = self._counts[shard]
        now["readings"] += made.readings if made else 0
        now["events"] += made.events if made else 0
        now["rejected"] += 0 if made else 1
        now["delay_ms"] = max(now["delay_ms"], delay_ms)
        now["lag"] = lag

    def refused(self, lines: int) -> None:
        """What InfluxDB did not take belongs to no shard."""
        self._refused += lines

    def lines(self, at: int) -> list[bytes]:
        """The points, where it is time for them; then counting begins anew."""
        if time.monotonic() < self._due:
            return []
        self._due = time.monotonic() + EVERY_SECONDS
        points = [pipeline_line(ROLE, str(shard), at, figures) for shard, figures in sorted(self._counts.items())]
        if self._refused:
            points.append(pipeline_line(ROLE, NOWHERE, at, {"rejected": self._refused}))
        self._counts.clear()
        self._refused = 0
        return [point for point in points if point is not None]


def _nothing() -> dict[str, int]:
    return {"readings": 0, "events": 0, "rejected": 0, "delay_ms": 0, "lag": 0}
