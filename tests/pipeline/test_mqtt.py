"""The MQTT source against real brokers: what is not acknowledged comes again, and nothing bad can hurt."""

import getpass
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.broker_login import Login
from ingest.mqtt import MqttSource
from ingest.publish_packet import Delivery
from ingest.topics import UP, UP_FILTER
from pipeline.broker import embedded_broker, free_port
from tests.parts.brokers import Mosquitto

BROKERS = [pytest.param("mosquitto", marks=pytest.mark.part("mosquitto")), "iotcore"]


@pytest.fixture(scope="module", params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker as `up` starts it, both kinds."""
    with embedded_broker(tmp_path_factory.mktemp("broker"), request.param) as running:
        yield running.url


def connected(url: str, client_id: str, filters: list[str]) -> MqttSource:
    source = MqttSource(url, client_id, filters)
    assert source.connect(), source.refusal
    source.receive(0.3)  # the subscription is answered
    return source


def until(done: Callable[[], bool], look: Callable[[], object], seconds: float = 10.0) -> None:
    """Look again and again until it is done; fails when it takes longer."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        look()


def receive(source: MqttSource, count: int) -> list[Delivery]:
    """So many messages, and a moment more for one too many."""
    found: list[Delivery] = []
    until(lambda: len(found) >= count, lambda: found.extend(source.receive(0.05)))
    return found + source.receive(0.1)


def publish(url: str, payloads: list[bytes], topic: str = f"{UP}D1") -> None:
    """All of them, on one connection, the broker has them when this returns."""
    field = connected(url, "field", [])
    left = [len(payloads)]
    for payload in payloads:
        field.publish(topic, payload, lambda: left.__setitem__(0, left[0] - 1))
    until(lambda: left[0] == 0, lambda: field.receive(0.05), 30.0)
    assert (field.connected, field.connections) == (True, 1)
    field.close()


def payloads(deliveries: list[Delivery]) -> list[bytes]:
    return [delivery.payload for delivery in deliveries]


def test_what_is_not_acknowledged_comes_again_in_order_and_what_is_does_not(broker: str) -> None:
    road = connected(broker, "road-again", [f"{UP}again"])
    sent = [b"%d" % number for number in range(20)]
    publish(broker, sent, f"{UP}again")
    first = receive(road, 20)
    assert payloads(first) == sent
    road.acknowledge(first[:8])
    road.receive(0.1)
    road.close()
    assert road.connect(), road.refusal
    assert payloads(receive(road, 12)) == sent[8:]
    road.close()


def test_a_new_program_under_the_same_name_gets_what_the_old_one_left(broker: str) -> None:
    old = connected(broker, "road-new", [f"{UP}new"])
    publish(broker, [b"a", b"b", b"c"], f"{UP}new")
    old.acknowledge(receive(old, 3)[:1])
    old.receive(0.1)
    old._client.socket().close()  # killed: no word of farewell
    publish(broker, [b"d"], f"{UP}new")
    new = MqttSource(broker, "road-new", [f"{UP}new"])
    assert new.connect(), new.refusal
    found = receive(new, 3)
    assert payloads(found) == [b"b", b"c", b"d"]
    new.acknowledge(found)
    new.receive(0.1)
    new.close()
    assert new.connect(), new.refusal
    assert new.receive(0.3) == []
    new.close()


def test_the_user_property_of_a_feed_arrives(broker: str) -> None:
    road = connected(broker, "road-property", [f"{UP}property"])
    field = connected(broker, "feed", [])
    told: Properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    told.UserProperty = [("x", "y"), ("at", "2026-08-04T12:00:00.120+08:00")]
    field._client.publish(f"{UP}property", b"{}", qos=1, properties=told)
    field.receive(0.1)
    (found,) = receive(road, 1)
    assert (found.at, found.qos, found.again) == ("2026-08-04T12:00:00.120+08:00", 1, False)
    road.acknowledge([found])
    road.close()
    field.close()


def test_three_messages_of_10_mb_an_empty_one_and_one_of_qos_0_arrive_whole(broker: str) -> None:
    road = connected(broker, "road-large", [f"{UP}large"])
    large = [bytes([number]) * 10_000_000 for number in range(3)]
    publish(broker, [*large, b""], f"{UP}large")
    found = receive(road, 4)
    assert payloads(found) == [*large, b""]
    road.acknowledge(found)
    plain = connected(broker, "plain", [])
    plain._client.publish(f"{UP}large", b"unasked", qos=0)
    plain.receive(0.1)
    (found_plain,) = receive(road, 1)
    assert found_plain.payload == b"unasked"
    road.acknowledge([found_plain])
    assert road.connected
    road.close()


def rude(url: str, topic: bytes) -> None:
    """Publishes under a topic that is not UTF-8, in MQTT 5, and leaves."""
    parts = urlsplit(url)
    connect = b"\x00\x04MQTT\x05\x02\x00\x1e\x00" + b"\x00\x04rude"
    publish = struct.pack("!H", len(topic)) + topic + b"\x00" + b"{}"
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as line:
        line.settimeout(2)
        line.sendall(b"\x10" + bytes([len(connect)]) + connect)
        line.recv(64)
        line.sendall(b"\x30" + bytes([len(publish)]) + publish)
        try:
            line.recv(64)
        except (TimeoutError, ConnectionError):
            return


def test_a_topic_that_is_not_utf_8_hurts_nobody_else(broker: str) -> None:
    road = connected(broker, "road-rude", [UP_FILTER])
    rude(broker, UP.encode() + b"\xff\xfe")
    publish(broker, [b"after"], f"{UP}polite")
    found: list[Delivery] = []
    until(lambda: b"after" in payloads(found), lambda: found.extend(road.receive(0.05)))
    assert {delivery.mqtt_topic for delivery in found} <= {"", f"{UP}polite"}
    road.acknowledge(found)
    road.close()


def test_one_look_takes_about_two_thousand_at_most(broker: str) -> None:
    road = connected(broker, "road-many", [f"{UP}many"])
    publish(broker, [b"x"] * 3_000, f"{UP}many")
    looks: list[int] = []

    def look() -> None:
        found = road.receive(0.05)
        looks.append(len(found))
        road.acknowledge(found)

    until(lambda: sum(looks) >= 3_000, look)
    assert sum(looks) == 3_000
    assert max(looks) <= 2_100
    road.close()


def test_one_look_takes_about_32_mb_at_most(broker: str) -> None:
    road = connected(broker, "road-heavy", [f"{UP}heavy"])
    publish(broker, [b"x" * 8_000_000] * 12, f"{UP}heavy")
    looks: list[int] = []

    def look() -> None:
        found = road.receive(0.05)
        looks.append(sum(map(len, payloads(found))))
        road.acknowledge(found)

    until(lambda: sum(looks) >= 96_000_000, look)
    assert max(looks) <= 40_000_000
    road.close()


def test_what_was_kept_before_we_subscribed_is_not_sent_or_marked_and_never_twice(broker: str) -> None:
    field = connected(broker, "field-kept", [])
    field._client.publish(f"{UP}kept", b"old", qos=1, retain=True)
    field.receive(0.2)
    road = MqttSource(broker, "road-kept", [f"{UP}kept"])
    assert road.connect(), road.refusal
    assert not road.session_kept
    first = road.receive(0.2)
    assert all(delivery.retained for delivery in first)
    road.acknowledge(first)
    field._client.publish(f"{UP}kept", b"new", qos=1, retain=True)
    field.receive(0.2)
    (news,) = receive(road, 1)
    assert (news.payload, news.retained) == (b"new", False)
    road.acknowledge([news])
    road.receive(0.1)
    road.close()
    assert road.connect(), road.refusal
    assert road.session_kept
    assert road.receive(0.3) == []
    road.close()
    field.close()


@pytest.mark.part("mosquitto")
def test_a_second_program_under_the_same_name_ends_our_connection(mosquitto: Mosquitto) -> None:
    first = connected(mosquitto.url, "road", [])
    second = connected(mosquitto.url, "road", [])
    until(lambda: not first.connected, lambda: first.receive(0.05))
    assert first.lost == "the far side is gone"
    second.close()
    assert first.connect(), first.refusal
    assert first.lost == ""
    first.close()


@pytest.mark.part("mosquitto")
def test_a_broker_that_has_lost_our_session_says_so(mosquitto: Mosquitto) -> None:
    road = connected(mosquitto.url, "road", [UP_FILTER])
    road.close()
    assert road.connect(), road.refusal
    assert road.session_kept
    mosquitto.lose()
    until(lambda: not road.connected, lambda: road.receive(0.05))
    mosquitto.start()
    assert road.connect(), road.refusal
    assert not road.session_kept
    road.close()


@pytest.mark.part("mosquitto")
def test_a_user_and_a_password_may_hold_any_character(tmp_path: Path) -> None:
    port, names = free_port(), tmp_path / "names"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(names), "u@x", "p:w/ü%"], check=True, capture_output=True)
    names.chmod(0o644)
    settings = f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {names}\nuser {getpass.getuser()}\n"
    (tmp_path / "mosquitto.conf").write_text(settings)
    program = ["mosquitto", "-c", str(tmp_path / "mosquitto.conf")]
    running = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        road = MqttSource(f"mqtt://127.0.0.1:{port}", "road", [], login=Login("u@x", "p:w/ü%"))
        until(lambda: road.connect(1.0), lambda: time.sleep(0.05))
        road.close()
        other = MqttSource(f"mqtt://127.0.0.1:{port}", "road", [], login=Login("u@x", "wrong"))
        assert not other.connect()
        assert "Not authorized" in other.refusal
    finally:
        running.terminate()
        running.wait(10)


