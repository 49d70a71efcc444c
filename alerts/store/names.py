"""The numbers of devices and metrics as the store knows them: given once, in order, never again."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from alerts.store.schema import vocabulary

DEVICE = "device"
METRIC = "metric"

NameRow = tuple[str, int, str]
"""Kind, number, name."""


@dataclass(slots=True)
class Names:
    """Names in the order of their numbers, by kind."""

    known: dict[str, dict[str, int]] = field(default_factory=lambda: {DEVICE: {}, METRIC: {}})

    def rows(self, kind: str, names: Iterable[str]) -> list[NameRow]:
        """The rows for those of ``names`` that have no number yet."""
        known = self.known[kind]
        fresh = [name for name in dict.fromkeys(names) if name not in known]
        return [(kind, len(known) + place, name) for place, name in enumerate(fresh)]

    def learn(self, rows: Iterable[NameRow]) -> None:
        """These rows are on the disk now."""
        for kind, number, name in rows:
            self.known[kind][name] = number


def load_names(connection: Connection) -> Names:
    """All names of the file."""
    names = Names()
    columns = vocabulary.c
    names.learn(
        connection.execute(select(columns.kind, columns.number, columns.name).order_by(columns.kind, columns.number))
    )
    return names
