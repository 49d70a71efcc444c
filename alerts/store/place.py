"""Where a store lies: a file of SQLite, or a database of a PostgreSQL server."""

from pathlib import Path
from typing import TypeAlias

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from alerts.store.errors import StoreError

DRIVER = "postgresql+psycopg"
SCHEMES = ("postgresql", "postgres", DRIVER)
EXPECTED = (
    "the database's address cannot be read; expected postgresql://user@host:port/name (in a password that stands "
    "in it, characters such as @ : / are written as %40 %3A %2F; better give the password on its own)"
)


class Database:
    """A database by its address; shows itself without its password, so that no message can tell it."""

    __slots__ = ("url",)

    def __init__(self, address: str, password: str | None = None) -> None:
        """``password`` goes before one that stands in the address."""
        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            raise StoreError(EXPECTED) from None  # what was read in vain may hold the password
        if url.drivername not in SCHEMES:
            raise StoreError(EXPECTED)
        self.url: URL = url.set(drivername=DRIVER, password=password or url.password)

    def __str__(self) -> str:
        user = f"{self.url.username}@" if self.url.username else ""
        port = f":{self.url.port}" if self.url.port else ""
        return f"postgresql://{user}{self.url.host or ''}{port}/{self.url.database or ''}"

    def __repr__(self) -> str:
        return f"Database({str(self)!r})"


Place: TypeAlias = Path | Database
