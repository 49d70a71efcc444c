"""Times as the field sends them: RFC 3339 with an offset, or integer epoch milliseconds.

The parts of ``2026-08-04T14:03:`` ``05`` ``.120+08:00`` recur, so each is looked up and only a new one is parsed.
"""

import re
from datetime import date
from functools import lru_cache

EARLIEST = -62_104_060_800_000
LATEST = 253_370_764_799_999
"""The years 2 to 9998 (UTC): what every calendar can print at every offset. Other times are absurd."""

LONGEST = 35
"""Characters of the longest form: nanoseconds and a numeric offset."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTE = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d):", re.ASCII)
_REST = re.compile(r"(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII)
# A leap second (60) is the first moment of the next minute, as in epoch time.
_SECOND = {f"{second:02}": second * 1_000 for second in range(61)}


def instant(ts: object) -> int | None:
    """Epoch milliseconds of either form; None where ``ts`` is of another type, unreadable or absurd."""
    if isinstance(ts, str):
        found = epoch_ms(ts)
    elif isinstance(ts, int) and not isinstance(ts, bool):
        found = ts
    else:
        return None
    return found if found is not None and EARLIEST <= found <= LATEST else None


def epoch_ms(text: str) -> int | None:
    """Epoch milliseconds of an RFC 3339 time, finer fractions cut off; None where ``text`` is not one."""
    if len(text) > LONGEST:
        return None
    minute, second, rest = _minute(text[:17]), _SECOND.get(text[17:19]), _rest(text[19:])
    if minute is None or second is None or rest is None:
        return None
    return minute + second + rest


@lru_cache(maxsize=4096)
def _minute(text: str) -> int | None:
    found = _MINUTE.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = map(int, found.groups())
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    return ((days * 24 + hour) * 60 + minute) * 60_000


@lru_cache(maxsize=16384)
def _rest(text: str) -> int | None:
    found = _REST.fullmatch(text)
    if not found:
        return None
    fraction, sign, hours, minutes = found.groups()
    milliseconds = int((fraction or "0").ljust(3, "0")[:3])
    if not sign:
        return milliseconds
    offset = (int(hours) * 60 + int(minutes)) * 60_000
    return milliseconds - offset if sign == "+" else milliseconds + offset
