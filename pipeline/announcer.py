"""Publishes alert events on MQTT at least once each, in order, and knows up to which one the broker has them."""

from collections import deque
from collections.abc import Iterable
from functools import partial

import msgspec

from ingest.mqtt import MqttSource
from ingest.topics import event_topic
from rules.events import Event, outside


class Announcer:
    """``confirmed`` counts the events that the broker has, from the first ever; it is stored with every batch.

    ``waiting`` are the stored events after those, left by an earlier program.
    """

    def __init__(self, source: MqttSource, offset_minutes: int, confirmed: int, waiting: Iterable[Event]) -> None:
        self._source = source
        self._offset = offset_minutes
        self.confirmed = confirmed
        self._waiting = deque(waiting)
        self._under_way = 0

    def add(self, events: Iterable[Event]) -> None:
        """These were stored just now."""
        self._waiting.extend(events)

    def send(self) -> None:
        """Publish what has not been since the last connect."""
        while self._under_way < len(self._waiting):
            event = self._waiting[self._under_way]
            body = msgspec.json.encode(outside(event, self._offset))
            has_it = partial(self._has, self.confirmed + self._under_way + 1)
            if not self._source.publish(event_topic(event.township, event.level), body, has_it):
                return
            self._under_way += 1

    def waits(self) -> bool:
        """Whether the broker is not known to have them all."""
        return bool(self._waiting)

    def reconnected(self) -> None:
        """What was on its way through the lost connection is published again."""
        self._under_way = 0

    def _has(self, number: int) -> None:
        """The broker has all events up to ``number``: it confirms in order."""
        while self.confirmed < number:
            self.confirmed += 1
            self._waiting.popleft()
            self._under_way -= 1
