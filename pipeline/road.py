"""The embedded road: from the broker through one step and one transaction to the acknowledgement.

    receive ─▶ step ─▶ commit ─▶ acknowledge ─▶ publish events, send notices

It is the only writer of the store. Whatever is readable at a moment is one micro-batch.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from alerts.ledger import Entry, record
from alerts.model import Answer
from alerts.store import PUBLISHED, Batch, Loaded, Store
from ingest.decode import Decoded
from ingest.inputs import Inputs, join
from ingest.mqtt import MqttSource
from ingest.publish_packet import Delivery
from ingest.topics import PACE
from pipeline.announcer import Announcer
from pipeline.arrivals import Turn, sort, up_to_ticks
from pipeline.asking import DONE, TOO_LATE, Reply, Request, RequestSource, answer_of
from pipeline.clocks import NO_ROWS, FeedClock, WallClock
from pipeline.fence import Fence
from pipeline.line import Line
from pipeline.outbox import Outbox
from pipeline.site import Site
from pipeline.start import Start
from pipeline.stepping import Arrived, Stepped
from pipeline.totals import count
from rules.engine import Judged
from rules.events import Event

RECEIVE_MAXIMUM = 1000
ENDED = "feed_ended"
"""The total that says whether the feed has ended."""
SNAPSHOT_ROWS = 200_000
"""How many rows of input a restart judges again at most."""

NO_REPLIES: Mapping[int, Reply] = {}


class Road:
    """``passing`` is told the name of each point that it passes; tests end the program there.

    ``pulse`` is what it says to a board that asks whether all is well.
    """

    def __init__(
        self,
        site: Site,
        store: Store,
        source: MqttSource,
        clock: FeedClock | WallClock,
        loaded: Loaded,
        started: Start,
        outbox: Outbox,
        desk: RequestSource | None = None,
        passing: Callable[[str], None] = lambda _: None,
        pulse: Callable[[], Reply] = lambda: DONE,
    ) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._outbox = outbox
        self._desk = desk
        self._passing = passing
        self._pulse = pulse
        self._step = started.step
        self._named = (len(loaded.devices), len(loaded.metrics))
        self._fence = Fence(source, loaded.unacknowledged)
        self._unsaved_rows = 0
        self._second = 0
        self._line = Line(source)
        self.totals = Counter(loaded.totals)
        self._announcer = Announcer(source, site.offset, self.totals[PUBLISHED], loaded.unpublished)
        outbox.take(loaded.notices)
        if started.save:
            self._take_over(started.changes)

    def turn(self, timeout: float) -> int:
        """One look at the broker, the desk and the clock; returns how many messages were stored."""
        self._line.keep()
        deliveries = self._source.receive(timeout)
        if self._fence.reconnected():
            self._outbox.reconnected()
            self._announcer.reconnected()
        self._passing("after receive")
        rows = self._clock.idle(self._source.connected)
        requests = self._desk.requests() if self._desk else []
        said: list[Entry] = [*self._outbox.receipts(self._clock.now)]
        second = self._clock.now // 1000
        parts = up_to_ticks(deliveries)
        if not parts and (rows or requests or said or second != self._second or self._step.waits()):
            parts = [[]]  # timers go on while no reading comes, and while the broker is away
        self._second = second
        stored = 0
        for part in parts:
            stored += self._take(part, rows, said, requests)
            rows, said, requests = (), [], []
        self._announcer.send()
        self._outbox.send(self._clock.now)
        return stored

    def settled(self) -> bool:
        """Whether all events and notices have left, or cannot leave for want of a broker."""
        if not self._source.connected:
            return True
        return not self._announcer.waits() and not self._outbox.waits()

    def stop(self) -> None:
        """Leave the state of the rules in the store, so that the next start has nothing to judge again."""
        self._commit(self._step(Arrived((), NO_ROWS, NO_ROWS, self._clock.now)), Turn(), save=True)
        self._outbox.close()

    def _take_over(self, changes: Sequence[Event]) -> None:
        """Record what a changed rulebook causes, together with the state of its rules."""
        judged = Judged(np.empty(0, np.uint8), list(changes))
        writes = record(self._step.ledger, changes, self._clock.now)
        stepped = Stepped(Decoded(NO_ROWS, [], 0), NO_ROWS, judged, writes)
        self._commit(stepped, Turn(), save=True)
        self._publish(stepped)

    def _take(
        self, deliveries: Sequence[Delivery], rows: Sequence[Inputs], said: list[Entry], requests: Sequence[Request]
    ) -> int:
        """One step and its transaction; only then the acknowledgements, the replies and what goes out."""
        turn = sort(deliveries, self._clock, self._fence.redelivered, self._step.ledger.notice)
        heard = [(request, self._hear(request)) for request in requests]
        answers = [answer for _, answer in heard if isinstance(answer, Answer)]
        spoken = [*said, *turn.said, *answers]
        arrived = Arrived(turn.messages, join([*rows, NO_ROWS]), turn.after, self._clock.now, spoken)
        stepped = self._step(arrived)
        replies = self._replies(heard)
        kept = {request.row: reply for request, reply in replies if request.row is not None}
        caused = stepped.writes or stepped.judged.events or kept
        if deliveries or len(stepped.inputs) or caused or self._step.to_keep():
            self._commit(stepped, turn, replies=kept)
        for request, reply in replies:
            request.reply(reply)
        self._source.acknowledge(deliveries)
        self._passing("after acknowledge")
        if deliveries:
            self._fence.plant(self._step.clock)
        self._publish(stepped)
        return len(turn.messages)

    def _hear(self, request: Request) -> Answer | Reply:
        """An order from the board: an answer for this very step, or the reply to what is no answer."""
        order = request.order
        if request.late:
            return TOO_LATE
        if order.get("do") == "ping":
            return self._pulse()
        if order.get("do") == "pace":
            published = self._source.publish(PACE, msgspec.json.encode({"speed": order.get("speed")}))
            return {"ok": published}
        return answer_of(order, self._clock.now)

    def _replies(self, heard: Sequence[tuple[Request, Answer | Reply]]) -> list[tuple[Request, Reply]]:
        """What was done, or why the ledger refused it."""
        refused = {id(answer): why for answer, why in self._step.ledger.refused}
        replies: list[tuple[Request, Reply]] = []
        for request, answer in heard:
            if isinstance(answer, Answer):
                why = refused.get(id(answer))
                replies.append((request, {"ok": False, "why": why.why_zh, "why_en": why.why_en} if why else DONE))
            else:
                replies.append((request, answer))
        return replies

    def _commit(
        self, stepped: Stepped, turn: Turn, save: bool = False, replies: Mapping[int, Reply] = NO_REPLIES
    ) -> None:
        """One transaction for everything that this step caused."""
        count(self.totals, stepped, turn.redelivered)
        self.totals["answers_refused"] += turn.refused + len(self._step.ledger.refused)
        self.totals[PUBLISHED] = self._announcer.confirmed
        self.totals[ENDED] = int(self._clock.ended)
        self._fence.redelivered.stored(turn.entries)
        self._unsaved_rows += len(stepped.inputs)
        save = save or self._unsaved_rows >= SNAPSHOT_ROWS
        if save:
            self._unsaved_rows = 0
        vocabulary = self._step.vocabulary
        devices, metrics = self._named
        self._passing("before commit")
        self._store.commit(
            Batch(
                messages=turn.messages,
                inputs=stepped.inputs,
                fates=stepped.judged.fates,
                rejected=stepped.decoded.rejected,
                events=stepped.judged.events,
                writes=stepped.writes,
                totals=self.totals,
                devices=vocabulary.devices[devices:],
                metrics=vocabulary.metrics[metrics:],
                clock=self._step.clock,
                snapshot=self._step.snapshot() if save else None,
                unacknowledged=self._fence.redelivered.pack(),
                positions=self._step.positions,
                replies=replies,
            )
        )
        self._named = (len(vocabulary.devices), len(vocabulary.metrics))
        self._announcer.add(self._store.added)
        self._passing("after commit")

    def _publish(self, stepped: Stepped) -> None:
        self._announcer.send()
        self._outbox.take(stepped.writes.notices.values())
        self._passing("after publish")
