"""The day's nuisances: which of them come, to whom, and when, so spread that few stand open at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.feed.annoyances import ANNOYANCES, Annoyance
from simulators.feed.cast import Cast
from simulators.feed.chance import Chance
from simulators.feed.episodes import Episode, end, messages_of
from simulators.feed.moments import DAY, HOUR, MINUTE
from simulators.feed.rhythms import Lives
from simulators.feed.standards import DETECTOR
from simulators.feed.stream import Message

CLEARS = 13 * MINUTE
"""How long an alert outlasts its cause: the longest ``clear_after`` of a device, and a reading to prove it."""
CALM = (13 * HOUR + 48 * MINUTE, 15 * HOUR + 12 * MINUTE)
"""From before the demonstration opens until its fire is over nothing else may stand open."""
TRIES = 40
AT_ONCE = 7
"""Alerts that may stand open at once, as far as the plan can tell; a nuisance that finds no room does not happen."""
LASTING = frozenset({"low_battery", "stuck"})
"""Matters of a device, which may last over the calm."""


Taken = tuple[int, int, int]
"""From when to when how many alerts may stand open."""


@dataclass(frozen=True, slots=True)
class Nuisance:
    """One of them, with what it sends. ``allowed`` is the highest level that its clause justifies."""

    id: str
    kind: str
    devices: tuple[str, ...]
    rule: str | None
    begins: int
    ends: int
    allowed: str
    clause: str
    messages: tuple[Message, ...] = ()


def befallen(count: int, cast: Cast, lives: Lives, episodes: Sequence[Episode], chance: Chance) -> list[Nuisance]:
    """Up to ``count`` nuisances, every kind in proportion, each where the day is emptiest among a few tries."""
    taken = [
        (row.begins, row.ends, len({(e.rule, e.device) for e in row.expected})) for row in episodes if not _is_rain(row)
    ]
    nuisances: list[Nuisance] = []
    for number, annoyance in enumerate(_roll(count), 1):
        own = chance.of(annoyance.kind, number)
        nuisance = _befall(f"{annoyance.kind}-{number:03d}", annoyance, cast, lives, taken, own)
        if nuisance is not None:
            nuisances.append(nuisance)
            taken.append((nuisance.begins, nuisance.ends + CLEARS, _alerts(annoyance)))
    return nuisances


def _is_rain(episode: Episode) -> bool:
    """The storm is a matter of its own: many gauges at once."""
    return episode.hazard == "rain"


def _alerts(annoyance: Annoyance) -> int:
    """How many alerts it may raise: who declares fire in thick smoke raises two."""
    return 0 if annoyance.rule is None else 2 if annoyance.rule == DETECTOR.rule else 1


def _roll(count: int) -> list[Annoyance]:
    """The first ``count`` of a full day's, the kinds interleaved by their quota."""
    full = [
        ((number + 0.5) / annoyance.quota, annoyance) for annoyance in ANNOYANCES for number in range(annoyance.quota)
    ]
    once = [annoyance for _, annoyance in sorted(full, key=lambda entry: entry[0])]
    return once[:count]


def _befall(
    key: str, annoyance: Annoyance, cast: Cast, lives: Lives, taken: Sequence[Taken], chance: Chance
) -> Nuisance | None:
    sensor = cast.idle(chance, annoyance.types, annoyance.kinds)
    if sensor is None:
        return None
    track = annoyance.shape(lives.of(sensor), chance)
    lasts = end([track], 0)
    begins = _emptiest(annoyance, lasts + CLEARS, lives.dawn, taken, chance)
    if begins is None:
        return None
    return Nuisance(
        id=key,
        kind=annoyance.kind,
        devices=(sensor.id,),
        rule=annoyance.rule,
        begins=begins,
        ends=begins + lasts,
        allowed=annoyance.allowed,
        clause=annoyance.clause,
        messages=messages_of([track], begins, chance),
    )


def _emptiest(annoyance: Annoyance, length: int, dawn: int, taken: Sequence[Taken], chance: Chance) -> int | None:
    """When to begin; None where every try would leave too many alerts open."""
    starts = [
        start for start in (_start(annoyance, chance) for _ in range(TRIES)) if _fits(annoyance, start, start + length)
    ]
    rated = [(_crowd(dawn + start, dawn + start + length, taken), start) for start in starts]
    crowd, start = min(rated, default=(AT_ONCE, 0))
    return dawn + start if crowd + _alerts(annoyance) <= AT_ONCE else None


def _start(annoyance: Annoyance, chance: Chance) -> int:
    """A whole second of the day, in proportion to the length of its windows."""
    total = sum(stop - start for start, stop in annoyance.hours)
    drawn = chance.number() * total
    for start, stop in annoyance.hours:
        if drawn <= stop - start:
            return round((start + drawn) * HOUR / 1000) * 1000
        drawn -= stop - start
    return round(annoyance.hours[0][0] * HOUR / 1000) * 1000


def _fits(annoyance: Annoyance, start: int, over: int) -> bool:
    """Within the day; what may become an alert also outside the calm, unless it is a device's own ticket."""
    if annoyance.kind in LASTING:
        return over < DAY
    return over < DAY - 10 * MINUTE and (over <= CALM[0] or start >= CALM[1])


def _crowd(start: int, stop: int, taken: Sequence[Taken]) -> int:
    """How many alerts may stand open at the worst moment between the two times."""
    there = [row for row in taken if row[0] < stop and start < row[1]]
    moments = [start, *(begins for begins, _, _ in there if begins > start)]
    return max(sum(alerts for begins, ends, alerts in there if begins <= moment < ends) for moment in moments)
