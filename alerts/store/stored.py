"""What the board reads that is no row of the ledger: single readings."""

from typing import NamedTuple


class StoredReading(NamedTuple):
    """One reading as it was kept; where its metric is ``flags``, ``value`` is their mask and ``flags`` their names."""

    ts: int
    at: int
    metric: str
    value: float
    flags: tuple[str, ...]
    fate: int
    """``NEW`` or ``LATE`` of :mod:`rules.fates`; duplicates are counted, not kept one by one."""
