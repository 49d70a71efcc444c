"""The two channels, with a counterpart that answers as real ones do."""

import hashlib
import hmac
import json
from collections.abc import Callable

import httpx
import msgspec
import pytest

from alerts import retry
from alerts.channels import terminal
from alerts.channels.terminal import parse_answer, terminal_payload
from alerts.channels.webhook import Address, Letter, post, signature
from alerts.incident import Refused
from alerts.links import MAX_AGE, Link, LinkFault, make_link, read_link
from alerts.model import Answer, Notice, Receipt
from tests.alerts.town import MINUTE, NOON, TOWN, TOWNSHIP, Town, fire

SECRET = b"a secret of the town"
ADDRESS = Address("https://gateway.example/notices", SECRET)


def notice() -> Notice:
    town = Town()
    town.do(fire(), now=NOON)
    return next(notice for notice in town.notices if notice.person == TOWNSHIP)


def letter() -> Letter:
    return Letter(notice(), "演示 陈志明", "000", "https://board.example/a/token", NOON // 1000, 480)


def posted(answer: Callable[[httpx.Request], httpx.Response], address: Address = ADDRESS) -> Receipt:
    return post(letter(), address, NOON, httpx.MockTransport(answer))


def says(status: int, content: object = "", **headers: str) -> Receipt:
    text = content if isinstance(content, str) else json.dumps(content)
    return posted(lambda _: httpx.Response(status, stream=httpx.ByteStream(text.encode()), headers=headers))


def test_a_letter_is_signed_over_its_time_and_its_very_bytes() -> None:
    seen: list[httpx.Request] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b'{"errcode": 0, "errmsg": "ok"}'))

    assert posted(gateway) == Receipt(notice_id=notice().id, state="sent", at=NOON)
    (request,) = seen
    stamp = request.headers["Fengshao-Timestamp"]
    expected = hmac.new(SECRET, stamp.encode() + b"." + request.content, hashlib.sha256).hexdigest()
    assert request.headers["Fengshao-Signature"] == f"v1={expected}"
    assert request.headers["Idempotency-Key"] == notice().id
    assert json.loads(request.content)["answer_by"] == "2026-08-04T12:10:00.000+08:00"


def test_the_signature_of_a_known_letter() -> None:
    """``printf '%s' '1785816000.{"a":1}' | openssl dgst -sha256 -hmac key`` says so too."""
    assert signature(b"key", 1785816000, b'{"a":1}') == (
        "v1=69c9783e08480e7a8893f759e0c93549170e151cac205ceb9e0bfb5f44ee0ad2"
    )


