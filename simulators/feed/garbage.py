"""Messages that are wrong in themselves: one row per way of being wrong, mixed into the stream by a wrapper.

``refused``: nothing in it can be used. ``partly``: a bad value beside good ones, which count. ``marked``:
all of it counts, though the site files know nothing of the device or the metric.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.feed.chance import Chance
from simulators.feed.faults import Fault
from simulators.feed.moments import MINUTE, SECOND
from simulators.feed.stream import Message, Reading, habit, payload_text

DEEP = 600


@dataclass(frozen=True, slots=True)
class Way:
    """``spoil`` turns a good payload, given with its values, into a bad one."""

    name: str
    outcome: str
    spoil: Callable[[str, str], str | bytes]


def _beside(extra: str) -> Callable[[str, str], str]:
    return lambda good, values: good.replace(values, f"{values},{extra}", 1)


def _only(extra: str) -> Callable[[str, str], str]:
    return lambda good, values: good.replace(values, extra, 1)


WAYS: tuple[Way, ...] = (
    Way("cut_short", "refused", lambda good, _: good[: len(good) * 2 // 3]),
    Way("not_utf8", "refused", lambda good, _: good.encode()[:-1] + b',"note":"\xc9\xdc\xd0\xcb\xff"}'),
    Way("no_payload", "refused", lambda _good, _values: b""),
    Way("no_values", "refused", lambda _good, _values: '{"note":"hello"}'),
    Way("number_as_text", "refused", _only('"temperature":"23.5"')),
    Way("nan", "refused", _only('"temperature":NaN')),
    Way("out_of_range", "refused", _only('"temperature":-273.2')),
    Way("nested", "refused", lambda _good, _values: '{"values":' * DEEP + "{}" + "}" * DEEP),
    Way("not_an_object", "refused", lambda _good, _values: '"ok"'),
    Way("value_is_a_list", "refused", _only('"temperature":[21.5,21.7]')),
    Way("out_of_range_beside", "partly", _beside('"so2":-40')),
    Way("nan_beside", "partly", _beside('"no2":NaN')),
    Way("text_beside", "partly", _beside('"hcl":"n/a"')),
    Way("unknown_metric", "marked", _beside('"vibration":0.12')),
    Way("unknown_device", "marked", lambda good, _: good),
)


def garbage(chance: Chance, count: int, until: int, spared: frozenset[str]) -> Fault:
    """``count`` bad messages from devices that sent a good one moments before; all ways in turn.

    ``spared`` devices play a part elsewhere, which a stray message would disturb.
    """

    def apply(messages: list[Message]) -> list[Message]:
        models = [message for message in messages if message.device not in spared and _can_be_spoilt(message, until)]
        if not models:
            return messages
        ways = [WAYS[number % len(WAYS)] for number in range(count)]
        return messages + [_spoilt(way, chance.pick(models), chance.whole(5 * SECOND, 50 * SECOND)) for way in ways]

    return apply


def _can_be_spoilt(message: Message, until: int) -> bool:
    """Plain readings that say nothing of flags, from a device that tells the time."""
    plain = not message.fault and len(message.readings) == 1 and message.readings[0].flags is None
    return plain and bool(message.readings[0].values) and message.at < until - MINUTE and habit(message.device).timed


def _spoilt(way: Way, model: Message, later: int) -> Message:
    before = model.readings[0]
    metrics = (
        () if way.outcome == "refused" else before.metrics + (("vibration",) if way.name == "unknown_metric" else ())
    )
    reading = Reading(before.ts + later, metrics, before.values)
    device = f"X-{model.device}" if way.name == "unknown_device" else model.device
    good = payload_text(Message(model.at + later, device, (reading,)), habit(model.device))
    bad = way.spoil(good, before.values)
    readings = (reading,) if metrics else ()
    fault = f"{way.outcome}:{way.name}"
    return Message(model.at + later, device, readings, fault, bad if isinstance(bad, bytes) else bad.encode())
