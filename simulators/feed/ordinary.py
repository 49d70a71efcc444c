"""The ordinary day: who reports, how often, and the extra reports that make the count exact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from simulators.feed.cast import Sensor
from simulators.feed.chance import Chance
from simulators.feed.moments import DAY, MINUTE, SECOND
from simulators.feed.rhythms import Life, Lives
from simulators.feed.stream import Message

PLAYERS_AT_MOST = 1.6
"""Heartbeats between two reports: in a small feed those who play a part stretch theirs, well inside the three
that mean quiet. Everybody else reports at least once per heartbeat."""
JITTER = 0.08
EXTRA_SLOTS = (0.4, 0.2, 0.6)
"""Shares of an interval after which an extra report may come; the first is filled first."""

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


def crowd_of(
    sensors: Sequence[Sensor], windows: Windows, players: frozenset[str], budget: int, chance: Chance
) -> Crowd:
    """Everybody, more often than the heartbeat asks, as far as the budget goes; else only so many as it feeds."""
    promised = [sensor for sensor in sensors if sensor.heartbeat > 0]
    cost = {sensor.id: _free(windows.get(sensor.id, ())) / sensor.heartbeat for sensor in promised}
    share = sum(cost.values()) / max(budget, 1)
    if share <= 1:
        return Crowd(promised, share, players, share)
    chosen = {sensor.id for sensor in promised if sensor.id in players}
    played = sum(cost[device] for device in chosen)
    player_share = 1.0 if budget > 2 * played else PLAYERS_AT_MOST
    left = budget - played / player_share
    for sensor in chance.shuffled(promised):
        if sensor.id not in chosen and cost[sensor.id] <= left:
            chosen.add(sensor.id)
            left -= cost[sensor.id]
    return Crowd([sensor for sensor in promised if sensor.id in chosen], 1.0, players, player_share)


def _free(busy: Sequence[tuple[int, int]]) -> int:
    """Milliseconds of the day outside the windows."""
    return DAY - sum(stop - start for start, stop in busy)


def ordinary_day(crowd: Crowd, lives: Lives, windows: Windows, chance: Chance) -> list[Message]:
    """The reports of everybody, outside the windows in which they play a part."""
    messages: list[Message] = []
    for sensor in crowd.sensors:
        own, life = chance.of(sensor.id), lives.of(sensor)
        messages += _reports(life, crowd.interval(sensor), windows.get(sensor.id, ()), own)
    return messages


def _reports(life: Life, interval: int, busy: Sequence[tuple[int, int]], chance: Chance) -> Iterator[Message]:
    dawn = life.dawn
    phase = dawn + chance.whole(2 * SECOND, interval)
    for number in range(max(1, (DAY - 5 * SECOND - phase + dawn) // interval + 1)):
        ts = phase + number * interval + round(interval * JITTER * (2 * chance.number() - 1))
        reading = life.reading(ts, chance)
        inside = dawn + SECOND < ts < dawn + DAY - 5 * SECOND
        if inside and not any(start - MINUTE <= ts <= stop + MINUTE for start, stop in busy):
            yield Message(ts + chance.whole(80, 1500), life.sensor.id, (reading,))


def extra_reports(messages: Sequence[Message], count: int, crowd: Crowd, dawn: int, chance: Chance) -> list[Message]:
    """``count`` more status reports, each some way after an ordinary one of a sensor that plays no part."""
    sensors = {sensor.id: sensor for sensor in crowd.sensors if sensor.id not in crowd.players}
    last = dawn + DAY - 5 * SECOND
    models = [
        message
        for message in messages
        if message.device in sensors and message.at + crowd.interval(sensors[message.device]) < last
    ]
    slots = [(model, slot) for slot in EXTRA_SLOTS for model in chance.shuffled(models)]
    if count > len(slots):
        raise ValueError(f"too few records for a day of this site: {count} of them are left with nobody to report")
    return [_again(model, crowd.interval(sensors[model.device]), slot, chance) for model, slot in slots[:count]]


def _again(model: Message, interval: int, slot: float, chance: Chance) -> Message:
    """The same values some time later: ``slot`` is the share of the interval that has passed."""
    before = model.readings[0]
    ts = before.ts + round(interval * chance.between(slot, slot + 0.1))
    return Message(ts + chance.whole(80, 1500), model.device, (replace(before, ts=ts),))
