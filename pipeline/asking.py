"""What a road asks of a desk, wherever the board's orders come from, and what it says to them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from alerts.model import Answer

Reply = Mapping[str, Any]

DONE: Reply = {"ok": True}
TOO_LATE: Reply = {
    "ok": False,
    "why": "后台没有及时看到,未予登记,请再答复一次",
    "why_en": "the road did not see this in time and did not record it; please answer again",
}


class Request(Protocol):
    """One order from the board."""

    @property
    def order(self) -> Mapping[str, Any]: ...

    @property
    def late(self) -> bool:
        """Whether whoever asked has stopped waiting: then it is not done any more."""

    @property
    def row(self) -> int | None:
        """The row that keeps the reply in the transaction of what the order caused; None where there is none."""

    def reply(self, reply: Reply) -> None:
        """Called once, after the commit."""


class RequestSource(Protocol):
    """The desk, as the road sees it."""

    def requests(self) -> Sequence[Request]:
        """What was handed in since the last call."""


def answer_of(order: Mapping[str, Any], now: int) -> Answer | Reply:
    """The answer that somebody gives now, or why the order is none."""
    try:
        return msgspec.convert({**order, "at": now}, Answer)
    except msgspec.ValidationError as wrong:
        return {"ok": False, "why": str(wrong)}
