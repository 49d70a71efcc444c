"""What goes into a step and comes out of it, and what a road asks of whatever does the steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alerts.ledger import Entry, Ledger
from alerts.writes import Writes
from ingest.decode import Decoded
from ingest.inputs import Inputs
from ingest.message import Message
from ingest.vocabulary import Vocabulary
from rules.engine import Judged


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one step works on: messages in order, clock rows before and after them, the time, what people said."""

    messages: Sequence[Message]
    before: Inputs
    after: Inputs
    now: int
    said: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Stepped:
    """What it came to: the fate of every row, the events, what is to be written."""

    decoded: Decoded
    inputs: Inputs
    judged: Judged
    writes: Writes


class Stepping(Protocol):
    """The embedded step, or the cluster's half that records what workers judged."""

    vocabulary: Vocabulary
    ledger: Ledger

    def __call__(self, arrived: Arrived) -> Stepped: ...

    @property
    def clock(self) -> int:
        """How far time has come for what was judged."""

    @property
    def positions(self) -> Mapping[str, int]:
        """Up to where another log has been read, to be kept with what it caused."""

    def to_keep(self) -> bool:
        """Whether what is read but caused nothing is to be kept all the same."""

    def waits(self) -> bool:
        """Whether there is something to do though no message came."""

    def snapshot(self) -> bytes | None:
        """The state of the rules, where they are judged here."""
