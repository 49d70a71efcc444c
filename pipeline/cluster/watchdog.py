"""Ends a worker that is alive but reads nothing though there is something to read; its supervisor starts it again.

A Faust worker may come out of a rebalance with partitions that it never fetches, and says nothing of it.
"""

import asyncio
import os
import time
from typing import Any

WATCH_SECONDS = 3.0
STUCK_SECONDS = 15.0
"""How long a partition may stand still before its end."""
ANSWER_SECONDS = 30.0


class Watchdog:
    """Looks at the consumer's place in each of its partitions of ``kafka_topic``."""

    def __init__(self, app: Any, kafka_topic: str) -> None:
        self._app = app
        self._kafka_topic = kafka_topic
        self._seen: dict[Any, tuple[int | None, float]] = {}

    async def look(self) -> None:
        """Once in a while."""
        now = time.monotonic()
        try:
            places = await asyncio.wait_for(self._places(), ANSWER_SECONDS)
        except TimeoutError:
            self._end(f"the consumer did not answer within {ANSWER_SECONDS:.0f} s")
            return
        except Exception:  # not started yet, or Kafka is away: then there is nothing to read
            self._seen = {}
            return
        self._seen = {where: self._seen.get(where, (None, now)) for where in places}
        for where, (place, end) in places.items():
            before, since = self._seen[where]
            if place != before or place is None or place >= end:
                self._seen[where] = (place, now)
            elif now - since > STUCK_SECONDS:
                self._end(f"partition {where.partition} stands at {place} of {end} for {now - since:.0f} s")

    async def _places(self) -> dict[Any, tuple[int | None, int]]:
        """Where the consumer is in each partition, and its end."""
        consumer = self._app.consumer
        mine = [where for where in consumer.assignment() if where.topic == self._kafka_topic]
        ends = await consumer.highwaters(*mine) if mine else {}
        return {where: (await consumer.position(where), ends[where]) for where in mine if where in ends}

    def _end(self, why: str) -> None:
        print(f"worker: stuck: {why}; leaving, to be started again", flush=True)
        os._exit(1)
