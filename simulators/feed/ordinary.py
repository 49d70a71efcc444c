"""The ordinary day: who reports, how often, and the extra reports that make the count exact."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulators.feed.cast import Sensor
from simulators.feed.chance import Chance
from simulators.feed.moments import DAY, MINUTE, SECOND
from simulators.feed.rhythms import Life, life_of
from simulators.feed.stream import Message

SLOWEST = 1.0
"""A sensor reports at least once per heartbeat."""
SLOWEST_PLAYER = 1.6
"""In a small feed those who play a part stretch theirs, still well inside the three that mean quiet."""
JITTER = 0.08

Windows = Mapping[str, Sequence[tuple[int, int]]]
"""When a sensor plays its part: its ordinary reports stay away then."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who reports on an ordinary day, and at which share of the heartbeat."""

    sensors: list[Sensor]
    share: float
    players: frozenset[str]
    player_share: float

    def interval(self, sensor: Sensor) -> int:
        """Milliseconds between two of its reports."""
        return round(sensor.heartbeat * (self.player_share if sensor.id in self.players else self.share))


def crowd_of(sensors: Sequence[Sensor], players: frozenset[str], budget: int, chance: Chance) -> Crowd:
    """Everybody, more often than the heartbeat asks, as far as the budget goes; else only so many as it feeds."""
    promised = [sensor for sensor in sensors if sensor.heartbeat > 0]
    share = sum(DAY / sensor.heartbeat for sensor in promised) / max(budget, 1)
    if share <= SLOWEST:
        return Crowd(promised, share, players, share)
    chosen = {sensor.id for sensor in promised if sensor.id in players}
    left = budget - sum(DAY / (sensor.heartbeat * SLOWEST) for sensor in promised if sensor.id in chosen)
    player_share = SLOWEST if left > 0 else SLOWEST_PLAYER
    for sensor in chance.shuffled(promised):
        cost = DAY / (sensor.heartbeat * SLOWEST)
        if sensor.id not in chosen and cost <= left:
            chosen.add(sensor.id)
            left -= cost
    return Crowd([sensor for sensor in promised if sensor.id in chosen], SLOWEST, players, player_share)


def ordinary_day(crowd: Crowd, dawn: int, windows: Windows, chance: Chance) -> list[Message]:
    """The reports of everybody, outside the windows in which they play a part."""
    messages: list[Message] = []
    for sensor in crowd.sensors:
        own = chance.of(sensor.id)
        life = life_of(sensor, dawn, own)
        messages += _reports(life, crowd.interval(sensor), dawn, windows.get(sensor.id, ()), own)
    return messages


def _reports(
    life: Life, interval: int, dawn: int, busy: Sequence[tuple[int, int]], chance: Chance
) -> Iterator[Message]:
    phase = dawn + chance.whole(2 * SECOND, interval)
    for number in range(max(1, (DAY - 5 * SECOND - phase + dawn) // interval + 1)):
        ts = phase + number * interval + round(interval * JITTER * (2 * chance.number() - 1))
        reading = life.reading(ts, chance)
        inside = dawn + SECOND < ts < dawn + DAY - 5 * SECOND
        if inside and not any(start - MINUTE <= ts <= stop + MINUTE for start, stop in busy):
            yield Message(ts + chance.whole(80, 1500), life.sensor.id, (reading,))


def extra_reports(
    messages: Sequence[Message], count: int, crowd: Crowd, dawn: int, spared: Iterable[str], chance: Chance
) -> list[Message]:
    """``count`` more status reports, each some way after another ordinary one of the same sensor."""
    left_alone = frozenset(spared) | crowd.players
    sensors = {sensor.id: sensor for sensor in crowd.sensors if sensor.id not in left_alone}
    last = dawn + DAY - 5 * SECOND
    models = [
        message
        for message in messages
        if message.device in sensors and message.at + crowd.interval(sensors[message.device]) < last
    ]
    if count > len(models):
        raise ValueError(f"{count} extra reports asked of {len(models)} ordinary ones: too few records for a day")
    extra = []
    for model in chance.shuffled(models)[:count]:
        interval = crowd.interval(sensors[model.device])
        later = round(interval * chance.between(0.3, 0.6))
        reading = model.readings[0]
        moved = reading.__class__(reading.ts + later, reading.metrics, reading.values, reading.flags)
        extra.append(Message(moved.ts + chance.whole(80, 1500), model.device, (moved,)))
    return extra
