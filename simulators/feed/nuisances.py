"""The day's nuisances: which of them come, to whom, and when, so spread that few stand open at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.feed.annoyances import ANNOYANCES, Annoyance
from simulators.feed.cast import Cast
from simulators.feed.chance import Chance
from simulators.feed.episodes import Episode, end, messages_of
from simulators.feed.moments import DAY, HOUR, MINUTE
from simulators.feed.rhythms import Lives
from simulators.feed.stream import Message

CLEARS = 13 * MINUTE
"""How long an alert outlasts its cause: the longest ``clear_after`` of a device, and a reading to prove it."""
CALM = (13 * HOUR + 48 * MINUTE, 15 * HOUR + 12 * MINUTE)
"""From before the demonstration opens until its fire is over nothing else may stand open."""
TRIES = 16
LASTING = frozenset({"low_battery", "stuck"})
"""Matters of a device, which may last over the calm."""


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
    """``count`` nuisances, every kind in proportion, each where the day is emptiest among a few tries."""
    taken = [(episode.begins, episode.ends) for episode in episodes if episode.hazard != "rain"]
    nuisances: list[Nuisance] = []
    for number, annoyance in enumerate(_roll(count), 1):
        own = chance.of(annoyance.kind, number)
        nuisance = _befall(f"{annoyance.kind}-{number:03d}", annoyance, cast, lives, taken, own)
        if nuisance is not None:
            nuisances.append(nuisance)
            taken.append((nuisance.begins, nuisance.ends + CLEARS))
    return nuisances


def _roll(count: int) -> list[Annoyance]:
    """The first ``count`` of a full day's, the kinds interleaved by their quota."""
    full = [
        ((number + 0.5) / annoyance.quota, annoyance) for annoyance in ANNOYANCES for number in range(annoyance.quota)
    ]
    once = [annoyance for _, annoyance in sorted(full, key=lambda entry: entry[0])]
    return once[:count]


def _befall(
    key: str, annoyance: Annoyance, cast: Cast, lives: Lives, taken: Sequence[tuple[int, int]], chance: Chance
) -> Nuisance | None:
    sensor = cast.idle(chance, annoyance.types, annoyance.kinds)
    if sensor is None:
        return None
    track = annoyance.shape(lives.of(sensor), chance)
    lasts = end([track], 0)
    free = [
        start
        for start in (_start(annoyance, chance) for _ in range(TRIES * 4))
        if _fits(annoyance, start, start + lasts + CLEARS)
    ]
    if not free:
        return None
    dawn = lives.dawn
    begins = dawn + min(free[:TRIES], key=lambda start: _crowd(dawn + start, dawn + start + lasts + CLEARS, taken))
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


def _crowd(start: int, stop: int, taken: Sequence[tuple[int, int]]) -> int:
    """How many others stand open at once at the worst moment between the two times."""
    there = [(begins, ends) for begins, ends in taken if begins < stop and start < ends]
    return max((sum(begins <= moment < ends for begins, ends in there) for moment, _ in there), default=0)
