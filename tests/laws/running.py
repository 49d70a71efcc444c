"""Runs of the engine over rows, and what is compared of them."""

from collections.abc import Iterable, Sequence

from rules.engine import Engine

from ingest.timing import Timing
from rules.events import Event
from rules.rulebook import Rulebook
from tests.laws.inputs import Row, columns
from tests.laws.town import PLACES, vocabulary
from tests.reference.feed import reference_events


def fresh_engine(rulebook: Rulebook, timing: Timing) -> Engine:
    return Engine(rulebook, PLACES, vocabulary(), timing)


def engine_run(rulebook: Rulebook, timing: Timing, batches: Iterable[Sequence[Row]]) -> list[Event]:
    """The events of a fresh engine that takes the batches one after another."""
    engine = fresh_engine(rulebook, timing)
    return [event for batch in batches for event in engine.judge(columns(batch)).events]


def reference_run(rulebook: Rulebook, timing: Timing, rows: Sequence[Row]) -> list[Event]:
    return reference_events(rulebook, PLACES, vocabulary(), timing, columns(rows))


def in_order(events: Iterable[Event]) -> list[Event]:
    """Sorted, so that only what happened counts and not in which order it was said."""
    return sorted(events, key=lambda e: (e.received, e.at, e.rule, e.subject.id, e.event, e.level))
