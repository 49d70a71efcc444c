"""A shard as a worker holds it: what of its work is told, on its way, and kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from pipeline.cluster.shard import Shard
from rules.events import Event


@dataclass
class Held:
    """A shard at work: what is judged but not kept yet is not acknowledged.

    ``unkept`` is the newest packet since the state was kept, ``since`` when the first came, ``said`` what is not told
    yet, ``told`` the time of the shard that was told last, ``sending`` what Kafka may not have yet of that, ``hole``
    why its newest packet could not be taken.
    """

    shard: Shard
    unkept: Any = None
    since: float = 0.0
    said: list[Event] = field(default_factory=list)
    told: int = -1
    sending: list[asyncio.Future[Any]] = field(default_factory=list)
    hole: str = ""
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def arrived(self) -> None:
        """Once Kafka has all that was told of the shard; raises what it has against it."""
        waited = list(self.sending)
        await asyncio.gather(*waited)
        done = set(map(id, waited))  # several may wait for the same: taken out only now
        self.sending = [one for one in self.sending if id(one) not in done]
