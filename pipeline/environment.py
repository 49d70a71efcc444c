"""The variables that steer a start and are no options of a command: each with what it may hold."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.faults import Fault, SiteFaults
from pipeline.broker import BROKER_NAME, CHOICES
from pipeline.outbox import BOARD_NAME, URL_NAME


@dataclass(frozen=True, slots=True)
class Variable:
    """``shown``: its value may be printed; a webhook's address is often its only key."""

    name: str
    fits: Callable[[str], bool]
    expected: str
    shown: bool = True


def is_web_address(text: str) -> bool:
    """``http[s]://host[:port]/…``."""
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and _plain(text)
    except ValueError:  # of the port or the host
        return False


def _plain(text: str) -> bool:
    return text.isprintable() and " " not in text


VARIABLES = (
    Variable(BROKER_NAME, lambda text: text in CHOICES, f"one of {', '.join(CHOICES)}"),
    Variable(URL_NAME, lambda text: not text or is_web_address(text), "http[s]://host[:port]/path", shown=False),
    Variable(BOARD_NAME, is_web_address, "http[s]://host[:port], as officers reach the board"),
)


def environment_faults(environment: Mapping[str, str]) -> list[Fault]:
    """Of the variables that are there, those that hold something else."""
    return [
        Fault("environment", one.name, repr(environment[one.name]) if one.shown else "no such address", one.expected)
        for one in VARIABLES
        if one.name in environment and not one.fits(environment[one.name])
    ]


def check_environment() -> None:
    """Raises SiteFaults with all that is wrong with this program's own variables."""
    if faults := environment_faults(os.environ):
        raise SiteFaults(faults)
