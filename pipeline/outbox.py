"""Sends what the ledger left to be sent, after the commit, and brings back what the channels say of it.

Terminals are reached through the road's own MQTT connection; webhooks from threads of their own, so that a
slow far side never delays a reading. A notice stays here until its receipt is recorded: what is lost with the
program is sent again by the next one, under the same id.
"""

import dataclasses
import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue

from msgspec.structs import replace

from alerts.channels.terminal import terminal_payload
from alerts.channels.webhook import Address, Letter, post
from alerts.links import make_link
from alerts.model import Notice, Receipt
from ingest.mqtt import MqttSource
from ingest.topics import terminal_topic
from pipeline.secret import secret
from pipeline.site import Site

URL_NAME, URL_FILE = "FENGSHAO_WEBHOOK_URL", "FENGSHAO_WEBHOOK_URL_FILE"
SECRET_NAME, SECRET_FILE = "FENGSHAO_WEBHOOK_SECRET", "FENGSHAO_WEBHOOK_SECRET_FILE"
BOARD_NAME = "FENGSHAO_BOARD_URL"
POSTS_AT_ONCE = 4


def webhook_address(environment: Mapping[str, str]) -> Address | None:
    """Where the webhook posts, from the environment or files; None where it is switched off."""
    url, key = secret(environment, URL_NAME, URL_FILE), secret(environment, SECRET_NAME, SECRET_FILE)
    return Address(url, key.encode()) if url and key else None


class Outbox:
    """``board`` is the address that links begin with; ``key`` signs them."""

    def __init__(self, site: Site, source: MqttSource, key: bytes, webhook: Address | None, board: str) -> None:
        self._site = site
        self._source = source
        self._key = key
        self._webhook = webhook
        self._board = board.rstrip("/")
        self._waiting: dict[str, Notice] = {}
        self._under_way: set[str] = set()
        self._back: SimpleQueue[Receipt] = SimpleQueue()
        self._threads = ThreadPoolExecutor(POSTS_AT_ONCE, "webhook")
        self._send: dict[str, Callable[[Notice, int], None]] = {
            "terminal": self._to_terminal,
            "webhook": self._to_webhook,
        }

    def take(self, notices: Iterable[Notice]) -> None:
        """These rows were stored just now: what is pending waits to be sent, what is not is done with."""
        for notice in notices:
            self._under_way.discard(notice.id)
            if notice.state == "pending":
                self._waiting[notice.id] = notice
            else:
                self._waiting.pop(notice.id, None)

    def send(self, now: int) -> None:
        """Send what is due on the road's clock and not under way."""
        if not self._waiting:
            return
        for notice in list(self._waiting.values()):
            if notice.id not in self._under_way and notice.next_try_at <= now:
                self._under_way.add(notice.id)
                self._send[notice.channel](notice, now)

    def receipts(self, now: int) -> list[Receipt]:
        """What came back since the last call, received now."""
        found = []
        while True:
            try:
                found.append(replace(self._back.get_nowait(), at=now))
            except Empty:
                return found

    def reconnected(self) -> None:
        """What was on its way to terminals through the lost connection is sent again."""
        self._under_way -= {notice.id for notice in self._waiting.values() if notice.channel == "terminal"}

    def waits(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._waiting)

    def close(self) -> None:
        """Leave; what is under way is sent again by the next start."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _to_terminal(self, notice: Notice, now: int) -> None:
        sent = partial(self._back.put, Receipt(notice_id=notice.id, state="sent", at=now))
        body = terminal_payload(notice, self._site.offset)
        if not self._source.publish(terminal_topic(notice.township), body, sent):
            self._under_way.discard(notice.id)

    def _to_webhook(self, notice: Notice, now: int) -> None:
        if self._webhook is None:
            gone = Receipt(notice_id=notice.id, state="failed", at=now, failure="switched_off", final=True)
            self._back.put(gone)
            return
        person = self._site.plan.people.get(notice.person)
        token = make_link(self._key, notice.id, notice.hazard_id, notice.person, now)
        letter = Letter(
            notice=notice,
            name=person.name if person else notice.person,
            phone=person.phone if person else "",
            link=f"{self._board}/a/{token}",
            timestamp=int(time.time()),
            offset_minutes=self._site.offset,
        )
        address = self._webhook
        self._threads.submit(self._post, letter, address, now)

    def _post(self, letter: Letter, address: Address, now: int) -> None:
        """In a thread: whatever goes wrong comes back as a receipt, for a notice without one is never tried again."""
        try:
            receipt = post(letter, address, now)
        except Exception as bug:  # a thread has nobody above it
            receipt = Receipt(notice_id=letter.notice.id, state="failed", at=now, failure=type(bug).__name__)
        self._back.put(receipt)


def open_outbox(site: Site, source: MqttSource, key: bytes) -> Outbox:
    """The outbox as the environment sets it."""
    board = os.environ.get(BOARD_NAME, "http://127.0.0.1:8080")
    return Outbox(site, source, key, webhook_address(os.environ), board)


def reachable(site: Site) -> Site:
    """The site with the channels that the environment switches off taken out of its plan."""
    if webhook_address(os.environ) is not None:
        return site
    return dataclasses.replace(site, plan=site.plan.without("webhook"))
