"""The ingest role: owns a source; MQTT messages become packets in Kafka, and are acknowledged once they are there.

receive ─▶ decode ─▶ split by shard ─▶ one Kafka transaction ─▶ acknowledge
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np

from ingest.clock_rows import with_ticks
from ingest.decode import Decoder
from ingest.inputs import Inputs, join
from ingest.message import Message
from ingest.mqtt import MqttSource
from ingest.packets import Packet, pack_packet
from ingest.publish_packet import Delivery
from ingest.rejected import Rejected
from ingest.shards import Splitter
from ingest.vocabulary import Vocabulary
from pipeline.arrivals import sort, up_to_ticks
from pipeline.clocks import NO_ROWS, FeedClock, WallClock
from pipeline.cluster.figures import IngestFigures
from pipeline.cluster.log import Log, LogLost, SourceState
from pipeline.cluster.refusals import pack_refusal
from pipeline.fence import Fence
from pipeline.line import Line
from pipeline.site import Site

PACKET_ROWS = 10_000
"""Rows of one Kafka message: some 450 kB, far below what a message may have."""


class Ingest:
    """Turns like the embedded road, with Kafka in the place of the rest of the step."""

    def __init__(
        self,
        name: str,
        site: Site,
        source: MqttSource,
        log: Log,
        state: SourceState,
        clock: FeedClock | WallClock,
        shards: int,
        figures: IngestFigures,
    ) -> None:
        self._source = source
        self._line = Line(source)
        self._log = log
        self._clock = clock
        self._vocabulary = Vocabulary()
        self._vocabulary.register(site.places.devices)
        self._decoder = Decoder(self._vocabulary, site.timing)
        self._splitter = Splitter(site.places, self._vocabulary.devices, shards)
        self._fence = Fence(source, state.unacknowledged)
        self._name = name
        self._number = state.number
        self._packet_numbers = state.packets or [0] * shards
        self._reached = state.clock
        self._figures = figures

    def turn(self, timeout: float) -> int:
        """One look at the broker and the clock; how many messages went to Kafka."""
        self._line.keep()
        deliveries = self._source.receive(timeout)
        self._fence.reconnected()
        rows = self._clock.idle(self._source.connected)
        parts = up_to_ticks(deliveries)
        if rows and not parts:
            parts = [[]]
        taken = 0
        for part in parts:
            taken += self._take(part, rows)
            rows = ()
        return taken

    def _take(self, deliveries: Sequence[Delivery], rows: Sequence[Inputs]) -> int:
        turn = sort(deliveries, self._clock, self._fence.redelivered, lambda _: None)
        decoded = self._decoder.decode(turn.messages)
        inputs = self._ordered(decoded.inputs, turn.messages, rows, turn.after)
        self._fence.redelivered.stored(turn.entries)
        if deliveries or len(inputs):
            self._write(inputs, decoded.rejected)
        self._source.acknowledge(deliveries)
        self._figures.messages += len(turn.messages)
        if deliveries:
            self._fence.plant(self._reached)
        return len(turn.messages)

    def _ordered(
        self, readings: Inputs, messages: Sequence[Message], before: Sequence[Inputs], after: Inputs
    ) -> Inputs:
        """The input as a shard would see all of it: with ticks, and what the clock says before and after."""
        at = np.fromiter((message.at for message in messages), np.int64, len(messages))
        inputs = join([*before, NO_ROWS, with_ticks(readings, at, self._reached), after])
        self._reached = max(self._reached, int(inputs.at.max(initial=0)), int(at.max(initial=0)))
        return inputs

    def _write(self, inputs: Inputs, rejected: Sequence[Rejected]) -> None:
        """Into the log, however often Kafka goes away meanwhile; nothing is acknowledged before.

        Raises what :meth:`Log.open_patiently` does: then the broker delivers it again to whoever comes next.
        """
        packets = self._packets(inputs)
        refusals = [pack_refusal(*of_one) for _, of_one in groupby(rejected, key=attrgetter("message"))]
        self._number += 1
        state = SourceState(
            self._number, self._reached, self._clock.ended, self._fence.redelivered.pack(), self._packet_numbers
        )
        while True:
            try:
                self._log.write(packets, refusals, state)
                break
            except LogLost as lost:
                print(f"{lost}; trying on", flush=True)
                if self._log.open_patiently().number >= self._number:
                    break
        self._figures.wrote(len(packets), [refusal.reason for refusal in rejected])

    def _packets(self, inputs: Inputs) -> list[tuple[int, bytes]]:
        """The packets of each shard, in their order, numbered on."""
        packets = []
        for shard, part in enumerate(self._splitter.split(inputs)):
            for start in range(0, len(part), PACKET_ROWS):
                self._packet_numbers[shard] += 1
                packet = Packet(self._name, self._packet_numbers[shard], part.rows(start, start + PACKET_ROWS))
                packets.append((shard, pack_packet(packet, self._vocabulary)))
        return packets
