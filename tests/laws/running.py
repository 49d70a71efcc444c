"""Runs of the engine and of the reference over the same rows."""

from collections.abc import Iterable, Sequence

from ingest.timing import Timing
from rules.engine import Engine
from rules.events import Event
from rules.rulebook import Rulebook
from tests.laws.inputs import Row, columns
from tests.laws.town import PLACES, vocabulary
from tests.reference.feed import rows_of
from tests.reference.model import Reference


def fresh_engine(rulebook: Rulebook, timing: Timing, interpreted: bool = False) -> Engine:
    """An engine that begins before the stranger is known."""
    words = vocabulary()
    engine = Engine(rulebook, PLACES, words, timing, interpreted)
    words.device("stranger")
    return engine


def engine_run(rulebook: Rulebook, timing: Timing, batches: Iterable[Sequence[Row]]) -> list[Event]:
    """The events of a fresh engine that takes the batches one after another."""
    engine = fresh_engine(rulebook, timing)
    return [event for batch in batches for event in engine.judge(columns(batch)).events]


def says_what_the_reference_says(rulebook: Rulebook, timing: Timing, rows: Sequence[Row]) -> None:
    """The same events in the same order, and the same became of each row."""
    words = vocabulary()
    words.device("stranger")
    reference = Reference(rulebook, PLACES, words, timing)
    events = [event for row in rows_of(columns(rows)) for event in reference.take(row)]
    judged = fresh_engine(rulebook, timing).judge(columns(rows))
    assert judged.events == events
    assert judged.fates.tolist() == reference.fates


def in_order(events: Iterable[Event]) -> list[Event]:
    """Sorted, where only what happened counts and not in which order it was said."""
    return sorted(events, key=lambda e: (e.received, e.at, e.rule, e.subject.id, e.event, e.level))
