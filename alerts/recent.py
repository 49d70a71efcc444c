"""The newest few of what has ended: a late copy or receipt of it is still recognised, and memory stays bounded."""

from collections import OrderedDict
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Recent(Generic[Row]):
    """A dictionary that forgets its oldest entries."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rows: OrderedDict[str, Row] = OrderedDict()

    def keep(self, key: str, row: Row) -> None:
        """Keeps ``row``, forgetting the oldest where there is no room."""
        self._rows[key] = row
        self._rows.move_to_end(key)
        if len(self._rows) > self._size:
            self._rows.popitem(last=False)

    def get(self, key: str) -> Row | None:
        """The row, while it is remembered."""
        return self._rows.get(key)

    def take(self, key: str) -> Row | None:
        """The row, no longer kept here."""
        return self._rows.pop(key, None)
