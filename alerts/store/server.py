"""What a PostgreSQL server says of itself: whether what it keeps outlives a power cut, and what time it is there."""

from dataclasses import dataclass

from sqlalchemy import select, text

from alerts.store.opening import named_failures, open_reader
from alerts.store.place import Database
from alerts.store.requests import NOW


@dataclass(frozen=True, slots=True)
class ServerSeen:
    """``off`` are the settings that a power cut needs and that are off there; ``now`` its epoch milliseconds."""

    version: str
    off: tuple[str, ...]
    now: int


def look_at_server(place: Database) -> ServerSeen:
    """Raises a StoreError where it cannot be read, or its tables are not this program's."""
    with named_failures(place):
        engine = open_reader(place)
        try:
            with engine.begin() as connection:
                show = {
                    name: str(connection.execute(text(f"SHOW {name}")).scalar_one())
                    for name in ("server_version", *DURABLE)
                }
                now: int = connection.execute(select(NOW)).scalar_one()
        finally:
            engine.dispose()
    return ServerSeen(show["server_version"], tuple(name for name in DURABLE if show[name] == "off"), now)


DURABLE = ("fsync", "full_page_writes")