def test_our_own_reading_says_what_pahos_says_of_the_same_messages(broker: str) -> None:
    ours = connected(broker, "ours", [f"{UP}both"])
    theirs = paho.Client(paho.CallbackAPIVersion.VERSION2, "theirs", protocol=paho.MQTTv5)
    heard: list[tuple[str, bytes, str]] = []
    theirs.on_message = lambda _client, _user, one: heard.append(
        (one.topic, one.payload, dict(getattr(one.properties, "UserProperty", [])).get("at", ""))
    )
    parts = urlsplit(broker)
    theirs.connect(parts.hostname or "", parts.port or 0)
    theirs.subscribe(f"{UP}both", qos=1)
    until(lambda: theirs.is_connected(), lambda: theirs.loop(0.05))
    theirs.loop(0.2)
    field = connected(broker, "field-both", [])
    for number in range(40):
        told: Properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        told.UserProperty = [("at", str(number))] * (number % 3)
        told.ContentType = "类型" * number
        field._client.publish(f"{UP}both", b"x" * (number * 300), qos=1, properties=told)
    field.receive(0.1)
    found = receive(ours, 40)
    until(lambda: len(heard) >= 40, lambda: theirs.loop(0.05))
    assert [(one.mqtt_topic, one.payload, one.at) for one in found] == heard
    ours.acknowledge(found)
    ours.close()
    field.close()
    theirs.disconnect()


