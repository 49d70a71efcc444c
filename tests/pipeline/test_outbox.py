"""What the ledger left to be sent goes out once, and what the far side says of it comes back, right or wrong."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from alerts.channels import webhook
from alerts.channels.webhook import Address
from alerts.links import Link, read_link
from alerts.model import Notice, Receipt
from ingest.topics import terminal_topic
from pipeline.outbox import Outbox, reachable, webhook_address
from tests.alerts.town import DISTRICT, MINUTE, NOON, SECOND, TOWN, TOWNSHIP, Town, fire, plan_of
from tests.pipeline.far_side import OK, RESET, SILENT, FarSide, far_side, says
from tests.pipeline.wire import Wire

KEY = b"the key that signs links"
SECRET = b"the secret of the webhook"


class Post:
    """A town, its ledger, and the outbox that carries its notices: orange tells township and district."""

    def __init__(self, far: FarSide | None, wire: Wire | None = None) -> None:
        self.town = Town()
        self.wire = wire or Wire()
        site: Any = SimpleNamespace(offset=480, plan=plan_of(self.town.places))
        address = Address(far.url, SECRET) if far else None
        self.outbox = Outbox(site, self.wire, KEY, address, "http://board.example/")  # type: ignore[arg-type]

    def fire(self) -> None:
        """A fire at noon: its notices are stored and taken."""
        self.outbox.take(self.town.do(fire(), now=NOON).notices.values())

    def come_back(self, now: int, count: int = 1) -> list[Receipt]:
        """Wait for what the channels say, record it at ``now``, take what was written."""
        found: list[Receipt] = []
        until = time.monotonic() + 5
        while len(found) < count and time.monotonic() < until:
            found += self.outbox.receipts(now)
            time.sleep(0.005)
        self.outbox.take(self.town.do(*found, now=now).notices.values())
        return found

    def notice(self, person: str = DISTRICT) -> Notice:
        return next(notice for notice in self.town.notices if notice.person == person)


@contextmanager
def post(*script: bytes, wire: Wire | None = None) -> Iterator[tuple[Post, FarSide]]:
    """An outbox with a scripted far side; the terminals are away unless a wire is given."""
    with far_side(*script) as far:
        carried = Post(far, wire or Wire(open=False))
        yield carried, far
        carried.outbox.close()


def test_a_terminal_notice_is_sent_when_the_broker_has_it() -> None:
    carried = Post(None)
    carried.fire()
    carried.outbox.send(NOON)
    ((topic, payload),) = carried.wire.sent
    assert topic == terminal_topic(TOWN)
    assert json.loads(payload)["notice"] == carried.notice(TOWNSHIP).id
    assert [receipt.failure for receipt in carried.outbox.receipts(NOON)] == ["switched_off"]
    carried.wire.confirms(1)
    carried.come_back(NOON + 40)
    told = carried.notice(TOWNSHIP)
    assert (told.state, told.sent_at) == ("sent", NOON + 40)
    carried.outbox.close()


def test_nothing_is_sent_twice_while_it_is_under_way() -> None:
    with post(SILENT, wire=Wire()) as (carried, far):
        carried.fire()
        for turn in range(50):
            carried.outbox.send(NOON + turn * 60 * SECOND)
            time.sleep(0.002)
        assert len(carried.wire.sent) == 1
        assert len(far.posts) == 1
        assert carried.outbox.waits()


def test_a_terminal_notice_lost_with_its_connection_is_sent_again_and_a_webhooks_is_not() -> None:
    with post(SILENT, wire=Wire()) as (carried, far):
        carried.fire()
        carried.outbox.send(NOON)
        carried.wire.breaks()
        carried.outbox.reconnected()
        carried.outbox.send(NOON + 1)
        assert [topic for topic, _ in carried.wire.sent] == [terminal_topic(TOWN)] * 2
        assert carried.wire.sent[0] == carried.wire.sent[1]
        time.sleep(0.05)
        assert len(far.posts) == 1


def test_while_the_broker_is_away_the_terminals_notice_waits() -> None:
    wire = Wire(open=False)
    carried = Post(None, wire)
    carried.fire()
    carried.outbox.send(NOON)
    wire.open = True
    carried.outbox.send(NOON + 50)
    assert len(wire.sent) == 1
    carried.outbox.close()


def test_a_letter_is_signed_carries_a_link_that_can_be_answered_and_is_done_with_when_it_is_taken() -> None:
    with post(OK) as (carried, far):
        carried.fire()
        carried.outbox.send(NOON)
        (receipt,) = carried.come_back(NOON + 300)
        assert (receipt.state, receipt.at) == ("sent", NOON + 300)
        (request,) = far.posts
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.decode().lower().split(": ", 1) for line in head.split(b"\r\n")[1:])
        signed = hmac.new(SECRET, f"{headers['fengshao-timestamp']}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["fengshao-signature"] == f"v1={signed}"
        told = json.loads(body)
        before, _, token = told["link"].partition("/a/")
        link = read_link(KEY, token, NOON)
        assert before == "http://board.example"
        assert isinstance(link, Link)
        assert (link.notice_id, link.person) == (carried.notice().id, DISTRICT)
        assert (told["name"], told["phone"]) == ("演示 王建国", "000")
        assert carried.notice().state == "sent"


ANSWERS: dict[str, tuple[bytes, str, int]] = {
    # what the far side says, failure, when it is tried again after the failure
    "a server that fails": (says("500 Internal Server Error"), "http_500", 5 * SECOND),
    "too many requests": (says("429 Too Many Requests", "", "Retry-After: 90"), "http_429", 90 * SECOND),
    "too many a minute": (says("200 OK", '{"errcode": 45009, "errmsg": "limit"}'), "code_45009", 60 * SECOND),
    "a reset": (RESET, "unreachable", 5 * SECOND),
    "an answer cut off": (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "unreachable", 5 * SECOND),
    "no HTTP at all": (b"220 smtp ready\r\n\r\n", "unreachable", 5 * SECOND),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_wrong_answer_is_tried_again_on_the_roads_clock_under_the_same_id(name: str) -> None:
    said, failure, wait = ANSWERS[name]
    with post(said) as (carried, far):
        carried.fire()
        carried.outbox.send(NOON)
        failed = NOON + 2 * SECOND
        (receipt,) = carried.come_back(failed)
        assert (receipt.state, receipt.failure, receipt.final) == ("failed", failure, False)
        told = carried.notice()
        assert (told.state, told.tries, told.next_try_at) == ("pending", 1, failed + wait)
        carried.outbox.send(failed + wait - 1)
        time.sleep(0.02)
        assert len(far.posts) == 1
        carried.outbox.send(failed + wait)
        (receipt,) = carried.come_back(failed + wait + 100)
        assert receipt.state == "sent"
        assert far.ids() == [told.id, told.id]
        assert carried.notice().state == "sent"


def test_a_far_side_that_says_nothing_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", httpx.Timeout(0.2))
    with post(SILENT) as (carried, _):
        carried.fire()
        carried.outbox.send(NOON)
        (receipt,) = carried.come_back(NOON + SECOND)
        assert (receipt.failure, receipt.final) == ("timeout", False)


def test_an_answer_that_time_cannot_mend_is_final_and_not_tried_again() -> None:
    with post(says("403 Forbidden")) as (carried, far):
        carried.fire()
        carried.outbox.send(NOON)
        carried.come_back(NOON)
        assert (carried.notice().state, carried.notice().failure) == ("failed", "http_403")
        carried.outbox.send(NOON + 60 * MINUTE)
        time.sleep(0.02)
        assert len(far.posts) == 1


def test_a_slow_far_side_delays_no_terminal_and_no_other_letter() -> None:
    with post(SILENT, OK, wire=Wire()) as (carried, far):
        first = fire()
        second = fire(device="G1", hazard="gas_leak", rule="gas")
        carried.outbox.take(carried.town.do(first, second, now=NOON).notices.values())
        started = time.monotonic()
        carried.outbox.send(NOON)
        assert time.monotonic() - started < 0.5
        assert len(carried.wire.sent) == 2
        (receipt,) = carried.come_back(NOON)
        assert receipt.state == "sent"
        assert len(set(far.ids())) == 2


def test_what_somebody_answered_before_it_was_sent_is_not_sent() -> None:
    with post() as (carried, far):
        carried.fire()
        carried.outbox.take(carried.town.do(carried.town.answer("accept", DISTRICT, NOON), now=NOON).notices.values())
        carried.outbox.send(NOON)
        time.sleep(0.02)
        assert carried.notice().state == "answered"
        assert far.posts == []


def test_a_webhook_is_off_until_both_its_address_and_its_secret_are_set() -> None:
    url, secret = {"FENGSHAO_WEBHOOK_URL": "https://x.example"}, {"FENGSHAO_WEBHOOK_SECRET": "s"}
    assert webhook_address({}) is None
    assert webhook_address(url) is None
    assert webhook_address(secret) is None
    assert webhook_address(url | secret) == Address("https://x.example", b"s")


def test_a_webhooks_address_and_secret_may_lie_in_files_and_empty_ones_are_off(tmp_path: Path) -> None:
    files = {"FENGSHAO_WEBHOOK_URL_FILE": tmp_path / "url", "FENGSHAO_WEBHOOK_SECRET_FILE": tmp_path / "secret"}
    named = {name: str(path) for name, path in files.items()}
    for path in files.values():
        path.touch()
    assert webhook_address(named) is None
    for path, text in zip(files.values(), ("https://x.example\n", "s\n"), strict=True):
        path.write_text(text)
    assert webhook_address(named) == Address("https://x.example", b"s")


def test_a_site_whose_webhook_is_off_has_its_steps_on_the_board(
    monkeypatch: pytest.MonkeyPatch, small_site: Any
) -> None:
    from pipeline.site import load_site

    site = load_site(small_site)
    monkeypatch.delenv("FENGSHAO_WEBHOOK_URL", raising=False)
    assert reachable(site).plan.channel("city", TOWN) == "board"
    assert reachable(site).plan.channel("township", TOWN) == "terminal"
    monkeypatch.setenv("FENGSHAO_WEBHOOK_URL", "https://x.example")
    monkeypatch.setenv("FENGSHAO_WEBHOOK_SECRET", "s")
    assert reachable(site).plan.channel("city", TOWN) == "webhook"
