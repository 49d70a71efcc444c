"""The readings that the cluster's benchmarks judge: devices of a shard at random, calm but for spells beyond a rule.

One in a hundred is sent again. The same readings come as packets for our worker and as events for another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.rules import calm, sent_again
from ingest.clock_rows import clock_rows
from ingest.inputs import END, NO_SEQ, Inputs
from ingest.metrics import FLAG_BIT, FLAGS_METRIC, METRICS
from ingest.packets import Packet, pack_packet
from ingest.shards import Splitter
from ingest.vocabulary import Vocabulary
from pipeline.site import Site
from rules.book import applies, metric_of
from rules.rulebook import Rule, Rulebook

ROWS = 500
BEGIN = 1_785_772_800_000
STEP_MS = 400
"""Between two readings of a shard; a device is heard every two minutes or so."""
SPELL_MS = 1_250_000
SPELL_EACH = 200
"""One device of so many is beyond its rule for the length of a spell."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A device, the metric that it reports, and its value when calm and in a spell."""

    device: int
    metric: int
    calm: float
    odd: float


def streams(site: Site, vocabulary: Vocabulary, shards: int, count: int) -> Iterator[Inputs]:
    """``count`` readings of each shard, in order of time."""
    splitter = Splitter(site.places, vocabulary.devices, shards)
    everybody = clock_rows(END, [0] * len(vocabulary.devices))
    everybody = everybody.with_columns(device=np.arange(len(vocabulary.devices), dtype=np.int32))
    for part in splitter.split(everybody):
        yield _stream([_voice(site, vocabulary.devices[number], number) for number in part.device.tolist()], count)


def packets(inputs: Inputs, vocabulary: Vocabulary) -> Iterator[bytes]:
    """As ingest writes them, and the end."""
    rows = [inputs.rows(start, start + ROWS) for start in range(0, len(inputs), ROWS)]
    rows.append(clock_rows(END, [int(inputs.at[-1]) + 1000]))
    for number, part in enumerate(rows, 1):
        yield pack_packet(Packet("bench", number, part), vocabulary)


def _voice(site: Site, device_id: str, number: int) -> Voice:
    book, kind = site.rulebook, site.places.devices[device_id].type
    ladder = next((rule for rule in book.rules if rule.kind == "ladder" and applies(rule, kind)), None)
    if ladder is None:
        return Voice(number, FLAGS_METRIC, 0.0, float(FLAG_BIT["fire"]))
    metric = int(metric_of(ladder))
    return Voice(number, metric, calm(book, kind, metric), _beyond(book, ladder))


def _beyond(book: Rulebook, rule: Rule) -> float:
    """Worse than the highest level's threshold, within what the metric allows."""
    worst, row = rule.tiers[-1].raise_at, METRICS[metric_of(rule)]
    return min(worst * 1.1, row.high) if rule.direction == "above" else max(worst - abs(worst) * 0.1, row.low)


def _stream(voices: list[Voice], count: int) -> Inputs:
    random = np.random.default_rng(len(voices))
    chosen = random.integers(0, len(voices), count)
    at = BEGIN + np.arange(count, dtype=np.int64) * STEP_MS
    number, metric, calm_value, odd_value = (
        np.array([(voice.device, voice.metric, voice.calm, voice.odd) for voice in voices])[chosen, place]
        for place in range(4)
    )
    odd = (number.astype(np.int64) * 2_654_435_761 + at // SPELL_MS * 40_503) % 104_729 % SPELL_EACH == 0
    inputs = Inputs(
        number.astype(np.int32),
        metric.astype(np.int16),
        np.where(odd, odd_value, calm_value),
        at,
        at.copy(),
        np.full(count, NO_SEQ),
        at.copy(),
        np.zeros(count, np.int32),
        np.zeros(count, np.uint8),
    )
    return sent_again(inputs, 0.01)
