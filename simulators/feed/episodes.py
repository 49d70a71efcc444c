"""What truly happens: an episode is a place, its devices' tracks, and which rule must reach which level by when."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.feed.chance import Chance
from simulators.feed.moments import MINUTE, SECOND
from simulators.feed.standards import CRITERIA, WHOLE_UPLINK, Declaration
from simulators.feed.stream import Message
from simulators.feed.tracks import Track, crossing, ends_of, played


@dataclass(frozen=True, slots=True)
class Expected:
    """On ``device`` the ``rule`` must stand at ``level`` by ``by``; the world was past it ``since``."""

    rule: str
    device: str
    level: str
    since: int
    by: int
    clause: str


@dataclass(frozen=True, slots=True)
class Episode:
    """One true event. ``demo`` marks the two that the demonstration leaves to its visitor."""

    id: str
    zh: str
    en: str
    hazard: str
    site: str
    township: str
    devices: tuple[str, ...]
    begins: int
    ends: int
    expected: tuple[Expected, ...]
    messages: tuple[Message, ...] = ()
    demo: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the standards make of one track: a criterion by name, or a declaration."""

    track: Track
    names: tuple[str, ...] = ()
    declared: Declaration | None = None


def expectations(claims: Sequence[Claim], begins: int) -> tuple[Expected, ...]:
    """Every claim as an expectation with its latest time."""
    return tuple(
        [_criterion(claim.track, name, begins) for claim in claims for name in claim.names]
        + [_declaration(claim.track, claim.declared, begins) for claim in claims if claim.declared]
    )


def _criterion(track: Track, name: str, begins: int) -> Expected:
    """The curve itself decides: crossed and held, then two readings and the uplink."""
    rule = CRITERIA[name]
    curve = next(line.curve for line in track.lines if line.metric == rule.metric)
    crossed = crossing(curve, rule.threshold, below=rule.below)
    held = crossing(curve, rule.threshold, below=rule.below, hold=rule.hold)
    if crossed is None or held is None:
        raise AssertionError(f"{track.device} never reaches {name}: the script is wrong")
    latest = held + 2 * track.every(held) / 60 + WHOLE_UPLINK
    return Expected(rule.rule, track.device, rule.level, _at(begins, crossed), _at(begins, latest), rule.clause)


def _declaration(track: Track, declared: Declaration, begins: int) -> Expected:
    since = min(flag.since for flag in track.flags if flag.flag == "fire")
    by = _at(begins, since + WHOLE_UPLINK)
    return Expected(declared.rule, track.device, declared.level, _at(begins, since), by, declared.clause)


def _at(begins: int, minute: float) -> int:
    """Whole seconds: a truth does not pretend to milliseconds."""
    return begins + round(minute * MINUTE / SECOND) * SECOND


def messages_of(tracks: Sequence[Track], begins: int, chance: Chance) -> tuple[Message, ...]:
    """What all of them send, track by track."""
    return tuple(message for track in tracks for message in played(track, begins, chance.of(track.device)))


def end(tracks: Sequence[Track], begins: int) -> int:
    """When the last track is over."""
    return _at(begins, ends_of(tracks))
