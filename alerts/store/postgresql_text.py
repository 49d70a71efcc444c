"""Text for PostgreSQL, which alone of all characters refuses the zero; imported only where the driver is there."""

from typing import Any

from psycopg.types.string import StrDumperUnknown

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class AnyText(StrDumperUnknown):
    """One character that somebody pasted into a form must not keep a whole batch from being stored."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", REPLACEMENT))


def take_any_text(connection: Any) -> None:
    connection.adapters.register_dumper(str, AnyText)
