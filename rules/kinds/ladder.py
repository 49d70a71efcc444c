"""Ladder: a level is reached once all readings of `hold` are at or beyond `raise`, left once all of `clear_after` are
strictly on the safe side of `reset`; the level is then the highest that is reached, or is not above the present one
and not left."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rules.changes import BY_READING, Alerts, Change, tell
from rules.compile import Integers, Reals, inlined
from rules.kinds.run import Run, lasted, no_runs, prove_run
from rules.levels import NONE
from rules.reading import NEVER, Reading
from rules.rulebook import Rule


class LadderRows(NamedTuple):
    """The ladders of a rulebook. Row p has tiers ``first[p]`` to ``first[p + 1]``, in rising order.

    ``sign`` is -1 where the direction is below, and the thresholds are stored times it: below is above, mirrored.
    """

    first: Integers
    sign: Reals
    clear_after: Integers
    level: Integers
    raise_at: Reals
    reset: Reals
    hold: Integers


class LadderRuns(NamedTuple):
    """Per [device, tier]: the run of readings at or beyond ``raise``, and that of readings safe of ``reset``."""

    beyond: Run
    safe: Run


def ladder_rows(rules: Sequence[Rule]) -> LadderRows:
    """The tables of these rules, all of kind ladder."""
    signs = [-1.0 if rule.direction == "below" else 1.0 for rule in rules]
    tiers = [(tier, sign) for rule, sign in zip(rules, signs, strict=True) for tier in rule.tiers]
    return LadderRows(
        first=np.cumsum([0, *(len(rule.tiers) for rule in rules)], dtype=np.int64),
        sign=np.array(signs, np.float64),
        clear_after=np.array([rule.clear_after for rule in rules], np.int64),
        level=np.array([tier.level for tier, _ in tiers], np.int64),
        raise_at=np.array([sign * tier.raise_at for tier, sign in tiers], np.float64),
        reset=np.array([sign * tier.reset for tier, sign in tiers], np.float64),
        hold=np.array([tier.hold for tier, _ in tiers], np.int64),
    )


def ladder_state(devices: int, rows: LadderRows) -> LadderRuns:
    """Nothing seen yet."""
    return LadderRuns(no_runs(devices, len(rows.level)), no_runs(devices, len(rows.level)))


@inlined
def ladder_step(reading: Reading, rule: int, place: int, rows: LadderRows, runs: LadderRuns, alerts: Alerts) -> None:
    """Take one new reading."""
    device = reading.device
    lowest = rows.first[place]
    value = rows.sign[place] * reading.value
    present = alerts.level[device, rule]
    if present == NONE and value < rows.raise_at[lowest] and runs.beyond.ts[device, lowest] == NEVER:
        return  # nearly every reading: nothing is raised, and none of the rising tiers is in a run
    level = NONE
    moved = lowest
    was = lowest
    for tier in range(lowest, rows.first[place + 1]):
        reached = lasted(value >= rows.raise_at[tier], reading, runs.beyond, tier, rows.hold[tier])
        left = lasted(value < rows.reset[tier], reading, runs.safe, tier, rows.clear_after[place])
        if rows.level[tier] == present:
            was = tier
        if reached or (rows.level[tier] <= present and not left):
            level = rows.level[tier]
            moved = tier
    if level > present:
        threshold = rows.sign[place] * rows.raise_at[moved]
        tell(alerts, Change(device, rule, level, reading.ts, reading.at, BY_READING, reading.value, threshold))
        prove_run(reading, runs.beyond, moved, alerts)
    elif level < present:
        threshold = rows.sign[place] * rows.reset[was]
        tell(alerts, Change(device, rule, level, reading.ts, reading.at, BY_READING, reading.value, threshold))
        prove_run(reading, runs.safe, was, alerts)
