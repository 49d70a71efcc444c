"""PUBLISH packets read by us and by paho say the same; bytes that are none are told apart and never raise."""

import struct
from typing import Any

import paho.mqtt.client as paho
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.publish_packet import Delivery, read_publish

PUBLISH = 0x30


def text(raw: bytes) -> bytes:
    return struct.pack("!H", len(raw)) + raw


def packet(topic: bytes, mid: int | None, properties: bytes | None, payload: bytes) -> bytes:
    """Without the fixed header; ``properties`` already has its length in front (None: MQTT 3.1.1)."""
    return text(topic) + (b"" if mid is None else struct.pack("!H", mid)) + (properties or b"") + payload


def packed(**named: Any) -> bytes:
    """Properties as paho packs them."""
    properties: Any = Properties(PacketTypes.PUBLISH)
    for key, value in named.items():
        setattr(properties, key, value)
    return bytes(properties.pack())


def read_by_paho(command: int, body: bytes, new: bool) -> Delivery:
    """What paho's own reading makes of the packet."""
    version = paho.MQTTv5 if new else paho.MQTTv311
    client: Any = paho.Client(CallbackAPIVersion.VERSION2, "reader", protocol=version, manual_ack=True)
    found: list[paho.MQTTMessage] = []
    client.on_message = lambda _client, _user, message: found.append(message)
    client._in_packet |= {"command": command, "packet": bytearray(body)}
    client._handle_publish()
    (message,) = found
    at = ""
    for key, value in getattr(message.properties, "UserProperty", []) if new else []:
        at = value if key == "at" else at
    return Delivery(message.mid, message.qos, message.topic, message.payload, at, message.dup, message.retain)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
topics = words.filter(bool).map(str.encode)
named = st.fixed_dictionaries(
    {},
    optional={
        "UserProperty": st.lists(st.tuples(st.sampled_from(["at", "x", ""]), words), min_size=1, max_size=4),
        "PayloadFormatIndicator": st.integers(0, 1),
        "MessageExpiryInterval": st.integers(0, 2**32 - 1),
        "TopicAlias": st.integers(1, 65535),
        "ContentType": words,
        "ResponseTopic": words.filter(bool),
        "CorrelationData": st.binary(max_size=9),
        "SubscriptionIdentifier": st.integers(1, 268_435_455),
    },
)


@given(topics, st.integers(0, 1), st.integers(1, 65535), named, st.binary(max_size=40), st.booleans(), st.booleans())
def test_we_read_what_paho_reads(
    topic: bytes, qos: int, mid: int, named: dict[str, Any], payload: bytes, dup: bool, new: bool
) -> None:
    command = PUBLISH | qos << 1 | (8 if dup and qos else 0)
    body = packet(topic, mid if qos else None, packed(**named) if new else None, payload)
    assert read_publish(command, bytearray(body), new) == read_by_paho(command, body, new)


@given(topics, st.text(max_size=20_000 // 4), st.binary(max_size=300))
def test_a_long_property_has_a_long_length(topic: bytes, word: str, payload: bytes) -> None:
    word = word.encode("utf-8", "replace").decode().replace("\0", "")
    body = packet(topic, 7, packed(UserProperty=[("x", word * 4), ("at", "1")]), payload)
    found = read_publish(PUBLISH | 2, body, True)
    assert found is not None
    assert (found.at, found.payload) == ("1", payload)


@given(st.integers(PUBLISH, PUBLISH | 15), st.binary(max_size=60), st.booleans())
def test_no_bytes_make_it_raise(command: int, body: bytes, new: bool) -> None:
    found = read_publish(command, body, new)
    assert found is None or len(found.payload) <= len(body)


@given(topics, named, st.data())
def test_a_packet_cut_off_before_its_payload_is_none(topic: bytes, named: dict[str, Any], data: st.DataObject) -> None:
    body = packet(topic, 7, packed(**named), b"")
    assert read_publish(PUBLISH | 2, body[: data.draw(st.integers(0, len(body) - 1))], True) is None


@pytest.mark.parametrize(
    ("command", "body"),
    [
        pytest.param(PUBLISH, b"", id="nothing"),
        pytest.param(PUBLISH, b"\x00\x05abc", id="a topic longer than the packet"),
        pytest.param(PUBLISH | 2, b"\x00\x01a\x00", id="half a packet id"),
        pytest.param(PUBLISH | 6, b"\x00\x01a\x00\x01\x00", id="QoS 3"),
        pytest.param(PUBLISH, b"\x00\x01a\x09\x26", id="properties longer than the packet"),
        pytest.param(PUBLISH, b"\x00\x01a\x02\x7f\x00", id="a property that no PUBLISH has"),
        pytest.param(PUBLISH, b"\x00\x01a\x05\x26\x00\x02at\x00\x09payload!!", id="a property longer than all of them"),
        pytest.param(PUBLISH, b"\x00\x01a\xff\xff\xff\xff", id="a length without an end"),
    ],
)
def test_what_is_no_publish_is_none(command: int, body: bytes) -> None:
    assert read_publish(command, body, True) is None


def test_a_topic_or_a_property_that_is_not_utf_8_is_empty() -> None:
    properties = b"\x26" + text(b"at") + text(b"\xff")
    found = read_publish(PUBLISH, packet(b"a/\xff", None, bytes([len(properties)]) + properties, b"x"), True)
    assert found == Delivery(0, 0, "", b"x", "", False)
