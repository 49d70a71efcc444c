"""A broker's address, taken apart: where it is, and who we are to it."""

import contextlib
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

DEFAULT_PORT = {"mqtt": 1883, "mqtts": 8883}
LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Broker:
    """``user`` and ``password`` are None where the address names none."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None


def broker_of(url: str) -> Broker:
    """The parts of ``mqtt[s]://[user:password@]host[:port]``, percent signs undone; raises ValueError for another."""
    with contextlib.suppress(ValueError):  # of a port that is no number, of a host that is no name
        parts = urlsplit(url)
        if parts.scheme in DEFAULT_PORT and parts.hostname and parts.port != 0 and len(url) <= LONGEST_URL:
            parts.hostname.encode("idna")
            user, password = (None if part is None else unquote(part) for part in (parts.username, parts.password))
            port = parts.port or DEFAULT_PORT[parts.scheme]
            return Broker(parts.hostname, port, parts.scheme == "mqtts", user, password)
    raise ValueError(f"found {url[:80]!r}; expected mqtt://host:port or mqtts://host:port")
