"""Absence: nothing heard from a device for more than `misses` times its heartbeat; raised at the moment when that is
so, cleared at the next message that is not a duplicate. It is about being heard, so it runs on `at`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rules.changes import BY_READING, BY_TIME, Alerts, Change, prove, tell
from rules.compile import Integers, inlined, kernel
from rules.kinds.gate import Newest
from rules.kinds.ladder import LadderRows
from rules.levels import NONE
from rules.reading import FAR, NEVER, Reading
from rules.rulebook import Rule


class AbsenceRows(NamedTuple):
    """The absence rules; ``allowed`` is [device, absence rule], in ms, 0 where the rule does not apply."""

    rule: Integers
    level: Integers
    allowed: Integers


class Quiet(NamedTuple):
    """When each device will have been quiet for too long, [device, absence rule]; FAR: never heard, not commissioned.

    ``soonest`` is at or before the soonest of them that is not raised: a tick up to it need not look at any device.
    """

    due: Integers
    soonest: Integers


class Standing(NamedTuple):
    """What the evidence of a silence is taken from.

    ``told`` marks the rules whose open alert counts; row p of the ladders is rule ``rule[p]`` on ``metric[p]``;
    ``applies`` is [type, ladder].
    """

    told: Integers
    metric: Integers
    applies: Integers
    type_of: Integers
    ladders: LadderRows
    newest: Newest


def absence_rows(rules: Sequence[tuple[int, Rule]], allowed: Integers) -> AbsenceRows:
    """The tables of these rules with their numbers, all of kind absence."""
    return AbsenceRows(
        rule=np.array([number for number, _ in rules], np.int64),
        level=np.array([rule.tiers[0].level for _, rule in rules], np.int64),
        allowed=allowed,
    )


def absence_state(devices: int, rows: AbsenceRows) -> Quiet:
    """No device heard yet."""
    return Quiet(np.full((devices, len(rows.rule)), FAR, np.int64), np.full(1, FAR, np.int64))


@inlined
def absence_step(reading: Reading, rows: AbsenceRows, quiet: Quiet, standing: Standing, alerts: Alerts) -> None:
    """A device is heard: first what had become due, then that it is quiet no more."""
    device = reading.device
    for place in range(len(rows.rule)):
        if quiet.due[device, place] < reading.at and alerts.level[device, rows.rule[place]] == NONE:
            raise_quiet(device, place, reading.at, rows, quiet, standing, alerts)
    for place in range(len(rows.rule)):
        allowed = rows.allowed[device, place]
        if allowed == 0:
            continue
        if alerts.level[device, rows.rule[place]] != NONE:
            silent = (reading.at - (quiet.due[device, place] - allowed)) / 1000
            rule = rows.rule[place]
            tell(alerts, Change(device, rule, NONE, reading.at, reading.at, BY_READING, silent, allowed / 1000))
        due = reading.at + allowed
        quiet.due[device, place] = due
        if due < quiet.soonest[0]:
            quiet.soonest[0] = due


@inlined
def first_due(device: int, before: int, rows: AbsenceRows, quiet: Quiet, alerts: Alerts) -> int:
    """The rule whose silence of this device was due first, before ``before``, and is not raised; -1 for none."""
    first = -1
    for place in range(len(rows.rule)):
        due = quiet.due[device, place]
        if due < before and alerts.level[device, rows.rule[place]] == NONE:
            before = due
            first = place
    return first


@kernel
def raise_quiet(
    device: int, place: int, received: int, rows: AbsenceRows, quiet: Quiet, standing: Standing, alerts: Alerts
) -> None:
    """The silence has lasted too long; the newest reading of the device is the evidence."""
    rule = rows.rule[place]
    level = rows.level[place]
    due = quiet.due[device, place]
    allowed = rows.allowed[device, place] / 1000
    tell(alerts, Change(device, rule, level, due, received, BY_TIME, allowed, allowed))
    newest = standing.newest
    metric = 0
    for other in range(1, newest.ts.shape[1]):
        if newest.ts[device, other] > newest.ts[device, metric]:
            metric = other
    stands = level_standing(device, standing, alerts)
    if newest.ts[device, metric] != NEVER:
        ts = newest.ts[device, metric]
        prove(alerts, metric, ts, newest.value[device, metric], stands if stands > level else NONE)


@kernel
def level_standing(device: int, standing: Standing, alerts: Alerts) -> int:
    """How bad things stand: the highest open alert, or tier of a ladder whose ``raise`` the newest value meets."""
    worst = NONE
    for rule in range(len(standing.told)):
        if standing.told[rule] and alerts.level[device, rule] > worst:
            worst = int(alerts.level[device, rule])
    ladders = standing.ladders
    for place in range(len(standing.metric)):
        metric = standing.metric[place]
        if not standing.applies[standing.type_of[device], place] or standing.newest.ts[device, metric] == NEVER:
            continue
        value = ladders.sign[place] * standing.newest.value[device, metric]
        for tier in range(ladders.first[place], ladders.first[place + 1]):
            if value >= ladders.raise_at[tier] and ladders.level[tier] > worst:
                worst = int(ladders.level[tier])
    return worst
