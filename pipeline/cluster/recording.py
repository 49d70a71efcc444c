"""The cluster's second half of a step: what the workers tell becomes entries of the ledger, and positions to keep."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from heapq import merge

import numpy as np

from alerts.ledger import Ledger, entry_time, record
from ingest.decode import Decoded
from ingest.rejected import Rejected
from ingest.vocabulary import Vocabulary
from pipeline.clocks import NO_ROWS
from pipeline.cluster.intake import Intake, Record
from pipeline.cluster.order import Order
from pipeline.cluster.positions import next_of
from pipeline.cluster.refusals import unpack_refusal, unread
from pipeline.cluster.told import VERSION, Told, ToldFault, unpack_told
from pipeline.cluster.topics import REJECTED
from pipeline.stepping import Arrived, Stepped
from rules.engine import Judged
from rules.events import Event

KEEP_SECONDS = 1.0
"""For how long records that told nothing but the time wait to be kept: the board has its clock from there."""


class Recording:
    """In the place of :class:`pipeline.step.Step`: nothing is judged here."""

    def __init__(
        self,
        ledger: Ledger,
        intake: Intake,
        order: Order,
        positions: Mapping[str, int],
        unseen: Callable[[Sequence[Event]], list[Event]],
    ) -> None:
        """``unseen`` leaves out the events that are stored: workers tell some again after a restart."""
        self.vocabulary = Vocabulary()
        self.ledger = ledger
        self.positions = dict(positions)
        self._intake = intake
        self._order = order
        self._unseen = unseen
        self._unkept = False
        self._kept_at = -KEEP_SECONDS

    def __call__(self, arrived: Arrived) -> Stepped:
        taken = self._intake.take()
        refused = [found for one in taken if (found := self._take(one))]
        rejected = [replace(one, message=place) for place, found in enumerate(refused) for one in found]
        events = self._unseen(list(self._order.released()))
        self.positions |= self._order.positions()
        self._unkept = self._unkept or bool(taken)
        if refused:
            self._kept_at = -KEEP_SECONDS
        entries = list(merge(events, arrived.said, key=entry_time))
        writes = record(self.ledger, entries, max(arrived.now, self.clock))
        return Stepped(Decoded(NO_ROWS, rejected, len(refused)), NO_ROWS, Judged(np.empty(0, np.uint8), events), writes)

    @property
    def clock(self) -> int:
        return self._order.clock

    @property
    def clocks(self) -> Sequence[int]:
        """How far time has come in each shard."""
        return self._order.clocks

    def to_keep(self) -> bool:
        now = time.monotonic()
        if not self._unkept or now - self._kept_at < KEEP_SECONDS:
            return False
        self._unkept, self._kept_at = False, now
        return True

    def waits(self) -> bool:
        return self._intake.waits()

    def snapshot(self) -> None:
        """Workers keep the state of the rules."""

    def _take(self, one: Record) -> list[Rejected]:
        """What a record says goes to its place; what cannot be read is refused with its reason."""
        if one.kafka_topic.endswith(f".{REJECTED}"):
            self.positions[next_of(one.kafka_topic, one.partition)] = one.offset + 1
            try:
                return unpack_refusal(one.value)
            except (ValueError, RecursionError) as broken:
                return self._unread(one, str(broken))
        try:
            self._order.add(unpack_told(one.value), one.partition, one.offset)
        except ToldFault as fault:
            self._order.add(Told(VERSION, one.partition, 0, []), one.partition, one.offset)
            return self._unread(one, str(fault))
        return []

    def _unread(self, one: Record, why: str) -> list[Rejected]:
        return [unread(one.kafka_topic, one.partition, one.offset, one.value, self.clock, why)]
