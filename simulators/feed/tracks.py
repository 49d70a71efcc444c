"""What one device shows while something happens: a curve over minutes, and the flags that it declares.

value                 crossing(curve, 25, hold=0.5) = the minute at which the world itself has been
  |      ____         beyond 25 for half a minute, whatever any rule makes of the readings
25|-----/----\\-----
  |____/      \\____   minutes
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulators.feed.chance import Chance
from simulators.feed.moments import MINUTE, SECOND
from simulators.feed.stream import Message, Reading

Curve = tuple[tuple[float, float], ...]
"""Points (minute, value), straight lines between, level outside."""

DECIMALS = {
    "smoke": 3,
    "temperature": 1,
    "residual_current": 1,
    "water_pressure": 3,
    "water_level": 2,
    "gas": 1,
    "cl2": 3,
    "nh3": 2,
    "h2s": 2,
    "co": 1,
    "oxygen": 2,
    "dust": 1,
    "dust_pressure": 3,
    "oil_fume": 2,
    "rain": 1,
    "rain_total": 1,
    "battery": 1,
    "rssi": 0,
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A flag that stands from one minute to another."""

    flag: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Pace:
    """From this minute on a reading every ``every`` seconds."""

    since: float
    every: float


@dataclass(frozen=True, slots=True)
class Line:
    """One metric's curve; ``noise`` is the deviation of a reading from it."""

    metric: str
    curve: Curve
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Track:
    """A device's part: its lines, its flags (``speaks``: it names what stands with every reading), its pace."""

    device: str
    lasts: float
    lines: tuple[Line, ...] = ()
    flags: tuple[Declared, ...] = ()
    speaks: bool = False
    paces: tuple[Pace, ...] = (Pace(0, 60),)

    def every(self, minute: float) -> float:
        """Seconds between readings at that minute."""
        return [pace.every for pace in self.paces if pace.since <= minute][-1]


def stretched(curve: Curve, slower: float = 1.0, higher: float = 1.0) -> Curve:
    """The same curve in another time and height."""
    return tuple((minute * slower, value * higher) for minute, value in curve)


def value_at(curve: Curve, minute: float) -> float:
    """The curve's value there."""
    before = curve[0]
    for point in curve:
        if point[0] > minute:
            span = point[0] - before[0]
            return before[1] + (point[1] - before[1]) * (minute - before[0]) / span if span > 0 else point[1]
        before = point
    return before[1]


def crossing(curve: Curve, threshold: float, *, below: bool = False, hold: float = 0.0) -> float | None:
    """The first minute, from the first point on, at which it has been at or beyond ``threshold`` for ``hold``."""
    sign = -1.0 if below else 1.0
    since: float | None = None
    for (start, first), (stop, last) in zip(curve, (*curve[1:], (1e9, curve[-1][1])), strict=True):
        if sign * (first - threshold) < 0:
            since = None
            if sign * (last - threshold) < 0:
                continue
            since = start + (stop - start) * (threshold - first) / (last - first)
        elif since is None:
            since = start
        ends = stop
        if sign * (last - threshold) < 0:
            ends = start + (stop - start) * (threshold - first) / (last - first)
        if ends - since >= hold:
            return since + hold
        if ends < stop:
            since = None
    return None


def moments(track: Track, chance: Chance) -> list[int]:
    """When the device reports, in ms from the beginning: at its pace, and at once when a flag changes."""
    changes = {_ms(minute) for flag in track.flags for minute in (flag.since, flag.until)}
    regular = [moment for moment in _paced(track, chance) if all(abs(moment - change) > 2500 for change in changes)]
    return sorted(regular + [change for change in changes if 0 <= change <= track.lasts * MINUTE])


def _paced(track: Track, chance: Chance) -> Iterator[int]:
    moment, last = 0, round(track.lasts * MINUTE)
    while moment < last:
        yield moment
        moment += round(track.every(moment / MINUTE) * SECOND * chance.between(0.93, 1.07))
    yield last


def played(track: Track, begins: int, chance: Chance) -> list[Message]:
    """The track's messages, in order."""
    return [
        Message(begins + moment + chance.whole(80, 1200), track.device, (_reading(track, begins, moment, chance),))
        for moment in moments(track, chance)
    ]


def _reading(track: Track, begins: int, moment: int, chance: Chance) -> Reading:
    minute = moment / MINUTE
    values = [
        value_text(line.metric, max(0.0, value_at(line.curve, minute) + line.noise * chance.noise()))
        for line in track.lines
    ]
    metrics = tuple(line.metric for line in track.lines)
    flags = None
    if track.flags or track.speaks:
        standing = [flag.flag for flag in track.flags if _ms(flag.since) <= moment < _ms(flag.until)]
        flags = ",".join(f'"{name}"' for name in standing)
        metrics = (*metrics, "flags")
    return Reading(begins + moment, metrics, ",".join(values), flags)


def _ms(minute: float) -> int:
    return round(minute * MINUTE)


def value_text(metric: str, value: float) -> str:
    """One value as JSON text, with the decimals of its metric."""
    return f'"{metric}":{value:.{DECIMALS.get(metric, 2)}f}'


def ends_of(tracks: Sequence[Track]) -> float:
    """The minute at which the last of them is over."""
    return max(track.lasts for track in tracks)
