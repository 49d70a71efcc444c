"""What the board tells Prometheus: what ``/healthz`` knows, and what the store counted."""

from collections.abc import Iterator, Mapping

from alerts.store import Reader, StoreError
from dashboards.metrics_text import Metric, Row
from dashboards.web.vital import Vital
from rules.levels import BLUE, LEVELS

WELL = Metric("fengshao_well", "gauge", "1 where /healthz says that all is well.")
READABLE = Metric("fengshao_store_readable", "gauge", "1 where the last look at the store succeeded.")
STORE = Metric("fengshao_store_age_seconds", "gauge", "Since the store was last read.")
ANSWERS = Metric("fengshao_road_answers", "gauge", "1 where the road, or the alerts role, answered last.")
ROAD = Metric("fengshao_road_age_seconds", "gauge", "Since the road, or the alerts role, last answered.")
STILL = Metric("fengshao_clock_still_seconds", "gauge", "How far the road's clock is behind, or since it moved.")
COMMIT = Metric("fengshao_commit_age_seconds", "gauge", "Since a commit was last seen.")
COMMITS = Metric("fengshao_commits_total", "counter", "Commits of the store.")
STUCK = Metric(
    "fengshao_shard_stuck_seconds", "gauge", "For how long a shard's input moved and nothing was told of it."
)
OPEN = Metric("fengshao_open_alerts", "gauge", "Open alerts by level.")
WAITING = Metric("fengshao_notices_waiting", "gauge", "Notices that are still to be sent.")

REJECTED = Metric("fengshao_messages_rejected_total", "counter", "Messages of which nothing could be taken, by reason.")
REFUSED = Metric("fengshao_values_refused_total", "counter", "Refused values of messages that were taken, by reason.")
EVENTS = Metric("fengshao_events_total", "counter", "Alert events stored, by what happened.")
BY_PART = {"rejected": (REJECTED, "reason"), "refused_values": (REFUSED, "reason"), "events": (EVENTS, "event")}
"""The totals that have parts, ``total.part``: the metric, and what a part is called."""

WHOLE = {
    "received": Metric("fengshao_messages_received_total", "counter", "Messages received."),
    "accepted": Metric("fengshao_messages_accepted_total", "counter", "Messages in which something was new."),
    "duplicates": Metric(
        "fengshao_messages_duplicate_total", "counter", "Messages that only said again what was known."
    ),
    "redelivered": Metric("fengshao_messages_redelivered_total", "counter", "Messages that the broker brought again."),
    "readings": Metric("fengshao_readings_total", "counter", "Readings evaluated and stored."),
    "late": Metric("fengshao_readings_late_total", "counter", "Of these, those that came after a newer one."),
    "events_published": Metric("fengshao_events_published_total", "counter", "Alert events that the broker has."),
    "answers_refused": Metric("fengshao_answers_refused_total", "counter", "Answers of people that were refused."),
}
OF_THE_ROAD = ("received", "accepted", "duplicates", "redelivered", "readings", "late")
"""In a cluster these pass by the store; its other roles count them."""


def board_rows(vital: Vital, reader: Reader, cluster: bool) -> Iterator[Row]:
    """All of it; a store that cannot be read leaves what is known without it."""
    yield from _vital_rows(vital)
    try:
        totals, levels, waiting = reader.totals(), reader.alerts_by_level(), reader.notices_waiting()
    except StoreError:
        return
    for level in LEVELS[BLUE:]:
        yield OPEN(levels.get(level, 0), level=level)
    yield WAITING(waiting)
    for name, metric in WHOLE.items():
        if not (cluster and name in OF_THE_ROAD):
            yield metric(totals.get(name, 0))
    yield from _parts(totals)


def _vital_rows(vital: Vital) -> Iterator[Row]:
    status, shown = vital.shown()
    yield WELL(status == 200)
    yield READABLE(shown["store_readable"])
    yield STORE(shown["store_seconds"])
    yield ANSWERS(shown["road_answers"])
    yield ROAD(shown["road_seconds"])
    yield STILL(shown["moved_seconds"])
    yield COMMIT(round(vital.unmoved(), 1))
    yield COMMITS(max(0, shown["change"]))
    for shard, seconds in shown["stuck_shards"].items():
        yield STUCK(seconds, shard=shard)


def _parts(totals: Mapping[str, int]) -> Iterator[Row]:
    for name, count in totals.items():
        total, _, part = name.partition(".")
        if part and total in BY_PART:
            metric, label = BY_PART[total]
            yield metric(count, **{label: part})
