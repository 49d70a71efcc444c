"""Sees that what Kafka has for a shard reaches the rules; asks again for what got lost underway, and gives up in time.

A Faust worker may come out of a rebalance with partitions that it never fetches, or drop what it has just fetched,
and says nothing of either.

    taken ≤ fetched ≤ position ≤ end
          └ lost?   └─ never fetched?
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

AGAIN_SECONDS = 1.0
"""How long what was fetched may be on its way to the rules before it is asked for again."""
STUCK_SECONDS = 15.0
"""How long a shard may stand still before its end."""
SETTLE_SECONDS = 60.0
"""The same while shards change hands, and for a consumer that does not answer at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a shard is, in offsets of its partition.

    ``end`` of what Kafka may give, ``position`` of the next fetch, the newest packet that was ``fetched``, and that was
    ``taken`` by the rules; -1 before the first.
    """

    end: int
    position: int
    fetched: int
    taken: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The shards that are to be read again from what they took, and why the worker has to end, if it has."""

    again: list[int]
    stuck: str = ""


@dataclass(slots=True)
class _Seen:
    position: int
    taken: int
    since: float
    asked: float


@dataclass
class Watchdog:
    """Time is an argument: seconds of a clock that never goes back."""

    _seen: dict[int, _Seen] = field(default_factory=dict)
    _looked: float | None = None
    _silent: float = 0.0

    def look(self, now: float, places: Mapping[int, Place] | None, changing: bool) -> Verdict:
        """Once a second; ``places`` is None where the consumer did not answer; ``changing``: shards change hands."""
        passed, self._looked = now - (self._looked or now), now
        if places is None:
            self._silent += passed
            for seen in self._seen.values():
                seen.since += passed
                seen.asked += passed
            silent = self._silent
            return Verdict([], f"the consumer has not answered for {silent:.0f} s" if silent > SETTLE_SECONDS else "")
        self._silent = 0.0
        self._seen = {shard: self._moved(now, shard, place) for shard, place in places.items()}
        limit = SETTLE_SECONDS if changing else STUCK_SECONDS
        for shard, place in places.items():
            still = now - self._seen[shard].since
            if still > limit:
                return Verdict(
                    [],
                    f"shard {shard} stands still for {still:.0f} s: judged up to {place.taken}, fetched up to "
                    f"{place.fetched}, reads on at {place.position} of {place.end}",
                )
        return Verdict([] if changing else [shard for shard in places if self._lost(now, shard, places[shard])])

    def still(self, now: float) -> dict[int, float]:
        """For how many seconds each shard has not come on."""
        return {shard: now - seen.since for shard, seen in self._seen.items()}

    def _moved(self, now: float, shard: int, place: Place) -> _Seen:
        """What is known of the shard from now on; reading once more what was read before is no progress."""
        seen = self._seen.get(shard) or _Seen(-1, -2, now, now)
        done = place.taken >= place.fetched and place.position >= place.end
        if done or place.taken > seen.taken or (place.position > seen.position and place.taken >= place.fetched):
            seen.since = seen.asked = now
        seen.position = max(seen.position, place.position)
        seen.taken = max(seen.taken, place.taken)
        return seen

    def _lost(self, now: float, shard: int, place: Place) -> bool:
        seen = self._seen[shard]
        if place.taken >= place.fetched or now - seen.asked < AGAIN_SECONDS:
            return False
        seen.asked = now
        return True
