"""A rulebook of every kind, a handful of devices, and lively rows for them: the ground of the laws."""

import random

from ingest.inputs import BREAK, END, NO_SEQ, TICK
from ingest.metrics import FLAGS_METRIC, METRIC_NUMBER
from ingest.timing import Timing
from tests.rules.world import BEGIN, Row, World, place

RULES = """
[[rule]]
id = "gas"
kind = "ladder"
metric = "gas"
clear_after = "20s"
[rule.level.blue]
raise = 10.0
reset = 10.0
[rule.level.yellow]
raise = 20.0
reset = 15.0
hold = "10s"
[rule.level.red]
raise = 50.0
reset = 20.0
[[rule]]
id = "oxygen"
kind = "ladder"
metric = "oxygen"
direction = "below"
devices = ["gas"]
[rule.level.orange]
raise = 19.5
reset = 20.0
hold = "5s"
[[rule]]
id = "fire"
kind = "flag"
flag = "fire"
level = "orange"
clear_after = "30s"
[[rule]]
id = "rain"
kind = "window_sum"
metric = "rain"
clear_after = "2m"
[rule.level.blue]
any = [{ within = "1m", amount = 1.0 }, { within = "5m", amount = 1.5 }]
[rule.level.red]
any = [{ within = "3m", amount = 3.0 }]
[[rule]]
id = "quiet"
kind = "absence"
misses = 2
level = "blue"
[[rule]]
id = "gone"
kind = "absence"
misses = 5
level = "yellow"
"""
TIMING = Timing(lateness=5_000, stale=60_000)
METRICS = [FLAGS_METRIC, *(METRIC_NUMBER[name] for name in ("gas", "oxygen", "rain", "battery"))]
VALUES = [0.0, -0.0, 0.4, 1.0, 1.6, 5.0, 10.0, 15.0, 19.5, 20.0, 21.0, 50.0, 99.0]
ABSURD = [float("nan"), float("inf"), -float("inf"), 1e300, -1e300, -1.0, 5e-324]


def world(interpreted: bool = True) -> World:
    known = [place("a", "gas", 20), place("b", "smoke", 45), place("c", "gas", 0), place("d", "rain_gauge", 60)]
    made = World(RULES, known, interpreted, TIMING)
    for number in range(40):
        made.vocabulary.device(f"stranger {number}")
    return made


def some_rows(seed: int, count: int = 150) -> list[Row]:
    """A lively hour: pauses and bursts, late ones, duplicates, ticks that come seldom, absurd values."""
    chance = random.Random(seed)
    rows: list[Row] = []
    readings: list[Row] = []
    at = BEGIN + chance.randrange(60_000)
    for _ in range(count):
        at += chance.choice([0, 0, 200, 1_000, 4_321, 30_000, 90_000])
        kind = chance.random()
        if kind < 0.1:
            at = at // 1000 * 1000
            rows.append(clock_row(TICK, at))
        elif kind < 0.13:
            rows.append(clock_row(BREAK, at, float(chance.choice([1_000, 60_000]))))
        elif kind < 0.25 and readings:
            rows.append(chance.choice(readings[-5:]) | {"at": at})
        else:
            ts = at - chance.choice([0, 0, 0, 500, 5_000, 59_000, 200_000])
            value = chance.choice(ABSURD) if chance.random() < 0.03 else chance.choice(VALUES)
            readings.append(
                {
                    "device": chance.choice([0, 0, 1, 2, 3, 3, chance.randrange(44)]),
                    "metric": chance.choice(METRICS),
                    "value": value,
                    "ts": ts,
                    "sent": ts,
                    "seq": chance.choice([NO_SEQ, NO_SEQ, 1, 2]),
                    "at": at,
                    "message": 0,
                    "marks": 0,
                }
            )
            rows.append(readings[-1])
    return [*rows, clock_row(END, at)]


def clock_row(kind: int, at: int, value: float = 0.0) -> Row:
    times = {"ts": at, "sent": at, "at": at}
    return times | {"device": -1, "metric": kind, "value": value, "seq": -1, "message": -1, "marks": 0}
