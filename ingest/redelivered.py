"""Recognises messages that the broker delivers again after a reconnect, though they are already stored.

What was stored but is not known to be acknowledged is remembered in order, by packet id and content. After a reconnect
a broker first delivers again what it has no acknowledgement for. How that is seen depends on the broker:

- As MQTT has it, under the same packet id and with the DUP flag. What is flagged was stored if it is remembered; the
  flag alone does not say so, for a message that was on its way to us when we ended bears it as well.
- rumqttd counts packet ids anew from 1 with each connection and sets no flag. There the first deliveries are compared
  with the remembered ones by content, from some place on, up to the first that differs:

    remembered   a b c d e          delivered   d e f …        d, e: again      f: new
"""

from collections import deque
from collections.abc import Sequence
from hashlib import blake2b

DIGEST_BYTES = 16
ID_BYTES = 2
ENTRY_BYTES = ID_BYTES + DIGEST_BYTES


def entry_of(mid: int, mqtt_topic: str, payload: bytes, at: str) -> bytes:
    """By what a message is recognised: packet id, and a digest of topic, payload and ``at`` property."""
    digest = blake2b(f"{mqtt_topic}\n{at}\n".encode() + payload, digest_size=DIGEST_BYTES).digest()
    return mid.to_bytes(ID_BYTES, "big") + digest


MOST = 50_000
"""More than any broker has under way to one client; a fence keeps the list far shorter."""
FIRST_ID = (1).to_bytes(ID_BYTES, "big")


class Redelivered:
    """``packed`` is what an earlier program stored with its last batch."""

    def __init__(self, packed: bytes = b"") -> None:
        self._unknown: deque[bytes] = deque(
            (packed[place : place + ENTRY_BYTES] for place in range(0, len(packed), ENTRY_BYTES)), maxlen=MOST
        )
        self._added = len(self._unknown)
        self._expected: list[bytes] = []
        self._places: set[int] = set()
        self._first = False
        self._counts_anew = False

    def pack(self) -> bytes:
        """The entries not known to be acknowledged, in order, to be stored with what they caused."""
        return b"".join(self._unknown)

    def stored(self, entries: Sequence[bytes]) -> None:
        """These are being stored now; they are acknowledged after that."""
        self._unknown.extend(entries)
        self._added += len(entries)

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

    def again(self, entry: bytes, flagged: bool) -> bool:
        """Whether this was stored before the reconnect; ``flagged`` is the broker's own DUP flag."""
        if not self._expected:
            return False
        if self._first:
            self._counts_anew = not flagged and entry.startswith(FIRST_ID)
        again = self._by_content(entry[ID_BYTES:]) if self._counts_anew else self._by_flag(entry, flagged)
        self._first = False
        return again

    def _by_flag(self, entry: bytes, flagged: bool) -> bool:
        if not flagged:
            self._expected = []  # the broker has come to what it delivers for the first time
            return False
        passed = max(self._places, default=-1) + 1
        try:
            self._places = {self._expected.index(entry, passed)}
        except ValueError:
            return False
        return True

    def _by_content(self, digest: bytes) -> bool:
        expected = self._expected
        if self._first:
            matching = {place for place, entry in enumerate(expected) if entry[ID_BYTES:] == digest}
        elif any(place + 1 == len(expected) for place in self._places):
            matching = set()  # one list that matched to its end is over
        else:
            matching = {place + 1 for place in self._places if expected[place + 1][ID_BYTES:] == digest}
        self._places = matching
        if not matching:
            self._expected = []
        return bool(matching)
