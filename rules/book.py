"""A rulebook as tables of numbers: which rules take a reading of this device and metric, and the rows of each kind."""

from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.metrics import METRIC_NUMBER, METRICS
from ingest.places import UNKNOWN_TYPE, Places
from ingest.timing import Timing
from ingest.vocabulary import UNKNOWN_METRICS, Vocabulary
from rules.compile import Integers
from rules.kinds import ABSENCE, FLAG, KIND_NUMBER, LADDER, WINDOW_SUM
from rules.kinds.absence import AbsenceRows, absence_rows
from rules.kinds.flag import FlagRows, flag_rows
from rules.kinds.gauges import WindowRows, window_rows
from rules.kinds.ladder import LadderRows, ladder_rows
from rules.rulebook import Rule, Rulebook

METRIC_ROOM = len(METRICS) + UNKNOWN_METRICS


class Book(NamedTuple):
    """``kind`` and ``place`` (its row among its kind) are per rule. The rules that take a reading of a device of type
    t and metric m are ``rules[first[t, m]]`` to ``rules[first[t, m + 1] - 1]``, in the order of the rulebook."""

    kind: Integers
    place: Integers
    first: Integers
    rules: Integers
    type_of: Integers
    slots_for: Integers
    told: Integers
    ladder_metric: Integers
    ladder_applies: Integers
    ladder: LadderRows
    flag: FlagRows
    window: WindowRows
    absence: AbsenceRows


@dataclass(frozen=True, slots=True)
class Roster:
    """The devices by number: their type's number (0: unknown), and their heartbeat in ms (0: none promised)."""

    types: dict[str, int]
    type_of: NDArray[np.int64]
    heartbeat: NDArray[np.int64]


def read_roster(places: Places, vocabulary: Vocabulary, room: int) -> Roster:
    """The first ``room`` numbers; those that the vocabulary has not given yet are unknown devices."""
    names = dict.fromkeys([UNKNOWN_TYPE, *(device.type for device in places.devices.values())])
    types = {name: number for number, name in enumerate(names)}
    type_of = np.zeros(room, np.int64)
    heartbeat = np.zeros(room, np.int64)
    for device_id, device in places.devices.items():
        number = vocabulary.device_number.get(device_id, room)
        if number < room:
            type_of[number] = types[device.type]
            heartbeat[number] = device.heartbeat
    return Roster(types, type_of, heartbeat)


def applies(rule: Rule, device_type: str) -> bool:
    """Whether a rule is for devices of this type."""
    return not rule.devices or device_type in rule.devices


def metric_of(rule: Rule) -> int:
    """The number of the metric that a rule goes by; a flag rule's is that of the flags."""
    return METRIC_NUMBER[rule.metric or METRICS[0].name]


def compile_book(rulebook: Rulebook, roster: Roster, timing: Timing) -> Book:
    """The tables of a rulebook for the devices of a roster."""
    rules = rulebook.rules
    kinds = [KIND_NUMBER[rule.kind] for rule in rules]
    ladders, flags, windows, absences = (
        [(number, rule) for number, rule in enumerate(rules) if kinds[number] == kind]
        for kind in (LADDER, FLAG, WINDOW_SUM, ABSENCE)
    )
    first, flat = _by_reading(rules, roster)
    slots_for = np.zeros(METRIC_ROOM, np.int64)
    for _, rule in windows:
        slots_for[metric_of(rule)] += 1
    return Book(
        kind=np.array(kinds, np.int64),
        place=np.array([kinds[:number].count(kind) for number, kind in enumerate(kinds)], np.int64),
        first=first,
        rules=flat,
        type_of=roster.type_of,
        slots_for=slots_for,
        told=np.array([kind != ABSENCE for kind in kinds], np.int64),
        ladder_metric=np.array([metric_of(rule) for _, rule in ladders], np.int64),
        ladder_applies=np.array(
            [[applies(rule, name) for _, rule in ladders] for name in roster.types], np.int64
        ).reshape(len(roster.types), len(ladders)),
        ladder=ladder_rows([rule for _, rule in ladders]),
        flag=flag_rows([rule for _, rule in flags], timing.stale),
        window=window_rows([rule for _, rule in windows]),
        absence=absence_rows(absences, _allowed([rule for _, rule in absences], roster)),
    )


def _by_reading(rules: tuple[Rule, ...], roster: Roster) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """``first`` and ``rules`` of the book: the rules of each type of device, by metric."""
    first: list[list[int]] = []
    flat: list[int] = []
    for name in roster.types:
        by_metric: list[list[int]] = [[] for _ in range(METRIC_ROOM)]
        for number, rule in enumerate(rules):
            if rule.kind != "absence" and applies(rule, name):
                by_metric[metric_of(rule)].append(number)
        first.append(list(accumulate((len(some) for some in by_metric), initial=len(flat))))
        flat += [number for some in by_metric for number in some]
    return np.array(first, np.int64), np.array(flat, np.int64)


def _allowed(rules: list[Rule], roster: Roster) -> NDArray[np.int64]:
    """How long each device may be quiet, [device, absence rule]; 0 where the rule does not apply."""
    allowed = np.zeros((len(roster.type_of), len(rules)), np.int64)
    for place, rule in enumerate(rules):
        told = np.array([applies(rule, name) for name in roster.types], np.int64)
        allowed[:, place] = rule.misses * roster.heartbeat * told[roster.type_of]
    return allowed
