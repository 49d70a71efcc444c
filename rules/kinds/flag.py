"""Flag: raised by a reading that declares it; left when all readings that speak of flags, back to one at least
`clear_after` earlier, lack it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ingest.metrics import FLAG_BIT
from rules.changes import BY_READING, NULL, Alerts, Change, prove, tell
from rules.compile import Integers, inlined
from rules.kinds.run import Run, lasted, no_runs, prove_run
from rules.levels import NONE
from rules.reading import NEVER, Reading
from rules.rulebook import Rule

MASKS_END = 2.0**31
"""A value outside 0..this is no mask of flags: it declares nothing."""


class FlagRows(NamedTuple):
    """The flag rules of a rulebook.

    ``grace``: how old (at - ts) a late declaration may be and still count; NEVER where it never does.
    """

    bit: Integers
    level: Integers
    clear_after: Integers
    grace: Integers


def flag_rows(rules: Sequence[Rule], stale: int) -> FlagRows:
    """The tables of these rules, all of kind flag. A late ``fire`` counts while it is not ``stale``."""
    return FlagRows(
        bit=np.array([FLAG_BIT[rule.flag] for rule in rules], np.int64),
        level=np.array([rule.tiers[0].level for rule in rules], np.int64),
        clear_after=np.array([rule.clear_after for rule in rules], np.int64),
        grace=np.array([stale if rule.flag == "fire" else NEVER for rule in rules], np.int64),
    )


def flag_state(devices: int, rows: FlagRows) -> Run:
    """The run of readings that lack the flag, [device, flag rule]."""
    return no_runs(devices, len(rows.bit))


@inlined
def flag_step(
    reading: Reading, newest: int, rule: int, place: int, rows: FlagRows, lacking: Run, alerts: Alerts
) -> None:
    """Take one reading of flags; ``newest`` is the newest time of this device's flags."""
    mask = int(reading.value) if 0.0 <= reading.value < MASKS_END else 0
    declared = mask & rows.bit[place] != 0
    if reading.late and not (declared and reading.at - reading.ts <= rows.grace[place]):
        return
    present = alerts.level[reading.device, rule]
    if present == NONE and not declared:
        return  # nearly every reading: nothing is raised, so nothing can be left
    left = lasted(not declared, reading, lacking, place, rows.clear_after[place])
    if declared and present == NONE:
        level = rows.level[place]
        tell(alerts, Change(reading.device, rule, level, newest, reading.at, BY_READING, NULL, NULL))
        prove(alerts, reading.metric, reading.ts, reading.value, NONE)
    elif left and present != NONE:
        tell(alerts, Change(reading.device, rule, NONE, newest, reading.at, BY_READING, NULL, NULL))
        prove_run(reading, lacking, place, alerts)
