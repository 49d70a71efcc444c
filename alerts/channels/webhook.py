"""The signed webhook: one POST per notice; success is what the body says, not HTTP 200.

The far side is not trusted: an exchange ends at its deadline, however slowly the answer drips, no more is kept of an
answer than a gateway has to say, and nothing is remembered from one exchange to the next.
"""

import hashlib
import hmac
import zlib
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any

import anyio
import httpx
import msgspec

from alerts.model import Notice, Receipt
from ingest.json_faults import NOT_JSON
from rules.events import rfc3339

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
"""Seconds for each single wait: a connection, the next bytes."""
DEADLINE_SECONDS = 15.0
"""For the whole exchange; only the system's look-up of a name may hold it longer."""
LONGEST_ANSWER = 64_000
"""Bytes of an answer, on the wire and unpacked."""
PLAIN = {"Accept-Encoding": "identity"}
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
"""What a far side that was asked for plain bytes may send all the same."""
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


@dataclass(frozen=True, slots=True)
class Said:
    """What came back; ``content`` is only read of a success, and None where it is longer than any answer is."""

    status: int
    retry_after: str = ""
    content: bytes | None = b""


def usable(url: str) -> httpx.URL | None:
    """The address where a request can be sent to it; None where no try ever will succeed."""
    try:
        found = httpx.URL(url)
        found.raw_host.decode("ascii").encode("idna")  # as the system's resolver will: no empty or endless part
        host = found.host
    except (httpx.InvalidURL, UnicodeError):
        return None
    named = host != "" and ("%" not in host or ":" in host)  # an IPv6 address may name its zone
    port = 0 < (1 if found.port is None else found.port) < 65_536
    return found if found.scheme in ("http", "https") and named and port else None


def reach(url: str) -> tuple[bool, str]:
    """Whether anybody answers at ``url``, and what a GET came to."""
    address = usable(url)
    if address is None:
        return False, "found no address; expected http:// or https:// with a host"
    try:
        return True, f"a GET said {anyio.run(_exchange, 'GET', address).status}"
    except (httpx.HTTPError, zlib.error, TimeoutError) as away:
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


def post(letter: Letter, address: Address, at: int, transport: httpx.AsyncBaseTransport | None = None) -> Receipt:
    """Posts the letter; whatever happens comes back as a receipt."""
    notice_id = letter.notice.id
    url = usable(address.url)
    if url is None:
        return _failed(notice_id, at, "bad_url", final=True)
    posted = body(letter)
    headers = {
        "Content-Type": "application/json",
        "Fengshao-Timestamp": str(letter.timestamp),
        "Fengshao-Signature": signature(address.secret, letter.timestamp, posted),
        "Idempotency-Key": notice_id,
    }
    try:
        said = anyio.run(_exchange, "POST", url, posted, headers, transport)
    except (httpx.TimeoutException, TimeoutError):
        return _failed(notice_id, at, "timeout")
    except httpx.HTTPError:
        return _failed(notice_id, at, "unreachable")
    except zlib.error:
        return _failed(notice_id, at, "not_understood")
    return outcome(notice_id, said, at)


async def _exchange(
    method: str,
    url: httpx.URL,
    content: bytes | None = None,
    headers: dict[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Said:
    """One question and its answer, with a client of its own: no cookie, proxy or password from elsewhere, no redirect.

    Raises TimeoutError at the deadline, wherever it stands then: awaiting is what can be ended at any byte.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=_trusted(), transport=transport) as client:
        sent = client.stream(method, url, content=content, headers={**PLAIN, **(headers or {})})
        with anyio.fail_after(DEADLINE_SECONDS):
            async with sent as response:
                read = await _read(response) if response.is_success and method == "POST" else b""
                return Said(response.status_code, response.headers.get("Retry-After", ""), read)


async def _read(response: httpx.Response) -> bytes | None:
    """The answer unpacked, never more than the longest of it: a few bytes may stand for gigabytes."""
    packed = response.headers.get("Content-Encoding", "").strip().lower() in PACKED
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    content, length = b"", 0
    async for part in response.aiter_raw():
        length += len(part)
        content += unpack.decompress(part, LONGEST_ANSWER + 1 - len(content)) if packed else part
        if max(length, len(content)) > LONGEST_ANSWER:
            return None
    return content


@cache
def _trusted() -> SSLContext:
    """The authorities that we trust, or those that ``SSL_CERT_FILE`` names; reading them takes longer than a letter."""
    return httpx.create_ssl_context()


def outcome(notice_id: str, said: Said, at: int) -> Receipt:
    """What the far side said, by status first and then by the code in its body."""
    if not 200 <= said.status < 300:
        again = said.status in RETRY_STATUS or said.status >= 500
        after = _seconds(said.retry_after) if again else None
        return _failed(notice_id, at, f"http_{said.status}", after, final=not again)
    if said.content is None:
        return _failed(notice_id, at, "too_long")
    code = _code(said.content)
    if code is None:
        return _failed(notice_id, at, "not_understood")
    if code == 0:
        return Receipt(notice_id=notice_id, state="sent", at=at)
    wait = RETRY_CODES.get(code) if isinstance(code, int) else None
    return _failed(notice_id, at, f"code_{code}", wait, final=wait is None)


def _failed(notice_id: str, at: int, failure: str, wait: int | None = None, final: bool = False) -> Receipt:
    return Receipt(notice_id=notice_id, state="failed", at=at, failure=failure, retry_after=wait, final=final)


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
