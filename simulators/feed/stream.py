"""What devices send: readings in messages, and the feed line that each message becomes."""

import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from simulators.feed.moments import OFFSET, rfc3339

TOPIC = "fengshao/v1/up/"


class Reading(Struct, frozen=True):
    """One reading as the device took it at ``ts``. ``values`` is JSON text without its braces.

    ``metrics`` names what it carries (``flags`` among them when it speaks of flags); ``flags`` is JSON text
    without brackets, None when it says nothing of flags; ``shift`` is how far the device's clock was off.
    """

    ts: int
    metrics: tuple[str, ...]
    values: str
    flags: str | None = None
    seq: int | None = None
    shift: int = 0


class Message(Struct, frozen=True):
    """One MQTT message, received at ``at``. ``fault`` names what is wrong with it; ``raw`` replaces its payload."""

    at: int
    device: str
    readings: tuple[Reading, ...]
    fault: str = ""
    raw: bytes | None = None


Style = Callable[[int], str]
"""How a device writes its time, as JSON text; empty when it sends none."""


def _beijing(ms: int) -> str:
    return f'"{rfc3339(ms)}"'


def _zulu(ms: int) -> str:
    return f'"{rfc3339(ms - OFFSET)[:-6]}Z"'


def _untimed(_ms: int) -> str:
    return ""


STYLES: tuple[Style, ...] = (*[_beijing] * 6, str, str, _zulu, _untimed)
"""Of ten devices six write Beijing time, two epoch milliseconds, one UTC, one no time at all."""


class Habit(NamedTuple):
    """How a device speaks: the style of its time, and whether it numbers its readings."""

    style: Style
    numbered: bool

    @property
    def timed(self) -> bool:
        return self.style is not _untimed


def habit(device: str) -> Habit:
    """Decided by the device's name alone, so it is the same in every feed."""
    mixed = sum((place + 7) * ord(letter) for place, letter in enumerate(device)) * 2654435761 % 2**32
    return Habit(STYLES[(mixed >> 8) % len(STYLES)], bool(mixed >> 24 & 1))


def habits(devices: Iterable[str]) -> dict[str, Habit]:
    """The habit of each."""
    return {device: habit(device) for device in devices}


def reading_text(reading: Reading, speaks: Habit) -> str:
    """The reading as a JSON object."""
    time = speaks.style(reading.ts + reading.shift)
    parts = [f'"ts":{time}'] if time else []
    if reading.seq is not None:
        parts.append(f'"seq":{reading.seq}')
    if reading.values:
        parts.append(f'"values":{{{reading.values}}}')
    if reading.flags is not None:
        parts.append(f'"flags":[{reading.flags}]')
    return f"{{{','.join(parts)}}}"


def payload_text(message: Message, speaks: Habit) -> str:
    """The payload as it would be published."""
    if len(message.readings) == 1:
        return reading_text(message.readings[0], speaks)
    return f"[{','.join(reading_text(reading, speaks) for reading in message.readings)}]"


def feed_line(message: Message, speaks: Habit) -> str:
    """The message as a line of the feed file."""
    payload = payload_text(message, speaks) if message.raw is None else f'{{"hex":"{message.raw.hex()}"}}'
    topic = json.dumps(TOPIC + message.device, ensure_ascii=False)
    return f'{{"at":"{rfc3339(message.at)}","topic":{topic},"payload":{payload}}}\n'


def in_order(messages: Iterable[Message]) -> list[Message]:
    """By time of receipt; what is received at the same moment stays in the order in which it was made."""
    return sorted(messages, key=lambda message: message.at)


def numbered(messages: list[Message]) -> list[Message]:
    """The same messages with the devices' own counters set, in the order in which the readings were taken."""
    counters: dict[str, int] = {}
    speaks = habits({message.device for message in messages})
    result = []
    for message in messages:
        if speaks[message.device].numbered:
            first = counters.get(message.device, 1)
            counters[message.device] = first + len(message.readings)
            readings = tuple(replace(reading, seq=first + n) for n, reading in enumerate(message.readings))
            message = replace(message, readings=readings)
        result.append(message)
    return result
