"""A replay that is given something odd says what and where in a line, and soon."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.broker import free_port
from simulators import replay
from simulators.broker import Broker, broker_of
from simulators.feed.cast import read_cast
from simulators.lines import FeedFault, read_lines
from tests.pipeline.command import Commands

AT = 1_785_772_803_000
GOOD = json.dumps({"at": AT, "topic": "fengshao/v1/up/D", "payload": 1}).encode() + b"\n"

URLS = [
    ("mqtt://h", Broker("h", 1883, False, None, None)),
    ("mqtts://h", Broker("h", 8883, True, None, None)),
    ("MQTT://h:99/", Broker("h", 99, False, None, None)),
    ("mqtt://[::1]:1884", Broker("::1", 1884, False, None, None)),
    ("mqtt://u%40x:p%3Aw%2F@h:1", Broker("h", 1, False, "u@x", "p:w/")),
    ("mqtt://枫:@broker.example", Broker("broker.example", 1883, False, "枫", "")),
]
NO_URLS = [
    "",
    "h",
    "http://h",
    "mqtt://",
    "mqtt://:1883",
    "mqtt://h:0",
    "mqtt://h:99999",
    "mqtt://h:-1",
    "mqtt://h:abc",
    "mqtt://h:²",
    "mqtt://[::1",
    "mqtt://[zz]:1",
    "mqtt://..",
    "mqtt://" + "a" * 70 + ".example",
    "mqtt://u:" + "p" * 70_000 + "@h",
]


@pytest.mark.parametrize(("url", "broker"), URLS)
def test_a_brokers_address_is_taken_apart(url: str, broker: Broker) -> None:
    assert broker_of(url) == broker


@pytest.mark.parametrize("url", NO_URLS, ids=lambda url: url[:20])
def test_an_address_that_is_none_says_what_was_found_and_expected(url: str) -> None:
    with pytest.raises(ValueError, match=r"^found .*; expected mqtt://host:port or mqtts://host:port$"):
        broker_of(url)


@pytest.mark.parametrize("url", NO_URLS, ids=lambda url: url[:20])
def test_the_command_refuses_it_as_wrong_usage(fengshao: Commands, url: str) -> None:
    ran = fengshao("replay", __file__, "--mqtt", url, "--as-live")
    assert (ran.code, ran.out) == (2, "")
    assert "Invalid value: --mqtt: found " in ran.err
    assert "; expected mqtt://host:port or mqtts://host:port" in ran.err


def test_a_broker_that_is_absent_is_told_at_once_and_again_when_it_is_given_up(
    fengshao: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "PATIENCE_SECONDS", 0.5)
    feed, port = tmp_path / "feed.jsonl", free_port()
    feed.write_bytes(GOOD)
    ran = fengshao("replay", feed, "--mqtt", f"mqtt://127.0.0.1:{port}")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        f"broker: 127.0.0.1:{port}: Connection refused; trying on for 0.5 s",
        f"broker: 127.0.0.1:{port}: Connection refused",
    ]


def line(topic: str = "t", at: object = AT, payload: str = "1") -> bytes:
    return f'{{"at": {json.dumps(at)}, "topic": {json.dumps(topic)}, "payload": {payload}}}\n'.encode()


BAD_LINES: dict[str, bytes] = {
    "noise": bytes(range(256)) * 4,
    "another encoding": b'{"at": 1, "topic": "\xb9\xe3", "payload": 1}\n',
    "no object": b"[]\n",
    "a time in words": line(at="noon"),
    "a time without an offset": line(at="2026-08-04T00:00:00"),
    "a time that no calendar has": line(at=10**18),
    "a time of a thousand digits": line(at="2026-08-04T00:00:00." + "1" * 1_000 + "+08:00"),
    "bad hexadecimal": line(payload='{"hex": "zz"}'),
    "a topic with a wildcard": line("fengshao/v1/up/+"),
    "a topic that MQTT cannot carry": line("t" * 70_000),
    "a payload without end": line(payload='{"hex": ' + "[" * 100_000 + "]" * 100_000 + "}"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_line_that_is_none_is_named_by_file_and_number(fengshao: Commands, tmp_path: Path, name: str) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(b"\xef\xbb\xbf" + GOOD + b"\n" + BAD_LINES[name])
    with pytest.raises(FeedFault, match=f"^{feed}: line 3: found .*; expected a feed line"):
        list(read_lines(feed))
    feed.write_bytes(BAD_LINES[name])
    ran = fengshao("replay", feed, "--mqtt", "mqtt://127.0.0.1:1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{feed}: line 1: found ")
    assert ran.err.count("\n") == 1


PACKED: dict[str, bytes] = {
    "cut": gzip.compress(GOOD * 9)[:-9],
    "no gzip": GOOD,
    "torn": gzip.compress(GOOD * 9)[:20] + b"\0\xff" * 20,
}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_feed_that_cannot_be_read_to_its_end_is_named(tmp_path: Path, name: str) -> None:
    feed = tmp_path / "feed.jsonl.gz"
    feed.write_bytes(PACKED[name])
    with pytest.raises(FeedFault, match=f"^{feed}: found .*; expected a feed file that can be read to its end$"):
        list(read_lines(feed))


@pytest.mark.parametrize("path", [".", "/tmp/" + "a" * 5_000])
def test_a_feed_that_is_no_file_is_wrong_usage(fengshao: Commands, path: str) -> None:
    ran = fengshao("replay", path)
    assert (ran.code, ran.out) == (2, "")
    assert "FEED: found no file" in ran.err


@pytest.mark.parametrize(
    ("devices", "found"),
    [
        ("device_id,type\nD1,smoke\n", "found no column site_id, township, gateway_id, heartbeat; expected device_id"),
        ("device_id,type,site_id,township,gateway_id,heartbeat\nD1,smoke,S1,,,soon\n", "heartbeat: found 'soon'"),
    ],
)
def test_a_cast_that_lacks_something_is_named(tmp_path: Path, devices: str, found: str) -> None:
    (tmp_path / "sites.csv").write_text("site_id,kind\nS1,mill\n")
    (tmp_path / "devices.csv").write_text(devices)
    with pytest.raises(ValueError, match=found):
        read_cast(tmp_path)


COMMANDS: dict[str, tuple[str, ...]] = {
    "replay": ("FILE", "--broker", "mqtt://127.0.0.1:0"),
    "officers": ("--truth", "FILE", "--broker", "mqtt://h"),
    "feed": ("--site", "/no/such", "--out", "/dev/null"),
    "city": ("--out", "/no/such"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_simulators_own_command_ends_with_a_line(tmp_path: Path, name: str) -> None:
    odd = tmp_path / "odd"
    odd.write_bytes(b"\xff\n")
    words = [str(odd) if word == "FILE" else word for word in COMMANDS[name]]
    ran = subprocess.run(
        [sys.executable, "-m", f"simulators.{name}", *words],
        env=os.environ | {"FENGSHAO_WEBHOOK_SECRET": "s"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1), ran.stderr
