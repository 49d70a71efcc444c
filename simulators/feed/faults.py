"""What goes wrong between a sensor and the broker: each fault is a wrapper over the stream of messages.

outage    a gateway keeps its readings and uploads them after the first live one: a late batch
skewed    a device's clock is off: fast, or back in 1970
dropout   a device says nothing for a while
resent    exact copies come again
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from simulators.feed.chance import Chance
from simulators.feed.moments import MINUTE, SECOND
from simulators.feed.stream import Message, habits, in_order

Fault = Callable[[list[Message]], list[Message]]


def through(messages: list[Message], faults: Iterable[Fault]) -> list[Message]:
    """The stream after every fault in turn."""
    for fault in faults:
        messages = in_order(fault(messages))
    return messages


def outage(devices: Iterable[str], start: int, stop: int) -> Fault:
    """Readings taken in the gap arrive as one array per device, right after its first live message."""
    behind = frozenset(devices)

    def apply(messages: list[Message]) -> list[Message]:
        kept: list[Message] = []
        held: dict[str, list[Message]] = defaultdict(list)
        for message in messages:
            if message.device in behind and start <= message.at < stop:
                held[message.device].append(message)
                continue
            kept.append(message)
            if message.at >= stop and held.get(message.device):
                readings = tuple(reading for late in held.pop(message.device) for reading in late.readings)
                kept.append(Message(message.at + 1500, message.device, readings, "late_batch"))
        return kept

    return apply


def skewed(device: str, start: int, stop: int, shift: int) -> Fault:
    """The device's own times are off by ``shift`` from ``start`` to ``stop``."""

    def apply(messages: list[Message]) -> list[Message]:
        return [
            replace(
                message,
                readings=tuple(replace(reading, shift=shift) for reading in message.readings),
                fault=message.fault or "clock",
            )
            if message.device == device and start <= message.at < stop
            else message
            for message in messages
        ]

    return apply


def dropout(device: str, start: int, stop: int) -> Fault:
    """Nothing comes from the device between the two times."""

    def apply(messages: list[Message]) -> list[Message]:
        return [message for message in messages if message.device != device or not start <= message.at < stop]

    return apply


def resent(chance: Chance, count: int, until: int) -> Fault:
    """``count`` messages come once more, 0.2 to 90 s later; only such as bear a time, so that a copy is known."""

    def apply(messages: list[Message]) -> list[Message]:
        speaks = habits({message.device for message in messages})
        whole = [message for message in messages if not message.fault and speaks[message.device].timed]
        eligible = [message for message in whole if message.at < until - 2 * MINUTE]
        copies = [
            replace(message, at=message.at + chance.whole(200, 90 * SECOND), fault="duplicate")
            for message in _sample(chance, eligible, count)
        ]
        return messages + copies

    return apply


def _sample(chance: Chance, messages: Sequence[Message], count: int) -> list[Message]:
    """``count`` of them, or all where there are fewer; some come more than once only as different messages."""
    places = {chance.whole(0, len(messages) - 1) for _ in range(count)} if messages else set()
    spare = iter(range(len(messages)))
    while len(places) < min(count, len(messages)):
        places.add(next(spare))
    return [messages[place] for place in sorted(places)]