@pytest.mark.part("mosquitto")
def test_a_broker_that_goes_and_comes_back_is_noticed_and_counts_as_another_connection(mosquitto: Mosquitto) -> None:
    source = connected(mosquitto.url, "road", [UP_FILTER])
    assert source.connections == 1
    mosquitto.stop()
    until(lambda: not source.connected, lambda: source.receive(0.05))
    source.acknowledge([Delivery(9, 1, "t", b"", "", False)])
    assert not source.connect()
    mosquitto.start()
    assert source.connect(), source.refusal
    publish(mosquitto.url, [b"back"])
    assert payloads(receive(source, 1)) == [b"back"]
    assert source.connections == 2
    source.close()


@pytest.mark.part("mosquitto")
def test_over_tls_large_messages_arrive_whole_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port, key, certificate = free_port(), tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    extension = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *extension], check=True, capture_output=True)
    key.chmod(0o644)
    settings = f"listener {port} 127.0.0.1\nallow_anonymous true\ncertfile {certificate}\nkeyfile {key}\n"
    settings += f"user {getpass.getuser()}\n"
    (tmp_path / "mosquitto.conf").write_text(settings)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    program = ["mosquitto", "-c", str(tmp_path / "mosquitto.conf")]
    running = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        road = MqttSource(f"mqtts://localhost:{port}", "road", [UP_FILTER])
        until(lambda: road.connect(1.0), lambda: time.sleep(0.05))
        road.receive(0.2)
        sent = [b"%d" % number * 70_000 for number in range(20)] + [b"y" * 20_000_000]
        publish(road.url, sent)
        found = receive(road, len(sent))
        assert payloads(found) == sent
        road.acknowledge(found)
        road.close()
    finally:
        running.terminate()
        running.wait(10)
