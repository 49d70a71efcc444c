"""Recognises messages that the broker delivers again after a reconnect, though they are already stored.

What was stored but is not known to be acknowledged is remembered in order. After a reconnect the broker
starts with its oldest unacknowledged message, so its first deliveries are compared with the remembered ones
from some place on, up to the first that differs:

    remembered   a b c d e          delivered   d e f …        d, e: again      f: new
"""

from collections import deque
from collections.abc import Sequence
from hashlib import blake2b

DIGEST_BYTES = 16


def digest(mqtt_topic: str, payload: bytes, at: str) -> bytes:
    """By what a message is recognised: topic, payload and its ``at`` property ('' where it has none)."""
    return blake2b(f"{mqtt_topic}\n{at}\n".encode() + payload, digest_size=DIGEST_BYTES).digest()


MOST = 50_000
"""More than any broker has under way to one client; a fence keeps the list far shorter."""


class Redelivered:
    """``packed`` is what an earlier program stored with its last batch."""

    def __init__(self, packed: bytes = b"") -> None:
        self._unknown: deque[bytes] = deque(
            (packed[place : place + DIGEST_BYTES] for place in range(0, len(packed), DIGEST_BYTES)), maxlen=MOST
        )
        self._added = len(self._unknown)
        self._expected: list[bytes] = []
        self._places: set[int] = set()
        self._first = False

    def pack(self) -> bytes:
        """The digests not known to be acknowledged, in order, to be stored with what they caused."""
        return b"".join(self._unknown)

    def stored(self, digests: Sequence[bytes]) -> None:
        """These are being stored now; they are acknowledged after that."""
        self._unknown.extend(digests)
        self._added += len(digests)

    def mark(self) -> int:
        """The place behind all that was delivered on this connection: what is still expected may yet come again."""
        passed = min(self._places, default=-1) + 1
        return self._added - max(0, len(self._expected) - passed)

    def acknowledged(self, mark: int) -> None:
        """All up to a :meth:`mark` are known to be acknowledged."""
        while self._unknown and self._added - len(self._unknown) < mark:
            self._unknown.popleft()

    def reconnected(self, session_kept: bool) -> None:
        """From now on compare; a broker that has lost our session delivers nothing again."""
        if not session_kept:
            self._unknown.clear()
        self._expected = list(self._unknown)
        self._places = set()
        self._first = True

    def again(self, found: bytes, flagged: bool) -> bool:
        """Whether this digest was stored before the reconnect; ``flagged`` is the broker's own DUP flag."""
        if not self._expected:
            return False
        end = len(self._expected)
        if self._first:
            matching = {place for place in range(end) if self._expected[place] == found}
        else:
            ended = any(place + 1 == end for place in self._places)
            matching = {place + 1 for place in self._places if place + 1 < end and self._expected[place + 1] == found}
            if ended and not flagged:
                matching = set()
        self._first = False
        self._places = matching
        if not matching:
            self._expected = []
        return bool(matching)
