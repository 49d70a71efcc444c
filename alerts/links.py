"""Links to the answer page: signed, each for one person and one hazard, good for a day by the road's clock."""

import hashlib
from dataclasses import dataclass
from enum import Enum

from itsdangerous import BadData, URLSafeSerializer

MAX_AGE = 24 * 3_600_000
SALT = "fengshao answer link"


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a link belongs to and what it is about."""

    notice_id: str
    hazard_id: str
    person: str
    issued_at: int


class LinkFault(Enum):
    """Why a token opens nothing."""

    FORGED = "forged"
    EXPIRED = "expired"


def make_link(secret: bytes, notice_id: str, hazard_id: str, person: str, now: int) -> str:
    """A token that can stand in a path; the time of issue is signed with it."""
    return str(_signed(secret).dumps([notice_id, hazard_id, person, now]))


def read_link(secret: bytes, token: str, now: int) -> Link | LinkFault:
    """Who opens the link, or why nobody does."""
    try:
        notice_id, hazard_id, person, issued_at = _signed(secret).loads(token)
    except (BadData, ValueError, TypeError):
        return LinkFault.FORGED
    link = Link(notice_id, hazard_id, person, issued_at)
    return link if abs(now - issued_at) <= MAX_AGE else LinkFault.EXPIRED


def _signed(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256})
