"""Why Kafka does not let us in: its own client says only that it found no way."""

import socket
import ssl
from typing import NamedTuple

from aiokafka.conn import create_conn
from aiokafka.errors import IllegalSaslStateError, KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest

from pipeline.addresses import PORT
from pipeline.cluster.kafka import AUTHORITY, BROKER, PASSWORD, PASSWORD_FILE, USER, Kafka

PATIENCE_MS = 5_000


class Remedy(NamedTuple):
    """What to do about failures of these kinds; ``away``: waiting may mend it as well."""

    kinds: tuple[type[Exception], ...]
    told: str
    away: bool


REMEDIES = (
    Remedy(
        (SaslAuthenticationFailed,),
        f"this user is not let in; correct {USER} and its password ({PASSWORD} or {PASSWORD_FILE})",
        away=False,
    ),
    Remedy(
        (UnsupportedSaslMechanismError, IllegalSaslStateError),
        f"it takes no SCRAM-SHA-512 there; let it, or take away {USER}",
        away=False,
    ),
    Remedy(
        (ssl.SSLCertVerificationError,),
        f"its certificate is not trusted; name its authority's file in {AUTHORITY}",
        away=False,
    ),
    Remedy(
        (ssl.SSLError, ConnectionResetError, KafkaError),
        f"it hangs up; {USER} and {AUTHORITY} must be set where it asks for a user and for TLS, and only there",
        away=True,
    ),
    Remedy((socket.gaierror,), f"there is no such host; correct {BROKER}", away=True),
    Remedy((OSError, TimeoutError), f"nobody answers; is Kafka running there, and is {BROKER} right?", away=True),
)
"""The first that fits."""


class Closed(NamedTuple):
    """Why nobody comes in, and whether waiting may mend it."""

    why: str
    away: bool


async def why_closed(kafka: Kafka) -> Closed | None:
    """What is wrong with the first server that does not answer as it should; None where all of them do."""
    security = {name: value for name, value in kafka.client().items() if name != "bootstrap_servers"}
    for server in kafka.bootstrap.split(","):
        host, _, port = server.strip().rpartition(":")
        if not (host and PORT.fullmatch(port)):
            return Closed(f"{BROKER}: found {server!r}; expected host:port", away=False)
        try:
            line = await create_conn(host.strip("[]"), int(port), request_timeout_ms=PATIENCE_MS, **security)
            try:
                await line.send(MetadataRequest([]))
            finally:
                line.close()
        except (KafkaError, OSError, TimeoutError) as failure:
            remedy = next(one for one in REMEDIES if isinstance(failure, one.kinds))
            said = str(failure).removeprefix(f"{type(failure).__name__}: ")
            return Closed(f"Kafka at {server}: {remedy.told}" + (f" ({said})" if said else ""), remedy.away)
    return None
