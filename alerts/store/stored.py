"""What the board reads that is no row of the ledger: single readings, and a hazard with all that hangs on it."""

from dataclasses import dataclass
from typing import NamedTuple

from alerts.model import Alert, Hazard, Notice


class StoredReading(NamedTuple):
    """One reading as it was kept; where its metric is ``flags``, ``value`` is their mask and ``flags`` their names."""

    ts: int
    at: int
    metric: str
    value: float
    flags: tuple[str, ...]
    fate: int
    """``NEW`` or ``LATE`` of :mod:`rules.fates`; duplicates are counted, not kept one by one."""


@dataclass(frozen=True, slots=True)
class WallRow:
    """One open hazard on the wall: its alerts and notices, newest last."""

    hazard: Hazard
    alerts: list[Alert]
    notices: list[Notice]

    @property
    def alert(self) -> Alert | None:
        """The newest alert that is open, else the newest."""
        candidates = [alert for alert in self.alerts if alert.open] or self.alerts
        return candidates[-1] if candidates else None
