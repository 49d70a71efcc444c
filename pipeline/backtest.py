"""The same engine over a recording: no network, no store; events only, as fast as it goes."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ingest.clock_rows import clock_rows, with_ticks
from ingest.decode import Decoder
from ingest.faults import Fault
from ingest.feed_file import Break, End, read_feed
from ingest.inputs import BREAK, END, TICK, Inputs, join
from ingest.message import Message
from ingest.topics import UP
from ingest.vocabulary import Vocabulary
from pipeline.site import Site, load_site
from pipeline.written import written
from rules.engine import Engine
from rules.events import Event, outside
from simulators.score import score
from simulators.truth_file import read_truth

BATCH = 4096

Record = Message | Break | End | Fault


class Backtest:
    """Judges a recording; ``batch`` is how many messages go through at a time and changes nothing in the events."""

    def __init__(self, site: Site, batch: int = BATCH) -> None:
        self.vocabulary = Vocabulary()
        self.vocabulary.register(site.places.devices)
        self.decoder = Decoder(self.vocabulary, site.timing)
        self.engine = Engine(site.rulebook, site.places, self.vocabulary, site.timing)
        self.batch = batch
        self.faults: list[Fault] = []
        self.messages = 0
        self.rows = 0

    def events(self, recording: Iterable[Record]) -> list[Event]:
        """All events of the recording; lines that are none are kept in ``faults``."""
        found: list[Event] = []
        for inputs in self._inputs(recording):
            self.rows += len(inputs)
            found += self.engine.judge(inputs).events
        return found

    def _inputs(self, recording: Iterable[Record]) -> Iterator[Inputs]:
        """Messages in batches; a break or an end stands between two."""
        waiting: list[Message] = []
        last = 0
        ended = False
        for record in recording:
            if isinstance(record, Message):
                if record.mqtt_topic.startswith(UP):
                    waiting.append(record)
                last = record.at
                if len(waiting) >= self.batch:
                    yield self._decoded(waiting)
                    waiting = []
                continue
            if isinstance(record, Fault):
                self.faults.append(record)
                continue
            yield self._decoded(waiting)
            waiting = []
            if isinstance(record, Break):
                yield self._broken(record)
            elif isinstance(record, End):
                ended = True
                yield clock_rows(END, [record.at])
        yield self._decoded(waiting)
        if not ended and last:
            yield clock_rows(END, [last])

    def _broken(self, record: Break) -> Inputs:
        """Time went on up to where the break began; then nobody listened."""
        began = (record.at - record.length) // 1000 * 1000
        return join([clock_rows(TICK, [began]), clock_rows(BREAK, [record.at], record.length)])

    def _decoded(self, messages: Sequence[Message]) -> Inputs:
        self.messages += len(messages)
        at = np.fromiter((message.at for message in messages), np.int64, len(messages))
        return with_ticks(self.decoder.decode(messages).inputs, at, self.engine.clock)


def run_backtest(folder: Path, feed: Path, rulebook: Path | None, out: Path | None, truth: Path | None) -> int:
    """The command: events as JSON Lines to ``out`` (or standard output), a line of figures to standard error."""
    site = load_site(folder, rulebook)
    true = None if truth is None else read_truth(truth)
    backtest = Backtest(site)
    with written(out) as file:
        started = time.perf_counter()
        shown = [outside(event, site.offset) for event in backtest.events(read_feed(feed))]
        seconds = time.perf_counter() - started
        file.writelines(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in shown)
    for fault in backtest.faults:
        print(str(fault), file=sys.stderr)
    print(f"{backtest.messages} messages, {len(shown)} events, {seconds:.2f} s", file=sys.stderr)
    if true is not None:
        print(json.dumps(score(shown, true), ensure_ascii=False, indent=1))
    return 1 if backtest.faults else 0
