"""A far side that means no good: whatever it sends, however slowly, the exchange ends in a receipt that names it."""

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alerts.channels import webhook
from alerts.channels.webhook import LONGEST_ANSWER, Address, post, reach
from alerts.model import Receipt
from tests.alerts.test_channels import SECRET, letter
from tests.alerts.town import NOON

HEAD = b"HTTP/1.1 200 OK\r\n"
SAID = b'{"errcode": 0}'
TIMES = 40
"""How often a part is sent before the far side itself gives up, so that a test without the mend ends as well."""
Script = Callable[[socket.socket], None]


def whole(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body)}"))
    return HEAD + f"{lines}Connection: close\r\n\r\n".encode() + body


@contextmanager
def far_side(script: Script) -> Iterator[tuple[str, list[bytes]]]:
    """Runs the script on each connection once its request has come; gives its address and the requests."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.02)
        gone = threading.Event()

        def serve() -> None:
            while not gone.is_set():
                try:
                    line, _ = listening.accept()
                except TimeoutError:
                    continue
                with line:
                    line.settimeout(2.0)
                    requests.append(line.recv(65_536))
                    try:
                        script(line)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/", requests
        finally:
            gone.set()
            thread.join()


def answered(script: Script) -> Receipt:
    with far_side(script) as (url, _):
        return post(letter(), Address(url, SECRET), NOON)


def says(answer: bytes) -> Script:
    return lambda line: line.sendall(answer)


def drips(*first: bytes) -> Script:
    """Each wait is short; only together they are long."""

    def script(line: socket.socket) -> None:
        line.sendall(b"".join(first))
        for _ in range(TIMES):
            time.sleep(0.02)
            line.sendall(b"x")
        line.sendall(b"\r\n\r\n")

    return script


def endless(first: bytes, part: bytes) -> Script:
    def script(line: socket.socket) -> None:
        line.sendall(first)
        for _ in range(TIMES):
            line.sendall(part)

    return script


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(drips(HEAD, b"\r\n"), id="a body"),
        pytest.param(drips(HEAD, b"X-Long: "), id="a header"),
        pytest.param(drips(), id="a status"),
        pytest.param(drips(b"HTTP/1.1 100 Continue\r\n\r\n"), id="after a hundred"),
    ],
)
def test_what_drips_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 0.15)
    receipt = answered(script)
    assert (receipt.state, receipt.failure, receipt.final) == ("failed", "timeout", False)


BOMB = gzip.compress(bytes(20 * LONGEST_ANSWER))
GZIP = "Content-Encoding: gzip"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(says(whole(b" " * LONGEST_ANSWER + SAID)), id="plain"),
        pytest.param(endless(HEAD + b"\r\n", b"x" * 65_536), id="without an end"),
        pytest.param(says(whole(BOMB, GZIP)), id="packed small"),
        pytest.param(endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + BOMB, b"x" * 65_536), id="packed, without end"),
        pytest.param(says(whole(gzip.compress(SAID) + bytes(LONGEST_ANSWER), GZIP)), id="long behind what is packed"),
    ],
)
def test_no_more_is_read_than_an_answer_is_long(script: Script) -> None:
    receipt = answered(script)
    assert (receipt.state, receipt.failure, receipt.final) == ("failed", "too_long", False)


def test_what_is_packed_small_takes_no_more_room_than_an_answer_does() -> None:
    bomb = whole(gzip.compress(bytes(400 * LONGEST_ANSWER)), GZIP)
    assert len(bomb) < LONGEST_ANSWER
    answered(says(bomb))  # what the first exchange loads once
    tracemalloc.start()
    assert answered(says(bomb)).failure == "too_long"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * LONGEST_ANSWER


def test_the_longest_answer_and_a_packed_one_are_read() -> None:
    assert answered(says(whole(SAID.ljust(LONGEST_ANSWER)))).state == "sent"
    assert answered(says(whole(gzip.compress(SAID), GZIP))).state == "sent"


def test_what_only_says_that_it_is_packed_is_not_understood() -> None:
    assert answered(says(whole(SAID, GZIP))).failure == "not_understood"
    assert answered(says(whole(SAID, "Content-Encoding: br"))).state == "sent"


def test_nothing_is_remembered_and_no_way_is_taken_but_the_straight_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    moved = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    answers = [whole(SAID, "Set-Cookie: a=b; Path=/"), moved, moved]
    with far_side(lambda line: line.sendall(answers.pop(0))) as (url, requests):
        assert post(letter(), Address(url, SECRET), NOON).state == "sent"
        assert post(letter(), Address(url, SECRET), NOON).failure == "http_302"
        assert reach(url) == (True, "a GET said 302")
    assert len(requests) == 3
    for request in requests:
        assert b"cookie" not in request.lower()
        assert b"authorization" not in request.lower()


def test_the_doctor_waits_no_longer_either_and_reads_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 0.15)
    with far_side(drips(HEAD, b"X-Long: ")) as (url, _):
        assert reach(url) == (False, "TimeoutError")
    with far_side(endless(HEAD + b"\r\n", b"x" * 65_536)) as (url, _):
        assert reach(url) == (True, "a GET said 200")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://gateway.example",
        "gateway.example",
        "http://",
        "http:///notices",
        "http://a..b/",
        "http://.a/",
        f"http://{'a' * 64}/",
        "http://xn--/",
        "http://[::1",
        "http://a b/",
        "http://a:99999/",
        "http://a:0/",
        "http://a:-1/",
        "http://a:x/",
        "http://a/\r\nX-Header: more",
        "http://a\r\nX-Header: more/",
        "http://a/\0",
        "http://a/\ud800",
        "http://\ud800/",
    ],
)
def test_an_address_that_is_none_is_final_and_the_doctor_says_so(url: str) -> None:
    receipt = post(letter(), Address(url, SECRET), NOON)
    assert (receipt.state, receipt.failure, receipt.final) == ("failed", "bad_url", True)
    assert reach(url) == (False, "found no address; expected http:// or https:// with a host")
