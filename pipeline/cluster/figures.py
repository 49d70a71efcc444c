"""What each role of the cluster counts, as rows of ``/metrics``. Written by the role, read by another thread."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboards.metrics_text import Metric, Row
from pipeline.cluster.heartbeat import Heartbeat
from pipeline.cluster.watchdog import Place
from pipeline.totals import by_prefix

LEADING = Metric("fengshao_leading", "gauge", "1 where this one is at work, 0 where it stands by for another.")

MESSAGES = Metric("fengshao_ingest_messages_total", "counter", "MQTT messages taken.")
PACKETS = Metric("fengshao_ingest_packets_total", "counter", "Packets written to Kafka.")
REJECTED = Metric("fengshao_ingest_rejected_total", "counter", "Messages and values refused, by reason.")
TRANSACTION = Metric("fengshao_ingest_transaction_age_seconds", "gauge", "Since Kafka last took a transaction.")

ROWS = Metric("fengshao_worker_rows_total", "counter", "Rows judged: readings and ticks.")
AGAIN = Metric("fengshao_worker_packets_again_total", "counter", "How often packets were asked for again.")
STILL = Metric("fengshao_worker_shard_still_seconds", "gauge", "Since this worker's shard last came on.")
PLACES = {
    name: Metric(f"fengshao_worker_shard_{name}_offset", "gauge", told)
    for name, told in (
        ("end", "What Kafka may give of the shard."),
        ("position", "Where the shard is read on."),
        ("fetched", "The newest packet fetched; -1 before the first."),
        ("taken", "The newest packet judged; -1 before the first."),
    )
}

RECORDED = Metric("fengshao_alerts_events_total", "counter", "Alert events recorded in the database.")
COMMIT = Metric("fengshao_alerts_commit_age_seconds", "gauge", "Since the database last took a commit.")
SILENT = Metric(
    "fengshao_shard_silent_seconds", "gauge", "Since the time that the shard's worker tells last moved: end to end."
)
BEHIND = Metric("fengshao_shard_behind_seconds", "gauge", "How far the shard's told time is behind the newest.")
STUCK = Metric("fengshao_shard_stuck", "gauge", "1 where the shard's input moves and nothing is told of it.")

WRITTEN = Metric("fengshao_sink_lines_total", "counter", "Lines that InfluxDB took.")
REFUSED = Metric("fengshao_sink_refused_total", "counter", "Lines that InfluxDB refused.")
LAG = Metric("fengshao_sink_lag_records", "gauge", "Records that waited after the newest that was read.")


def _age(then: float | None) -> float | None:
    return None if then is None else time.monotonic() - then


@dataclass(slots=True)
class IngestFigures:
    """``written_at``: the monotonic second of the newest transaction."""

    leading: bool = False
    messages: int = 0
    packets: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    written_at: float | None = None

    def wrote(self, packets: int, refused: Sequence[str]) -> None:
        """A transaction is in Kafka."""
        self.packets += packets
        self.rejected.update(refused)
        self.written_at = time.monotonic()

    def rows(self) -> Iterator[Row]:
        yield LEADING(self.leading, role="ingest")
        yield MESSAGES(self.messages)
        yield PACKETS(self.packets)
        for reason, count in sorted(self.rejected.copy().items()):
            yield REJECTED(count, reason=reason)
        yield TRANSACTION(_age(self.written_at))


@dataclass(slots=True)
class WorkerFigures:
    """``still``: seconds since each shard last came on, as the watchdog saw it at ``seen_at``."""

    judged: int = 0
    again: int = 0
    places: Mapping[int, Place] = field(default_factory=dict)
    still: Mapping[int, float] = field(default_factory=dict)
    seen_at: float = 0.0

    def saw(self, places: Mapping[int, Place] | None, still: Mapping[int, float], again: int, now: float) -> None:
        """What the watchdog looked at; ``places`` is None where the consumer did not answer."""
        self.again += again
        if places is not None:
            self.places, self.still, self.seen_at = places, still, now

    def rows(self) -> Iterator[Row]:
        places, passed = self.places, time.monotonic() - self.seen_at
        yield ROWS(self.judged)
        yield AGAIN(self.again)
        for shard, still in sorted(self.still.items()):
            yield STILL(still + passed, shard=shard)
        for name, metric in PLACES.items():
            for shard, place in sorted(places.items()):
                yield metric(getattr(place, name), shard=shard)


@dataclass(slots=True)
class AlertsFigures:
    """``clocks`` are the shards' told times; ``beat`` is None while it stands by or the database is away."""

    recorded: int = 0
    committed_at: float | None = None
    clocks: Sequence[int] = ()
    beat: Heartbeat | None = None

    def turned(self, clocks: Sequence[int], totals: Mapping[str, int]) -> None:
        """What the road has come to."""
        self.clocks = clocks
        self.recorded = sum(by_prefix(totals, "events").values())

    def passing(self, point: str) -> None:
        """Told by the road at each point that it passes."""
        if point == "after commit":
            self.committed_at = time.monotonic()

    def rows(self) -> Iterator[Row]:
        beat, clocks = self.beat, self.clocks
        yield LEADING(beat is not None, role="alerts")
        yield RECORDED(self.recorded)
        yield COMMIT(_age(self.committed_at))
        if beat is None:
            return
        for shard, seconds in enumerate(beat.silent(time.monotonic())):
            yield SILENT(seconds, shard=shard)
        for shard, clock in enumerate(clocks):
            yield BEHIND((max(clocks) - clock) / 1000, shard=shard)
        stuck = beat.stuck()
        for shard in range(len(clocks)):
            yield STUCK(shard in stuck, shard=shard)


@dataclass(slots=True)
class SinkFigures:
    """``lag``: by topic and shard."""

    written: int = 0
    refused: int = 0
    lag: dict[tuple[str, int], int] = field(default_factory=dict)

    def wrote(self, lines: int, refused: int) -> None:
        """So many were sent, and some of them refused."""
        self.written += lines - refused
        self.refused += refused

    def rows(self) -> Iterator[Row]:
        yield WRITTEN(self.written)
        yield REFUSED(self.refused)
        for (topic, shard), count in sorted(self.lag.copy().items()):
            yield LAG(count, topic=topic, shard=shard)
