"""Lines into InfluxDB however long it takes: a failure is waited for, what it never takes is counted and said."""

import time
from collections.abc import Callable, Sequence

from dashboards.influx import InfluxSink, Refused, Unwritten
from pipeline.sparingly import Sparingly

FIRST_SECONDS, MOST_SECONDS = 0.5, 5.0
"""How long it waits before it tries again: after the first failure, and at most."""
MOST_ASKED_SECONDS = 60
"""At most so long where InfluxDB itself says when."""
LOOK_SECONDS = 0.1
SHOWN = 200
"""Characters of a line that was refused."""


def _print(text: str) -> None:
    print(text, flush=True)


class PatientSink:
    """``refused`` counts the lines that InfluxDB does not take."""

    def __init__(self, sink: InfluxSink, say: Callable[[str], None] = _print) -> None:
        self.refused = 0
        self._sink = sink
        self._say = say
        self._say_refused = Sparingly(say)
        self._told = ""

    def write(self, lines: Sequence[bytes], wanted: Callable[[], bool]) -> bool:
        """True once they are written or refused; False where they are not ``wanted`` any more before that."""
        wait = FIRST_SECONDS
        while wanted():
            found = self._sink.write(lines)
            if not isinstance(found, Unwritten):
                self._note(found.refused)
                return True
            self._away(found)
            _pause(max(wait, min(found.retry_after, MOST_ASKED_SECONDS)), wanted)
            wait = min(2 * wait, MOST_SECONDS)
        return False

    def close(self) -> None:
        """Let go of the connections."""
        self._say_refused.rest()
        self._sink.close()

    def _away(self, failure: Unwritten) -> None:
        """Once for each kind of failure, not for each try."""
        if self._told != failure.kind:
            self._say(f"sink: {failure}; trying on")
        self._told = failure.kind

    def _note(self, refused: Sequence[Refused]) -> None:
        if self._told:
            self._say("sink: InfluxDB 已恢复写入 · InfluxDB takes lines again")
            self._told = ""
        if refused:
            self.refused += len(refused)
            line = refused[-1].line.decode(errors="replace")[:SHOWN]
            reason = refused[-1].reason[:SHOWN]
            self._say_refused(f"sink: InfluxDB 拒收一行 · InfluxDB refuses a line: {reason}: {line}", len(refused))


def _pause(seconds: float, wanted: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while wanted() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
