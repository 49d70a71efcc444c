"""The day's rain: a typhoon's bands over 嵊州 and 新昌 in the evening, its fringe elsewhere.

Each gauge has a curve of intensity (mm/h over minutes); what it reports is the water that fell between two
reports, in whole tips of its bucket.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from simulators.feed.cast import Sensor
from simulators.feed.chance import Chance
from simulators.feed.moments import DAY, HOUR, MINUTE, SECOND
from simulators.feed.stream import Message, Reading
from simulators.feed.tracks import Curve, value_at, value_text

STORM: Curve = (
    (0, 0),
    (20, 10),
    (60, 24),
    (95, 62),
    (125, 74),
    (150, 52),
    (180, 28),
    (235, 12),
    (290, 4),
    (320, 0),
)
FRINGE: Curve = ((0, 0), (40, 3), (110, 4), (170, 1.5), (220, 0))
TIP = 0.2
CORE = ("330683", "330624")
"""嵊州 and 新昌."""
RAIN_EVERY = 10 * MINUTE
FRINGE_EVERY = 20 * MINUTE
MINUTES = DAY // MINUTE


@dataclass(frozen=True, slots=True)
class Gauge:
    """``fallen[m]`` is the water (mm) that has fallen by minute m of the day; rain from ``begins`` to ``ends``."""

    sensor: Sensor
    fallen: tuple[float, ...]
    begins: int
    ends: int

    def between(self, start: int, stop: int, dawn: int) -> float:
        """The tips between two times."""
        return (self._tips(stop, dawn) - self._tips(start, dawn)) * TIP

    def _tips(self, ts: int, dawn: int) -> int:
        minute = min(max(ts - dawn, 0) / MINUTE, MINUTES)
        whole = int(minute)
        rest = minute - whole
        after = self.fallen[min(whole + 1, MINUTES)]
        return int((self.fallen[whole] + (after - self.fallen[whole]) * rest) / TIP)


def gauges_of(sensors: Sequence[Sensor], dawn: int, chance: Chance) -> list[Gauge]:
    """Every gauge with its own share of the storm: bands lie over townships, gauges differ a little."""
    storm = dawn + 17 * HOUR + chance.of("storm").whole(20, 60) * MINUTE
    return [_gauge(sensor, dawn, storm, chance) for sensor in sensors]


def _gauge(sensor: Sensor, dawn: int, storm: int, chance: Chance) -> Gauge:
    band, own = chance.of("band", sensor.township), chance.of("gauge", sensor.id)
    core = sensor.township.startswith(CORE)
    curve = STORM if core else FRINGE
    share = band.between(0.3, 1.08) * own.between(0.96, 1.04)
    begins = storm + band.whole(0, 35) * MINUTE + own.whole(0, 4) * MINUTE
    first = (begins - dawn) // MINUTE
    per_minute = [share * value_at(curve, minute - first) / 60 if minute > first else 0.0 for minute in range(MINUTES)]
    fallen = tuple(accumulate(per_minute, initial=0.0))
    return Gauge(sensor, fallen, begins, begins + int(curve[-1][0]) * MINUTE)


def reported(gauge: Gauge, dawn: int, every: int, chance: Chance) -> list[Message]:
    """The gauge's day: about every ``every`` ms while it is dry, more often in rain."""
    messages: list[Message] = []
    battery, before = chance.between(60, 99), dawn
    ts = dawn + chance.whole(5 * SECOND, min(every, HOUR))
    while ts < dawn + DAY - 5 * SECOND:
        rain = value_text("rain", gauge.between(before, ts, dawn))
        values = f"{rain},{value_text('battery', battery - (ts - dawn) / HOUR * 0.03)}"
        reading = Reading(ts, ("rain", "battery"), values)
        messages.append(Message(ts + chance.whole(80, 1200), gauge.sensor.id, (reading,)))
        before = ts
        ts = _next(gauge, ts, every, chance)
    return messages


def _next(gauge: Gauge, ts: int, every: int, chance: Chance) -> int:
    in_rain = RAIN_EVERY if gauge.sensor.township.startswith(CORE) else FRINGE_EVERY
    pace = min(every, in_rain) if gauge.begins <= ts < gauge.ends else every
    later = ts + round(pace * chance.between(0.95, 1.05))
    # the first drops wake it, so that no rain waits for a heartbeat
    return gauge.begins + MINUTE if ts < gauge.begins < later else later


def wettest(gauge: Gauge, minutes: int, amount: float) -> int | None:
    """The first minute of the day at which ``amount`` has fallen within the last ``minutes``."""
    for minute in range(bisect_right(gauge.fallen, 0.0), MINUTES + 1):
        if gauge.fallen[minute] - gauge.fallen[max(0, minute - minutes)] >= amount:
            return minute
    return None


def first_to_hold(gauge: Gauge, limbs: Sequence[tuple[int, float]]) -> int | None:
    """The first minute at which any (minutes, amount) holds."""
    times = [minute for within, amount in limbs if (minute := wettest(gauge, within, amount)) is not None]
    return min(times, default=None)
