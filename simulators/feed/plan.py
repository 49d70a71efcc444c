"""Who does what on the day: true events first, then nuisances, then faults, each with sensors of its own."""

from dataclasses import dataclass
from pathlib import Path

from simulators.feed.cast import Sensor, read_cast
from simulators.feed.chance import Chance
from simulators.feed.episodes import Episode
from simulators.feed.mishaps import Mishaps, mishaps
from simulators.feed.nuisances import Nuisance, befallen
from simulators.feed.plots import PLOTS, told
from simulators.feed.rhythms import Lives
from simulators.feed.storm import storms
from simulators.feed.stream import Message
from simulators.feed.weather import CORE, Gauge, gauges_of

FULL_DAY = 34_000
"""From so many records on, all nuisances happen and all gauges report."""
NUISANCES = 104
FEWEST_NUISANCES = 22


@dataclass(slots=True)
class Plan:
    """Everything that a day is made of before it is put in order."""

    records: int
    lives: Lives
    sensors: list[Sensor]
    gauges: list[Gauge]
    episodes: list[Episode]
    nuisances: list[Nuisance]
    mishaps: Mishaps

    def scripted(self) -> list[Message]:
        """What is sent by those who play a part, while they play it."""
        parts: list[Episode | Nuisance] = [*self.episodes, *self.nuisances]
        return [message for part in parts for message in part.messages] + self.mishaps.messages

    def all_nuisances(self) -> list[Nuisance]:
        """Those of the world and those of transport."""
        return self.nuisances + self.mishaps.nuisances


def plan_day(site: Path, records: int, dawn: int, chance: Chance) -> Plan:
    """The plan for the sensors of ``site``; a small feed has fewer nuisances, outages and gauges."""
    cast = read_cast(site)
    lives = Lives(dawn, chance.of("lives"))
    share = min(1.0, records / FULL_DAY)
    every = [sensor for sensor in cast.sensors if sensor.type == "rain_gauge"]
    gauges = _chosen(gauges_of(every, dawn, chance.of("weather")), share)
    episodes = told(PLOTS, cast, dawn, chance.of("episodes")) + storms(gauges, dawn)
    count = max(FEWEST_NUISANCES, round(NUISANCES * share))
    nuisances = befallen(count, cast, lives, episodes, chance.of("nuisances"))
    faults = mishaps(cast, lives, share, chance.of("mishaps"))
    return Plan(records, lives, cast.sensors, gauges, episodes, nuisances, faults)


def _chosen(gauges: list[Gauge], share: float) -> list[Gauge]:
    """As many as the feed has room for: the wettest of each county of the storm, at least two, and some around."""
    groups = [[gauge for gauge in gauges if gauge.sensor.township.startswith(county)] for county in CORE]
    core = [gauge for group in groups for gauge in _wettest(group)[: max(2, round(len(group) * share))]]
    others = [gauge for gauge in gauges if not gauge.sensor.township.startswith(CORE)]
    return core + _wettest(others)[: round(len(others) * share * share)]


def _wettest(gauges: list[Gauge]) -> list[Gauge]:
    return sorted(gauges, key=lambda gauge: -gauge.fallen[-1])
