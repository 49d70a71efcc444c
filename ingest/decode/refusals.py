"""What a batch of messages refuses, bounded for each message, however much of it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from reprlib import Repr
from typing import NamedTuple

from ingest.message import Message
from ingest.metrics import FLAGS
from ingest.rejected import Reason, Rejected

MOST = 100
"""Refusals kept of one message: a megabyte of nonsense must not become a million rows."""

LEFT_OUT = "; what else is wrong with this message is left out"

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 2


def shown(value: object) -> str:
    """A strange value as a refusal quotes it: shortened and printable."""
    return _SHORT.repr(value)


class Refusal(NamedTuple):
    """Why something is not believed; ``detail`` says what was found and expected."""

    reason: Reason
    detail: str


@dataclass(slots=True)
class Refusals:
    """Those of the messages of one batch, in the order in which they were found."""

    messages: Sequence[Message]
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, place: int, reason: Reason, detail: str) -> None:
        """Refuse the message at ``place``, or a part of it."""
        if self._count(place, MOST):
            return
        if self._count(place, MOST - 1):
            detail += LEFT_OUT
        message = self.messages[place]
        self.rejected.append(Rejected(place, reason, message.mqtt_topic, message.payload, message.at, detail))

    def _count(self, place: int, many: int) -> bool:
        """Whether the message has ``many`` refusals already: those of one message stand together."""
        return len(self.rejected) >= many and self.rejected[-many].message == place


def unknown_flag(word: object) -> Refusal:
    """A word of ``flags`` that is none."""
    return Refusal(Reason.UNKNOWN_FLAG, f"flags: found {shown(word)}; expected one of {', '.join(FLAGS)}")
