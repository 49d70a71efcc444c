"""A broker's address, ``mqtt[s]://host[:port]``; who we are to it is never a part of it."""

import contextlib
from urllib.parse import SplitResult, urlsplit

from ingest.broker_login import NAMES

EXPECTED = "expected mqtt://host:port or mqtts://host:port"
DEFAULT_PORT = {"mqtt": 1883, "mqtts": 8883}


def broker_address(url: str) -> SplitResult:
    """The parts of a broker's address; raises ValueError for another form, without telling a password that is in it."""
    if "@" in url:
        raise ValueError(f"--mqtt: found a user or a password in it; {EXPECTED}, and {NAMES}")
    with contextlib.suppress(ValueError):  # of a port that is no number
        parts = urlsplit(url)
        if parts.scheme in DEFAULT_PORT and parts.hostname and parts.port != 0:
            return parts
    raise ValueError(f"--mqtt: found {url!r}; {EXPECTED}")
