"""What one call of the ledger wants written: rows by id, to be stored in one transaction with their cause."""

from dataclasses import dataclass, field

from alerts.model import Alert, Hazard, Notice, Step, Ticket, Timer


@dataclass(slots=True)
class Writes:
    """Rows to insert or replace, history to append, timers to drop."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    hazards: dict[str, Hazard] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    dropped_timers: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)
