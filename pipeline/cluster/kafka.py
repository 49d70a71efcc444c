"""Where Kafka is and how we speak to it: address, credentials and shard count, from the environment and files."""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.secret import secret

BROKER = "FENGSHAO_KAFKA"
SHARDS = "FENGSHAO_SHARDS"
PREFIX = "FENGSHAO_KAFKA_PREFIX"
COPIES = "FENGSHAO_KAFKA_COPIES"
USER = "FENGSHAO_KAFKA_USER"
PASSWORD, PASSWORD_FILE = "FENGSHAO_KAFKA_PASSWORD", "FENGSHAO_KAFKA_PASSWORD_FILE"
AUTHORITY = "FENGSHAO_KAFKA_CA"
DEFAULT_SHARDS = 16
MOST_SHARDS = 1024
MOST_COPIES = 9
PREFIX_FORM = re.compile(r"[a-zA-Z0-9._-]{1,100}", re.ASCII)
"""What Kafka takes in a topic's name."""


STATE = "state"
"""The worker's table."""


@dataclass(frozen=True)
class Kafka:
    """``bootstrap`` is ``host:port[,host:port…]``; with ``user`` SASL/SCRAM over TLS, with ``authority`` TLS.

    ``prefix`` begins the names of all topics and groups: several installations may share a Kafka. ``copies``: on how
    many of Kafka's machines ``init`` puts each topic.
    """

    bootstrap: str
    shards: int = DEFAULT_SHARDS
    prefix: str = "fengshao"
    copies: int = 1
    user: str = ""
    password: str = ""
    authority: str = ""

    @property
    def worker(self) -> str:
        """The name of the workers' group."""
        return f"{self.prefix}-worker"

    @property
    def sink(self) -> str:
        """The name of the sinks' group."""
        return f"{self.prefix}-sink"

    def topic(self, name: str) -> str:
        """A topic by its full name; ``state`` is named by Faust: application, table."""
        return f"{self.worker}-{name}-changelog" if name == STATE else f"{self.prefix}.{name}"

    def client(self) -> dict[str, Any]:
        """What every client of aiokafka is made with."""
        told: dict[str, Any] = {"bootstrap_servers": self.bootstrap}
        if self.user or self.authority:
            told |= {"security_protocol": "SSL", "ssl_context": self.tls()}
        if self.user:
            told |= {
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return told

    def tls(self) -> ssl.SSLContext:
        """Verified against ``authority``, or what the system trusts."""
        try:
            return ssl.create_default_context(cafile=self.authority or None)
        except OSError as unread:
            expected = "expected a readable file with the authority's certificates"
            raise RuntimeError(f"{AUTHORITY}: {self.authority}: {unread}; {expected}") from unread


def kafka_of(environment: Mapping[str, str] = os.environ) -> Kafka:
    """The settings; raises RuntimeError naming what is missing or wrong."""
    bootstrap = environment.get(BROKER, "")
    if not bootstrap:
        raise RuntimeError(f"{BROKER}: found nothing; expected Kafka's address as host:port")
    prefix = environment.get(PREFIX, Kafka.prefix)
    if not PREFIX_FORM.fullmatch(prefix):
        raise RuntimeError(f"{PREFIX}: found {prefix!r}; expected letters, digits, dots, dashes, at most 100")
    return Kafka(
        bootstrap=bootstrap,
        shards=_number(environment, SHARDS, DEFAULT_SHARDS, MOST_SHARDS),
        prefix=prefix,
        copies=_number(environment, COPIES, Kafka.copies, MOST_COPIES),
        user=environment.get(USER, ""),
        password=secret(environment, PASSWORD, PASSWORD_FILE),
        authority=environment.get(AUTHORITY, ""),
    )


def _number(environment: Mapping[str, str], name: str, unset: int, most: int) -> int:
    told = environment.get(name, str(unset))
    if not (told.isascii() and told.isdigit() and len(told) < 9 and 1 <= int(told) <= most):
        raise RuntimeError(f"{name}: found {told!r}; expected a number from 1 to {most}")
    return int(told)