ANSWERS: dict[str, tuple[int, object, str, bool, int | None]] = {
    # status, body, failure ("" = sent), final, wait
    "nothing said": (204, "", "", False, None),
    "a word": (200, "ok", "", False, None),
    "another word, in capitals": (200, "SUCCESS\n", "", False, None),
    "a page to log in": (200, "<!DOCTYPE html><title>Sign in</title>", "not_understood", False, None),
    "JSON that is cut off": (200, '{"errcode": 0', "not_understood", False, None),
    "JSON without end": (200, '{"errcode": 0, "x": ' + "[" * 2000, "not_understood", False, None),
    "JSON far too deep": (200, "[" * 2000 + "]" * 2000, "not_understood", False, None),
    "a code beyond all numbers": (200, '{"code": 1e999}', "not_understood", False, None),
    "a list": (200, [1], "", False, None),
    "code 0 as text": (200, {"code": "0"}, "", False, None),
    "WeCom, too many a minute": (200, {"errcode": 45009, "errmsg": "limit"}, "code_45009", False, 60_000),
    "DingTalk, barred": (200, {"errcode": 130101}, "code_130101", False, 600_000),
    "a wrong signature": (200, {"errcode": 310000}, "code_310000", True, None),
    "Feishu, too many": (200, {"code": 9499}, "code_9499", False, 60_000),
    "a code that is a word": (200, {"code": "isv.BUSINESS_LIMIT"}, "code_isv.BUSINESS_LIMIT", True, None),
    "a server that fails": (503, "", "http_503", False, None),
    "not found": (404, "", "http_404", True, None),
    "moved": (302, "", "http_302", True, None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_success_is_what_the_body_says(name: str) -> None:
    status, content, failure, final, wait = ANSWERS[name]
    receipt = says(status, content)
    assert receipt.state == ("failed" if failure else "sent")
    assert (receipt.failure, receipt.final, receipt.retry_after) == (failure, final, wait)


def test_too_many_requests_are_tried_again_when_the_far_side_asks() -> None:
    receipt = says(429, "", **{"Retry-After": "90"})
    assert (receipt.failure, receipt.final, receipt.retry_after) == ("http_429", False, 90_000)
    assert says(429, "", **{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}).retry_after is None


@pytest.mark.parametrize(
    ("raised", "failure"),
    [(httpx.ReadTimeout("slow"), "timeout"), (httpx.ConnectError("away"), "unreachable")],
)
def test_a_gateway_that_is_away_is_tried_again(raised: Exception, failure: str) -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise raised

    receipt = posted(away)
    assert (receipt.state, receipt.failure, receipt.final) == ("failed", failure, False)


def test_a_terminal_is_told_in_the_form_of_the_contract() -> None:
    told = json.loads(terminal_payload(notice(), 480))
    assert set(told) == {"notice", "alert", "level", "text", "answer_by", "run"}
    assert (told["level"], told["answer_by"]) == ("orange", "2026-08-04T12:10:00.000+08:00")


def spoken(topic: str = f"fengshao/v1/terminal/{TOWN}/answer", **changes: object) -> Answer | Refused:
    said = {"notice": notice().id, "officer": TOWNSHIP, "answer": "accept", "at": "x", **changes}
    found = {notice().id: notice()}
    return parse_answer(topic, msgspec.json.encode(said), found.get, NOON + 5)


def test_what_comes_back_from_a_terminal_is_an_answer_at_our_time() -> None:
    assert spoken() == Answer(
        hazard_id=notice().hazard_id,
        person=TOWNSHIP,
        answer="accept",
        at=NOON + 5,
        via="terminal",
        notice_id=notice().id,
    )


def test_what_a_terminal_cannot_say_is_refused_by_name() -> None:
    assert spoken(notice="nowhere") == terminal.NO_SUCH_NOTICE
    assert spoken(officer=7) == terminal.MALFORMED
    assert spoken(note="x" * 5000) == terminal.TOO_LARGE
    assert spoken("fengshao/v1/terminal/330602001/answer") == terminal.OTHER_TOWNSHIP
    assert spoken("fengshao/v1/up/x") == terminal.NOT_AN_ANSWER_TOPIC


def test_what_a_terminal_says_besides_is_not_looked_at() -> None:
    assert isinstance(spoken(token=7, firmware=[1]), Answer)


DEEP = b'{"x":' + b"[" * 2000 + b"]" * 2000 + b"}"


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"\xff\xfe", b"[1]", b'{"notice": 1}', b"[" * 2000, DEEP, b'{"x":"\xff"}', b"null"]
)
def test_a_malformed_answer_is_refused_and_nothing_crashes(payload: bytes) -> None:
    assert parse_answer(f"fengshao/v1/terminal/{TOWN}/answer", payload, lambda _: None, NOON) == terminal.MALFORMED


def test_a_link_belongs_to_one_person_and_one_hazard_for_a_day() -> None:
    token = make_link(SECRET, "n", "h", TOWNSHIP, NOON)
    assert read_link(SECRET, token, NOON + MAX_AGE) == Link("n", "h", TOWNSHIP, NOON)
    assert read_link(SECRET, token, NOON + MAX_AGE + 1) is LinkFault.EXPIRED
    assert read_link(b"another", token, NOON) is LinkFault.FORGED


@pytest.mark.parametrize("token", ["", "x", "x.y", "....", "é", "a" * 10_000])
def test_a_made_up_token_opens_nothing(token: str) -> None:
    assert read_link(SECRET, token, NOON) is LinkFault.FORGED


def test_changing_any_part_of_a_token_breaks_it() -> None:
    token = make_link(SECRET, "n", "h", TOWNSHIP, NOON)
    for place in range(0, len(token), 5):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read_link(SECRET, changed, NOON) is LinkFault.FORGED


def test_waits_grow_and_end() -> None:
    waits = [retry.next_try(tries, 0) for tries in range(1, retry.TRIES + 1)]
    assert waits == [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, None]
    assert retry.next_try(1, 100, 60_000) == 60_100
    assert retry.next_try(1, 0, 10**9) == retry.LONGEST_WAIT
    assert MINUTE < retry.LONGEST_WAIT
