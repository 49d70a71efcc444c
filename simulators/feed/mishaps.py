"""The day's faults of transport: which gateways fail, whose clock is off, who falls quiet, and their truth."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.feed.cast import Cast, Sensor
from simulators.feed.chance import Chance
from simulators.feed.faults import Fault, dropout, outage, skewed
from simulators.feed.moments import HOUR, MINUTE, SECOND
from simulators.feed.nuisances import Nuisance
from simulators.feed.rhythms import Lives
from simulators.feed.stream import Message, habit

OUTAGES = ((6.2, 7.4), (11.3, 12.4), (19.2, 20.5))
"""Hours between which a gateway's outage of about an hour begins: shorter than three of any heartbeat."""
DROPOUTS = ((1.5, 6.0), (17.4, 22.0))
"""A device with a heartbeat of an hour is quiet after three."""
FREQUENT = ("dust_collector", "nh3", "oxygen", "h2s")
QUIET = "site practice: three missed heartbeats"
CLOCK = "a time more than 60 s ahead or 7 days behind is not believed; the device's clock is at fault"


@dataclass(slots=True)
class Mishaps:
    """``faults`` change the stream, ``messages`` are what the gateways' devices send around their outages."""

    faults: list[Fault] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    nuisances: list[Nuisance] = field(default_factory=list)


def mishaps(cast: Cast, lives: Lives, share: float, chance: Chance) -> Mishaps:
    """Drawn for the day, from sensors that play no other part; ``share`` of the outages, at least one."""
    day, dawn = Mishaps(), lives.dawn
    for number, (earliest, latest) in enumerate(OUTAGES[: max(1, round(len(OUTAGES) * share))], 1):
        _outage(day, cast, dawn + _within(earliest, latest, chance), lives, chance.of("outage", number))
    for number, (start, stop) in enumerate(DROPOUTS, 1):
        sensor = _frequent(cast, chance.of("dropout", number))
        if sensor is not None:
            begins, ends = dawn + round(start * HOUR), dawn + round(stop * HOUR)
            day.faults.append(dropout(sensor.id, begins, ends))
            day.nuisances.append(_row(f"quiet-{number}", "quiet", sensor, "quiet", begins, ends, QUIET))
    _clocks(day, cast, dawn, chance)
    return day


def _clocks(day: Mishaps, cast: Cast, dawn: int, chance: Chance) -> None:
    """One runs a little fast and is believed, one far too fast, one wakes up in 1970."""
    since = dawn + 10 * HOUR
    skews = (
        ("a little fast", dawn, dawn + 24 * HOUR, 40 * SECOND),
        ("fast", dawn, dawn + 24 * HOUR, chance.whole(6, 11) * MINUTE),
        ("reset", since, dawn + 16 * HOUR, chance.whole(3, 90) * SECOND - since),
    )
    for name, start, stop, shift in skews:
        sensor = _frequent(cast, chance.of(name))
        if sensor is None:
            continue
        day.faults.append(skewed(sensor.id, start, stop, shift))
        day.nuisances.append(_row(f"clock-{name.replace(' ', '-')}", "clock", sensor, None, start, stop, CLOCK))


def _outage(day: Mishaps, cast: Cast, start: int, lives: Lives, chance: Chance) -> None:
    """Around it the gateway's devices report every ten minutes or so, so that there is something to catch up on."""
    stop = start + chance.whole(50, 75) * MINUTE
    behind = _gateway(cast, chance)
    day.faults.append(outage([sensor.id for sensor in behind], start, stop))
    for sensor in behind:
        own, life = chance.of(sensor.id), lives.of(sensor)
        ts = start - own.whole(20, 30) * MINUTE
        while ts < stop + 25 * MINUTE:
            day.messages.append(Message(ts + own.whole(80, 1500), sensor.id, (life.reading(ts, own),)))
            ts += round(own.between(8, 12) * MINUTE)


def _gateway(cast: Cast, chance: Chance) -> list[Sensor]:
    """All sensors of one idle gateway that has several, every one of which tells the time."""
    groups: dict[str, list[Sensor]] = {}
    for sensor in cast.sensors:
        if sensor.gateway and not sensor.gateway.endswith("9001"):
            groups.setdefault(sensor.gateway, []).append(sensor)
    idle = [group for group in groups.values() if len(group) >= 2 and _free(group, cast)]
    if not idle:
        return []
    chosen = chance.pick(idle)
    cast.busy.update(sensor.id for sensor in chosen)
    return chosen


def _free(group: Sequence[Sensor], cast: Cast) -> bool:
    return all(sensor.id not in cast.busy and habit(sensor.id).timed for sensor in group)


def _frequent(cast: Cast, chance: Chance) -> Sensor | None:
    """One with a heartbeat of an hour that tells the time; what tells none is drawn past."""
    for _ in range(40):
        sensor = cast.idle(chance, FREQUENT)
        if sensor is None or (sensor.heartbeat == HOUR and habit(sensor.id).timed):
            return sensor
        cast.busy.discard(sensor.id)
    return None


def _within(earliest: float, latest: float, chance: Chance) -> int:
    return round(chance.between(earliest, latest) * HOUR / SECOND) * SECOND


def _row(key: str, kind: str, sensor: Sensor, rule: str | None, begins: int, ends: int, clause: str) -> Nuisance:
    return Nuisance(key, kind, (sensor.id,), rule, begins, ends, "blue", clause)
