"""The MQTT source where there is no broker for it: a named refusal, soon, and no busy loop."""

import resource
import socket
import threading
import time

import pytest

from ingest.mqtt import MqttSource
from pipeline.broker import free_port


def test_a_broker_that_is_away_is_a_named_refusal_and_no_busy_loop() -> None:
    port = free_port()
    source = MqttSource(f"mqtt://127.0.0.1:{port}", "road", [])
    started, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for _ in range(10):
        assert not source.connect()
        assert source.receive(0.05) == []
    assert source.refusal == f"127.0.0.1:{port}: Connection refused"
    assert not source.publish("t", b"")
    assert time.monotonic() - started >= 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - used < 0.2
    source.close()


def test_a_far_side_that_hangs_up_is_noticed_at_once() -> None:
    porter = Porter(b"", hangs_up=True)
    source = MqttSource(porter.url, "road", [])
    started = time.monotonic()
    assert not source.connect(20.0)
    assert "closed the connection before it answered" in source.refusal
    assert time.monotonic() - started < 10
    porter.leave()


class Porter:
    """Listens where a broker should; says the given bytes to whoever connects."""

    def __init__(self, word: bytes, port: int = 0, hangs_up: bool = False) -> None:
        self._hangs_up = hangs_up
        self._listening = socket.create_server(("127.0.0.1", port))
        self.url = f"mqtt://127.0.0.1:{self._listening.getsockname()[1]}"
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._welcome, args=(word,))
        self._thread.start()

    def _welcome(self, word: bytes) -> None:
        line, _ = self._listening.accept()
        self._lines.append(line)
        line.recv(4096)
        line.sendall(word)
        if self._hangs_up:
            line.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        self._thread.join()
        for line in (*self._lines, self._listening):
            line.close()


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        pytest.param(b"\x20\x03\x00\x87\x00", "refused, Not authorized", id="not authorized"),
        pytest.param(b"", "no answer within 0.3 s", id="silent"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", "no answer within 0.3 s", id="not a broker"),
    ],
)
def test_somebody_who_is_no_broker_for_us_is_named(word: bytes, refusal: str) -> None:
    porter = Porter(word)
    source = MqttSource(porter.url, "road", [])
    assert not source.connect(0.3)
    assert refusal in source.refusal
    porter.leave()
    assert not source.connect(0.3)
    assert "Connection refused" in source.refusal, "the newest refusal counts"


def test_the_newest_refusal_counts() -> None:
    port = free_port()
    source = MqttSource(f"mqtt://127.0.0.1:{port}", "road", [])
    assert not source.connect(0.2)
    assert "Connection refused" in source.refusal
    porter = Porter(b"", port)
    assert not source.connect(0.2)
    porter.leave()
    assert source.refusal == f"127.0.0.1:{port}: no answer within 0.2 s"
    source.close()


@pytest.mark.parametrize(
    "url",
    ["localhost:1883", "http://localhost", "mqtt://", "mqtt://host:port", "mqtt://host:0", "mqtt://[1", "embedded"],
)
def test_an_address_of_another_form_names_what_was_found_and_expected(url: str) -> None:
    with pytest.raises(ValueError, match=r"found .* expected mqtt://host:port or mqtts://host:port"):
        MqttSource(url, "road", [])
