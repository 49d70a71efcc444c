"""The storm's truth: one episode per county, each gauge with the levels that its own water reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from simulators.feed.episodes import Episode, Expected
from simulators.feed.moments import DAY, MINUTE
from simulators.feed.standards import RAIN, RAIN_CLAUSE, RAIN_RULE
from simulators.feed.weather import CORE, RAIN_EVERY, Gauge, first_to_hold

LEAST = 0.95
"""Only what would hold with a twentieth less water is asked for: the rest hangs on single tips."""
NAMES = {"330683": ("storm-shengzhou", "嵊州台风暴雨", "Typhoon rain over Shengzhou")}
OTHER = ("storm-xinchang", "新昌台风暴雨", "Typhoon rain over Xinchang")


def storms(gauges: Sequence[Gauge], dawn: int) -> list[Episode]:
    """What the gauges that report have seen; where none reaches a level there is nothing to find."""
    groups = [[gauge for gauge in gauges if gauge.sensor.township.startswith(county)] for county in CORE]
    episodes = [_storm(county, group, dawn) for county, group in zip(CORE, groups, strict=True) if group]
    return [episode for episode in episodes if episode.expected]


def _storm(county: str, gauges: Sequence[Gauge], dawn: int) -> Episode:
    key, zh, en = NAMES.get(county, OTHER)
    centre = max(gauges, key=lambda gauge: gauge.fallen[-1])
    return Episode(
        id=key,
        zh=zh,
        en=en,
        hazard="rain",
        site=centre.sensor.site,
        township=centre.sensor.township,
        devices=tuple(gauge.sensor.id for gauge in gauges),
        begins=min(gauge.begins for gauge in gauges),
        ends=min(max(gauge.ends for gauge in gauges), dawn + DAY - MINUTE),
        expected=tuple(expected for gauge in gauges for expected in _expected(gauge, dawn)),
    )


def _expected(gauge: Gauge, dawn: int) -> Iterable[Expected]:
    least = replace(gauge, fallen=tuple(mm * LEAST for mm in gauge.fallen))
    for level, limbs in RAIN.items():
        since, latest = first_to_hold(gauge, limbs), first_to_hold(least, limbs)
        if since is None or latest is None:
            continue
        by = dawn + latest * MINUTE + 2 * RAIN_EVERY + MINUTE
        if by < dawn + DAY - 30 * MINUTE:
            yield Expected(RAIN_RULE, gauge.sensor.id, level, dawn + since * MINUTE, by, RAIN_CLAUSE)
