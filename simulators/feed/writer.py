"""A day of the city as a feed file, exactly so many records, and what is true of it."""

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from simulators.feed.cast import Cast, Sensor, read_cast
from simulators.feed.chance import Chance
from simulators.feed.episodes import Episode
from simulators.feed.faults import resent, through
from simulators.feed.garbage import garbage
from simulators.feed.mishaps import Mishaps, mishaps
from simulators.feed.moments import DAY, midnight
from simulators.feed.nuisances import Nuisance, befallen
from simulators.feed.ordinary import PLAYERS_AT_MOST, crowd_of, extra_reports, ordinary_day
from simulators.feed.plots import PLOTS, told
from simulators.feed.storm import storms
from simulators.feed.stream import Message, feed_line, habits, in_order, numbered
from simulators.feed.truth import totals_of, truth_of
from simulators.feed.weather import CORE, Gauge, gauges_of, reported

DAY_OF_THE_FEED = date(2026, 8, 4)
FULL_DAY = 34_000
"""From so many records on, all nuisances happen and all gauges report."""
NUISANCES = 104
FEWEST_NUISANCES = 22
RESENT_SHARE = 0.006
GARBAGE_SHARE = 0.0045


@dataclass(slots=True)
class Day:
    """Everything that a day is made of before it is put into lines."""

    cast: Cast
    episodes: list[Episode]
    nuisances: list[Nuisance]
    mishaps: Mishaps
    gauges: list[Gauge]

    def scripted(self) -> list[Message]:
        """What is sent by those who play a part, while they play it."""
        parts: list[Episode | Nuisance] = [*self.episodes, *self.nuisances]
        return [message for part in parts for message in part.messages] + self.mishaps.messages


def write_feed(
    site: Path, records: int, seed: int, out: Path, truth: Path | None = None, day: date = DAY_OF_THE_FEED
) -> dict[str, Any]:
    """Write ``records`` lines to ``out`` (packed where it ends in ``.gz``); returns and writes the truth."""
    chance = Chance("feed", seed)
    dawn = midnight(day)
    plan = plan_day(site, records, dawn, chance)
    messages = messages_of_day(plan, records, dawn, chance)
    known = {sensor.id for sensor in plan.cast.sensors}
    speaks = habits({message.device for message in messages})
    with _opened(out) as file:
        file.writelines(feed_line(message, speaks[message.device]) for message in messages)
    totals = totals_of(messages, speaks, frozenset(speaks.keys() - known))
    result = truth_of(seed, day, plan.episodes, [*plan.nuisances, *plan.mishaps.nuisances], totals)
    if truth is not None:
        truth.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return result


def plan_day(site: Path, records: int, dawn: int, chance: Chance) -> Day:
    """Who does what: true events first, then nuisances, then faults, each with sensors of its own."""
    cast = read_cast(site)
    share = min(1.0, records / FULL_DAY)
    gauges = gauges_of(_gauges(cast, share, chance.of("gauges")), dawn, chance.of("weather"))
    episodes = told(PLOTS, cast, dawn, chance.of("episodes")) + storms(gauges, dawn)
    count = max(FEWEST_NUISANCES, round(NUISANCES * share))
    nuisances = befallen(count, cast, episodes, dawn, chance.of("nuisances"))
    return Day(cast, episodes, nuisances, mishaps(cast, share, dawn, chance.of("mishaps")), gauges)


def _gauges(cast: Cast, share: float, chance: Chance) -> list[Sensor]:
    """As many as the feed has room for; at least two in each county of the storm."""
    gauges = [sensor for sensor in cast.sensors if sensor.type == "rain_gauge"]
    groups = [[gauge for gauge in gauges if gauge.township.startswith(county)] for county in CORE]
    others = [gauge for gauge in gauges if not gauge.township.startswith(CORE)]
    chosen = [gauge for group in groups for gauge in chance.shuffled(group)[: max(2, round(len(group) * share))]]
    return chosen + chance.shuffled(others)[: round(len(others) * share * share)]


def messages_of_day(plan: Day, records: int, dawn: int, chance: Chance) -> list[Message]:
    """Exactly ``records`` messages in the order of their receipt."""
    scripted = plan.scripted()
    copies, bad = max(6, round(records * RESENT_SHARE)), max(15, round(records * GARBAGE_SHARE))
    others = [sensor for sensor in plan.cast.sensors if sensor.type != "rain_gauge"]
    demand = sum(DAY / sensor.heartbeat for sensor in plan.cast.sensors if sensor.heartbeat) / records
    pace = PLAYERS_AT_MOST if records < FULL_DAY // 8 else min(1.0, demand)
    rain = [
        message
        for gauge in plan.gauges
        for message in reported(gauge, dawn, round(gauge.sensor.heartbeat * pace), chance.of("rain", gauge.sensor.id))
    ]
    players = frozenset(message.device for message in scripted) | _named(plan.mishaps)
    room = records - len(scripted) - len(rain) - copies - bad
    windows = _windows(scripted)
    crowd = crowd_of(others, windows, players, room - max(30, room // 80), chance.of("crowd"))
    ordinary = ordinary_day(crowd, dawn, windows, chance.of("ordinary"))
    made = in_order(scripted + rain + ordinary)
    missing = records - copies - bad - len(through(made, plan.mishaps.faults))
    if missing < 0:
        raise ValueError(f"{records} records are too few for this site's day: {records - missing} are needed")
    extra = extra_reports(ordinary, missing, crowd, dawn, chance.of("extra"))
    healthy = numbered(in_order(made + extra))
    faults = [
        *plan.mishaps.faults,
        resent(chance.of("resent"), copies, dawn + DAY),
        garbage(chance.of("garbage"), bad, dawn + DAY, players),
    ]
    return through(healthy, faults)


def _named(day: Mishaps) -> frozenset[str]:
    return frozenset(device for nuisance in day.nuisances for device in nuisance.devices)


def _windows(scripted: list[Message]) -> dict[str, list[tuple[int, int]]]:
    """When each player plays: from its first to its last scripted message."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for message in scripted:
        ((start, stop),) = spans.setdefault(message.device, [(message.at, message.at)])
        spans[message.device] = [(min(start, message.at), max(stop, message.at))]
    return spans


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The same bytes each time: no name and no time in the packed file."""
    with path.open("wb") as raw:
        if path.suffix != ".gz":
            with io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as file:
                yield file
            return
        with (
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as file,
        ):
            yield file
