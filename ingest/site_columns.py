"""What the columns of a site's CSV files hold: one row per column, one tuple per file."""

import math
from collections.abc import Callable

from ingest.device_ids import LONGEST_DEVICE_ID, is_device_id
from ingest.durations import LONGEST_MS, milliseconds
from ingest.tables import Column

_TRUTH = {"true": True, "1": True, "yes": True, "是": True, "false": False, "0": False, "no": False, "否": False}
"""How ``key_unit`` may be spelled."""


def _between(low: float, high: float) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        try:
            number = float(text)
        except ValueError:
            return None
        return number if math.isfinite(number) and low <= number <= high else None

    return read


def _heartbeat(text: str) -> int | None:
    found = milliseconds(text)
    return found if found is not None and found <= LONGEST_MS else None


def _digits(length: int) -> Callable[[str], str | None]:
    return lambda text: text if len(text) == length and text.isascii() and text.isdigit() else None


def _people(text: str) -> int | None:
    return int(text) if len(text) <= 5 and text.isascii() and text.isdigit() else None


def _text(name: str) -> Column:
    return Column(name, "a text", str)


def _any_text(name: str) -> Column:
    return Column(name, "a text or nothing", str, empty="")


def _optional(name: str) -> Column:
    return Column(name, "a text or nothing", str, empty="", optional=True)


LATITUDE = Column("lat", "a latitude of -90 to 90", _between(-90, 90))
LONGITUDE = Column("lon", "a longitude of -180 to 180", _between(-180, 180))
TOWNSHIP = Column("township", "a code of nine digits", _digits(9))

TOWNSHIPS = (
    Column("code", "a code of nine digits", _digits(9)),
    _text("name"),
    _text("kind"),
    Column("district_code", "a code of six digits", _digits(6)),
    _text("district"),
    LATITUDE,
    LONGITUDE,
)
VILLAGES = (_text("code"), _text("name"), TOWNSHIP)
SITES = (
    _text("site_id"),
    _text("name"),
    _text("kind"),
    TOWNSHIP,
    _text("village"),
    LATITUDE,
    LONGITUDE,
    Column("key_unit", "true or false", lambda text: _TRUTH.get(text.lower())),
    *map(_optional, ("address", "contact", "contact_phone", "control_room_phone")),
)
DEVICES = (
    Column(
        "device_id",
        f"1 to {LONGEST_DEVICE_ID} printable characters without / + #",
        lambda text: text if is_device_id(text) else None,
    ),
    _text("type"),
    _text("site_id"),
    TOWNSHIP,
    _any_text("gateway_id"),
    Column("heartbeat", 'a duration such as "90s" or "24h", at most 366d', _heartbeat, empty=0),
    _text("name"),
    Column("lat", LATITUDE.expected, LATITUDE.read, empty=None),
    Column("lon", LONGITUDE.expected, LONGITUDE.read, empty=None),
    *map(_optional, ("model", "vendor", "place")),
)
TEAMS = (
    _text("team_id"),
    _text("name"),
    _text("kind"),
    TOWNSHIP,
    _any_text("village"),
    LATITUDE,
    LONGITUDE,
    _any_text("phone"),
    Column("people", "a whole number below 100000", _people),
)
