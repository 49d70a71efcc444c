"""What a sensor shows on an ordinary day: a level of its own, the day's rhythm, noise, drift, a sinking battery."""

from dataclasses import dataclass

from simulators.feed.cast import Sensor
from simulators.feed.chance import Chance
from simulators.feed.moments import HOUR, wave
from simulators.feed.stream import Reading
from simulators.feed.tracks import value_text


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A metric's day: each sensor's level lies in ``low``..``high``, swings by ``swing`` up to the hour ``crest``."""

    metric: str
    low: float
    high: float
    swing: float = 0.0
    crest: float = 15.0
    noise: float = 0.0


RHYTHMS: dict[str, tuple[Rhythm, ...]] = {
    "smoke": (Rhythm("smoke", 0.010, 0.035, 0.004, 12, 0.003),),
    "heat": (Rhythm("temperature", 28, 34, 3, 15, 0.3),),
    "call_point": (),
    "water_flow": (),
    "panel": (),
    "electric": (
        Rhythm("residual_current", 30, 120, 25, 14, 4),
        Rhythm("temperature", 34, 44, 5, 15, 0.4),
    ),
    "hydrant": (Rhythm("water_pressure", 0.25, 0.34, -0.03, 19, 0.004),),
    "sprinkler": (Rhythm("water_pressure", 0.34, 0.52, -0.02, 19, 0.004),),
    "tank": (Rhythm("water_level", 2.3, 2.5, -0.05, 19, 0.01),),
    "gas": (Rhythm("gas", 0.4, 3, 0.5, 14, 0.3),),
    "lpg": (Rhythm("gas", 0.3, 2.5, 0.8, 18, 0.3),),
    "co": (Rhythm("co", 1, 5, 1, 18, 0.4),),
    "h2s": (Rhythm("h2s", 0.1, 1.2, 0.2, 15, 0.08),),
    "nh3": (Rhythm("nh3", 0.5, 4, 0.5, 15, 0.2),),
    "cl2": (Rhythm("cl2", 0.005, 0.03, 0.003, 15, 0.003),),
    "oxygen": (Rhythm("oxygen", 20.7, 20.95, 0.03, 4, 0.03),),
    "dust_collector": (Rhythm("dust_pressure", 0.75, 1.25, 0.1, 14, 0.03),),
    "oil_fume": (Rhythm("oil_fume", 0.25, 0.7, 0.3, 18, 0.05),),
    "rain_gauge": (Rhythm("rain", 0, 0),),
}

SPEAKS = frozenset({"smoke", "heat", "call_point", "water_flow", "panel"})
"""Types that say with every reading which flags stand: on an ordinary day none."""

DRIFT = 0.02
"""A sensor's level wanders by up to this share within the day."""


@dataclass(frozen=True, slots=True)
class Life:
    """One sensor's ordinary day: its own levels, its drift and its battery."""

    sensor: Sensor
    levels: tuple[float, ...]
    drift: float
    battery: float
    sinking: float
    dawn: int

    @property
    def level(self) -> float:
        """What its first metric shows when nothing happens."""
        return self.levels[0]

    def reading(self, ts: int, chance: Chance) -> Reading:
        """What it sends at ``ts``."""
        hours = (ts - self.dawn) / HOUR
        parts, metrics = [], []
        for rhythm, level in zip(RHYTHMS.get(self.sensor.type, ()), self.levels, strict=True):
            value = level * (1 + self.drift * hours / 24) + rhythm.swing * wave(ts, rhythm.crest)
            if rhythm.noise:
                value += rhythm.noise * chance.noise()
            parts.append(value_text(rhythm.metric, max(0.0, value)))
            metrics.append(rhythm.metric)
        if self.sensor.on_battery:
            parts.append(value_text("battery", self.battery - self.sinking * hours))
            metrics.append("battery")
        flags = None
        if self.sensor.type in SPEAKS or not parts:
            flags = ""
            metrics.append("flags")
        return Reading(ts, tuple(metrics), ",".join(parts), flags)


@dataclass(frozen=True, slots=True)
class Lives:
    """Every sensor's ordinary day, the same whoever asks."""

    dawn: int
    chance: Chance

    def of(self, sensor: Sensor) -> Life:
        """The sensor's own levels."""
        return life_of(sensor, self.dawn, self.chance.of(sensor.id))


def life_of(sensor: Sensor, dawn: int, chance: Chance) -> Life:
    """Drawn once for the day."""
    return Life(
        sensor=sensor,
        levels=tuple(chance.between(rhythm.low, rhythm.high) for rhythm in RHYTHMS.get(sensor.type, ())),
        drift=DRIFT * (2 * chance.number() - 1),
        battery=chance.between(38, 99),
        sinking=chance.between(0.004, 0.04),
        dawn=dawn,
    )
