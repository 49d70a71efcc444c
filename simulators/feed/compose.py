"""The plan as one stream of exactly so many messages: parts, rain, ordinary reports, then what goes wrong."""

from simulators.feed.chance import Chance
from simulators.feed.faults import resent, through
from simulators.feed.garbage import garbage
from simulators.feed.moments import DAY
from simulators.feed.ordinary import PLAYERS_AT_MOST, Windows, crowd_of, extra_reports, ordinary_day
from simulators.feed.plan import FULL_DAY, Plan
from simulators.feed.stream import Message, in_order, numbered
from simulators.feed.weather import reported

RESENT_SHARE = 0.006
GARBAGE_SHARE = 0.0045


def messages_of_day(plan: Plan, chance: Chance) -> list[Message]:
    """Exactly ``plan.records`` messages in the order of their receipt.

    Faults change the count (an array stands for many, a dropout for none), so they are tried on the stream
    first; what is then missing comes as extra reports of sensors that no fault touches.
    """
    dawn, scripted, rain = plan.lives.dawn, plan.scripted(), _rain(plan, chance.of("rain"))
    copies, bad = max(6, round(plan.records * RESENT_SHARE)), max(15, round(plan.records * GARBAGE_SHARE))
    players = frozenset(message.device for message in scripted) | _troubled(plan)
    windows = _windows(scripted)
    room = plan.records - len(scripted) - len(rain) - copies - bad
    sensors = [sensor for sensor in plan.sensors if sensor.type != "rain_gauge"]
    crowd = crowd_of(sensors, windows, players, room - max(30, room // 80), chance.of("crowd"))
    ordinary = ordinary_day(crowd, plan.lives, windows, chance.of("ordinary"))
    made = in_order(scripted + rain + ordinary)
    missing = plan.records - copies - bad - len(through(made, plan.mishaps.faults))
    if missing < 0:
        raise ValueError(f"{plan.records} records are too few for this site's day: it needs {plan.records - missing}")
    extra = extra_reports(ordinary, missing, crowd, dawn, chance.of("extra"))
    faults = [
        *plan.mishaps.faults,
        resent(chance.of("resent"), copies, dawn + DAY),
        garbage(chance.of("garbage"), bad, dawn + DAY, players),
    ]
    return through(numbered(in_order(made + extra)), faults)


def _rain(plan: Plan, chance: Chance) -> list[Message]:
    """All gauges' days; while it is dry they report as often as everybody else."""
    demand = sum(DAY / sensor.heartbeat for sensor in plan.sensors if sensor.heartbeat) / plan.records
    pace = PLAYERS_AT_MOST if plan.records < FULL_DAY // 8 else min(1.0, demand)
    return [
        message
        for gauge in plan.gauges
        for message in reported(
            gauge, plan.lives.dawn, round(gauge.sensor.heartbeat * pace), chance.of(gauge.sensor.id)
        )
    ]


def _troubled(plan: Plan) -> frozenset[str]:
    """Devices with a fault of transport."""
    return frozenset(device for nuisance in plan.mishaps.nuisances for device in nuisance.devices)


def _windows(scripted: list[Message]) -> Windows:
    """When each player plays: from its first to its last scripted message."""
    spans: dict[str, tuple[int, int]] = {}
    for message in scripted:
        start, stop = spans.get(message.device, (message.at, message.at))
        spans[message.device] = (min(start, message.at), max(stop, message.at))
    return {device: (span,) for device, span in spans.items()}
