"""What simulated officers do when they are told: who takes it, what they find, how long each step takes.

    told ──▶ accept ──▶ arrive ──▶ true ──▶ handle ──▶ lift        an episode, or a small matter
                             └───▶ false | test                    a nuisance

Pure: delays are in feed time, and ``now`` is the officers' own count of feed seconds.
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from simulators.feed.chance import Chance

LEFT_ALONE = ("visitor", "unanswered")
LINGERS = timedelta(minutes=30)
STEPS: dict[str, tuple[str, ...]] = {
    "small": ("accept", "arrive", "true", "handle", "lift"),
    "false": ("accept", "arrive", "false"),
    "test": ("accept", "arrive", "test"),
    "true": ("accept", "arrive", "true", "handle", "lift"),
    "leave": (),
}
"""What is done by what is found: a small matter outside all truth, a nuisance, an episode, or one left alone."""
FINDINGS = tuple(STEPS)
"""The further on, the more it weighs when alerts of one place differ."""

MISSED_IN_100 = 10
"""How many of a hundred calls nobody answers at first."""

MINUTE = 60
DELAYS: dict[str, tuple[tuple[int, int], ...]] = {
    "red": ((25, 100), (3 * MINUTE, 9 * MINUTE), (MINUTE, 3 * MINUTE), (2 * MINUTE, 6 * MINUTE), (900, 2400)),
    "orange": ((50, 300), (6 * MINUTE, 18 * MINUTE), (MINUTE, 4 * MINUTE), (2 * MINUTE, 8 * MINUTE), (600, 1800)),
    "yellow": ((120, 900), (10 * MINUTE, 50 * MINUTE), (2 * MINUTE, 9 * MINUTE), (300, 900), (900, 2400)),
    "blue": ((300, 3600), (15 * MINUTE, 90 * MINUTE), (2 * MINUTE, 9 * MINUTE), (300, 900), (900, 2400)),
}
"""From one step to the next, in seconds of feed time: accept, arrive, result, handle, lift."""
LOOKS_AGAIN = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Call:
    """One notice as somebody received it; ``link`` is empty for one that came to a township's terminal."""

    notice: str
    alert: str
    level: str
    township: str
    link: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Press:
    """``answer`` is given to ``call`` at ``due``, a count of feed seconds."""

    due: float
    number: int
    answer: str = field(compare=False)
    call: Call = field(compare=False)


@dataclass(slots=True)
class Case:
    """All alerts of one place and kind of hazard; ``found`` is one of ``FINDINGS``, times say who is on it."""

    found: str = "small"
    open: set[str] = field(default_factory=set)
    taken_at: float = -math.inf
    taken_until: float = -math.inf


class Habits:
    """``truth`` says what is really there; the same seed gives the same officers."""

    def __init__(self, truth: Mapping[str, Any], seed: int) -> None:
        self._truth = truth
        self._chance = Chance("officers", seed)
        self._cases: dict[tuple[str, str], Case] = {}
        self._case_of: dict[str, Case] = {}
        self._early: list[Call] = []
        self._told: set[str] = set()
        self._presses: list[Press] = []
        self._number = 0

    def saw(self, event: Mapping[str, Any]) -> None:
        """An alert event: now it is known what its notices are about."""
        subject = str(event["subject"]["id"])
        key = (str(event.get("site") or subject), str(event["hazard"]))
        case = self._cases.setdefault(key, Case())
        case.found = max(case.found, self._finding(event, subject), key=FINDINGS.index)
        self._case_of[str(event["id"])] = case
        if event["event"] == "cleared":
            case.open.discard(str(event["id"]))
        else:
            case.open.add(str(event["id"]))

    def told(self, call: Call, now: float) -> None:
        """A notice came; a copy of one changes nothing, one whose alert is not known yet waits for it."""
        if call.notice not in self._told:
            self._told.add(call.notice)
            self._early.append(call)
        self._answer_known(now)

    def due(self, now: float) -> list[Press]:
        """The buttons to press by now, in order; nobody lifts what is still going on."""
        self._answer_known(now)
        ready = []
        while self._presses and self._presses[0].due <= now:
            press = heapq.heappop(self._presses)
            case = self._case_of[press.call.alert]
            if press.answer == "lift" and case.open:
                case.taken_until = now + LOOKS_AGAIN
                heapq.heappush(self._presses, replace(press, due=case.taken_until))
            else:
                ready.append(press)
        return ready

    def _answer_known(self, now: float) -> None:
        known = [call for call in self._early if call.alert in self._case_of]
        if known:
            self._early = [call for call in self._early if call.alert not in self._case_of]
        for call in known:
            self._answer(call, self._case_of[call.alert], now)

    def _answer(self, call: Call, case: Case, now: float) -> None:
        """Who is told first takes it and sees it through; who is told meanwhile only says 收到."""
        chance = self._chance.of(call.notice)
        if case.found == "leave" or chance.whole(1, 100) <= MISSED_IN_100:
            return
        takes_it = now > case.taken_until
        steps = STEPS[case.found] if takes_it else ("accept",)
        due = now if takes_it else max(now, case.taken_at)
        for step, (least, most) in zip(steps, DELAYS[call.level], strict=False):
            due += chance.whole(least, most)
            self._number += 1
            heapq.heappush(self._presses, Press(due, self._number, step, call))
            if takes_it and step == "accept":
                case.taken_at = due
        case.taken_until = max(case.taken_until, due)

    def _finding(self, event: Mapping[str, Any], subject: str) -> str:
        for episode in _rows_about(self._truth.get("episodes", ()), event, subject):
            return "leave" if episode.get("demo") in LEFT_ALONE else "true"
        for nuisance in _rows_about(self._truth.get("nuisances", ()), event, subject):
            return "test" if "test" in str(nuisance.get("kind")) else "false"
        return "small"


def _rows_about(rows: Sequence[Any], event: Mapping[str, Any], subject: str) -> list[Mapping[str, Any]]:
    """Rows of the truth whose device or place this is, while they last."""
    at = datetime.fromisoformat(str(event["at"]))
    return [
        row
        for row in rows
        if (
            subject in row["devices"] or (event.get("site") == row.get("site") and event["hazard"] == row.get("hazard"))
        )
        and datetime.fromisoformat(row["begins"]) - LINGERS <= at <= datetime.fromisoformat(row["ends"]) + LINGERS
    ]
