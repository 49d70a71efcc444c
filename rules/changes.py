"""The one place where a level moves: the levels of all rules, and the buffer of changes that Python turns into events.

A change is one row of whole numbers and one of reals; up to two readings that prove it follow in the same rows.
"""

from typing import NamedTuple

import numpy as np

from rules.compile import Integers, Reals, kernel
from rules.levels import NONE

BY_READING = 0
BY_TIME = 1

DEVICE, RULE, WAS, LEVEL, AT, RECEIVED, CAUSE, RAISED_AT, PROOFS = range(9)
"""Columns of ``whole``; then METRIC, TS and STANDING of each proof."""
FIRST_PROOF = 9
WHOLE_WIDTH = FIRST_PROOF + 2 * 3
VALUE, THRESHOLD, FIRST_PROOF_VALUE = range(3)
"""Columns of ``real``: NaN stands for null."""
REAL_WIDTH = FIRST_PROOF_VALUE + 2
NULL = float("nan")


class Alerts(NamedTuple):
    """``level`` and ``raised_at`` are [device, rule]: what one reading touches lies together."""

    level: Integers
    raised_at: Integers
    whole: Integers
    real: Reals
    count: Integers


class Change(NamedTuple):
    """A level that moves, before it is told."""

    device: int
    rule: int
    level: int
    at: int
    received: int
    cause: int
    value: float
    threshold: float


def no_alerts(devices: int, rules: int, room: int) -> Alerts:
    """Nothing raised, and a buffer for ``room`` changes."""
    return Alerts(
        level=np.zeros((devices, rules), np.uint8),
        raised_at=np.zeros((devices, rules), np.int64),
        whole=np.zeros((room, WHOLE_WIDTH), np.int64),
        real=np.zeros((room, REAL_WIDTH), np.float64),
        count=np.zeros(1, np.int64),
    )


@kernel
def tell(alerts: Alerts, change: Change) -> None:
    """Move the level and write the change down."""
    row = alerts.count[0]
    was = alerts.level[change.device, change.rule]
    if was == NONE:
        alerts.raised_at[change.device, change.rule] = change.at
    alerts.level[change.device, change.rule] = change.level
    alerts.whole[row, DEVICE] = change.device
    alerts.whole[row, RULE] = change.rule
    alerts.whole[row, WAS] = was
    alerts.whole[row, LEVEL] = change.level
    alerts.whole[row, AT] = change.at
    alerts.whole[row, RECEIVED] = change.received
    alerts.whole[row, CAUSE] = change.cause
    alerts.whole[row, RAISED_AT] = alerts.raised_at[change.device, change.rule]
    alerts.whole[row, PROOFS] = 0
    alerts.real[row, VALUE] = change.value
    alerts.real[row, THRESHOLD] = change.threshold
    alerts.count[0] = row + 1


@kernel
def prove(alerts: Alerts, metric: int, ts: int, value: float, standing: int) -> None:
    """Add a reading that proves the change told last; ``standing`` is the level it stands for, mostly none."""
    row = alerts.count[0] - 1
    number = alerts.whole[row, PROOFS]
    column = FIRST_PROOF + 3 * number
    alerts.whole[row, column] = metric
    alerts.whole[row, column + 1] = ts
    alerts.whole[row, column + 2] = standing
    alerts.real[row, FIRST_PROOF_VALUE + number] = value
    alerts.whole[row, PROOFS] = number + 1
