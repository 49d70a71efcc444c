"""A run: what has been true of every reading up to the present one, and since which reading."""

from typing import NamedTuple

import numpy as np

from rules.changes import Alerts, prove
from rules.compile import Integers, Reals, inlined, kernel
from rules.levels import NONE
from rules.reading import NEVER, Reading


class Run(NamedTuple):
    """The first reading of each present run, [device, column]; ``ts`` is NEVER where there is none."""

    ts: Integers
    value: Reals


def no_runs(devices: int, columns: int) -> Run:
    """No run anywhere."""
    return Run(np.full((devices, columns), NEVER, np.int64), np.zeros((devices, columns)))


@inlined
def lasted(holds: bool, reading: Reading, run: Run, column: int, span: int) -> bool:
    """Whether something holds of this reading and of all before it, back to one at least ``span`` earlier."""
    if not holds:
        run.ts[reading.device, column] = NEVER
        return False
    if run.ts[reading.device, column] == NEVER:
        run.ts[reading.device, column] = reading.ts
        run.value[reading.device, column] = reading.value
    return bool(reading.ts - run.ts[reading.device, column] >= span)


@kernel
def prove_run(reading: Reading, run: Run, column: int, alerts: Alerts) -> None:
    """The first reading of the run and the present one are the evidence."""
    begun = run.ts[reading.device, column]
    if begun != reading.ts:
        prove(alerts, reading.metric, begun, run.value[reading.device, column], NONE)
    prove(alerts, reading.metric, reading.ts, reading.value, NONE)
