"""The signed webhook: one POST per notice; success is what the body says, not HTTP 200."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from alerts.model import Notice, Receipt
from ingest.json_faults import NOT_JSON
from rules.events import rfc3339

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
RETRY_STATUS = frozenset({408, 425, 429})
SUCCESS_WORDS = (b"", b"ok", b"success")

RETRY_CODES: dict[int, int] = {
    -1: 5_000,  # WeCom, DingTalk: busy
    42001: 5_000,  # WeCom: token expired
    45009: 60_000,  # WeCom: too many messages a minute
    130101: 600_000,  # DingTalk: over 20 a minute bars the robot for ten minutes
    9499: 60_000,  # Feishu: too many requests
    11232: 60_000,  # Feishu: too many messages a minute
}
"""Codes in a body that time alone mends, with how long to wait; any other code but 0 is final."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to post and what to sign with."""

    url: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice with whom it goes to and the link that they answer by; ``timestamp`` (epoch seconds) is signed."""

    notice: Notice
    name: str
    phone: str
    link: str
    timestamp: int
    offset_minutes: int


def open_client() -> httpx.Client:
    """Keeps connections open between letters; may be shared by threads."""
    return httpx.Client(timeout=TIMEOUT)


def reach(url: str) -> tuple[bool, str]:
    """Whether anybody answers at ``url``, and what a GET came to."""
    try:
        return True, f"a GET said {httpx.get(url, timeout=TIMEOUT).status_code}"
    except (httpx.HTTPError, httpx.InvalidURL) as away:
        return False, str(away) or type(away).__name__


def body(letter: Letter) -> bytes:
    """What is posted, as JSON."""
    notice = letter.notice
    answer_by = None if notice.answer_by is None else rfc3339(notice.answer_by, letter.offset_minutes)
    return msgspec.json.encode(
        {
            "notice": notice.id,
            "hazard": notice.hazard_id,
            "alert": notice.alert_id,
            "reason": notice.reason,
            "level": notice.level,
            "person": notice.person,
            "name": letter.name,
            "phone": letter.phone,
            "township": notice.township,
            "text": notice.text,
            "text_en": notice.text_en,
            "link": letter.link,
            "answer_by": answer_by,
            "run": notice.run,
        }
    )


def signature(secret: bytes, timestamp: int, posted: bytes) -> str:
    """``v1=`` and the HMAC-SHA256 of ``timestamp.body`` in hexadecimal."""
    return "v1=" + hmac.new(secret, f"{timestamp}.".encode() + posted, hashlib.sha256).hexdigest()


def post(client: httpx.Client, letter: Letter, address: Address, at: int) -> Receipt:
    """Posts the letter; whatever happens comes back as a receipt."""
    posted = body(letter)
    headers = {
        "Content-Type": "application/json",
        "Fengshao-Timestamp": str(letter.timestamp),
        "Fengshao-Signature": signature(address.secret, letter.timestamp, posted),
        "Idempotency-Key": letter.notice.id,
    }
    notice_id = letter.notice.id
    try:
        response = client.post(address.url, content=posted, headers=headers, timeout=TIMEOUT)
    except httpx.TimeoutException:
        return Receipt(notice_id=notice_id, state="failed", at=at, failure="timeout")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Receipt(notice_id=notice_id, state="failed", at=at, failure="bad_url", final=True)
    except httpx.HTTPError:
        return Receipt(notice_id=notice_id, state="failed", at=at, failure="unreachable")
    return outcome(notice_id, response, at)


def outcome(notice_id: str, response: httpx.Response, at: int) -> Receipt:
    """What the far side said, by status first and then by the code in its body."""
    status = response.status_code
    if not response.is_success:
        again = status in RETRY_STATUS or status >= 500
        after = _seconds(response.headers.get("Retry-After", "")) if again else None
        return Receipt(
            notice_id=notice_id, state="failed", at=at, failure=f"http_{status}", retry_after=after, final=not again
        )
    code = _code(response.content)
    if code is None:
        return Receipt(notice_id=notice_id, state="failed", at=at, failure="not_understood")
    if code == 0:
        return Receipt(notice_id=notice_id, state="sent", at=at)
    wait = RETRY_CODES.get(code) if isinstance(code, int) else None
    return Receipt(
        notice_id=notice_id, state="failed", at=at, failure=f"code_{code}", retry_after=wait, final=wait is None
    )


def _code(content: bytes) -> int | str | None:
    """The code in a JSON body, 0 where it names none; None for a body that is neither JSON nor a word of success."""
    if content.strip().lower() in SUCCESS_WORDS:
        return 0
    try:
        said: Any = msgspec.json.decode(content)
    except NOT_JSON:
        return None
    named = next((said[key] for key in ("errcode", "code") if key in said), 0) if isinstance(said, dict) else 0
    try:
        return int(named)
    except (TypeError, ValueError, OverflowError):
        return str(named)[:40]


def _seconds(text: str) -> int | None:
    return int(text) * 1000 if text.isascii() and text.isdigit() and len(text) < 6 else None
