"""Reads the bytes of an MQTT PUBLISH packet: topic, packet id, the user property ``at``, payload (MQTT 5.0, 3.3).

topic length | topic | packet id (QoS > 0) | properties length | properties (MQTT 5) | payload
"""

from dataclasses import dataclass

USER_PROPERTY = 0x26
FIXED_LENGTH = {0x01: 1, 0x02: 4, 0x23: 2}
"""Payload format, expiry, topic alias."""
ONE_TEXT = (0x03, 0x08, 0x09)
"""Content type, response topic, correlation data."""
SUBSCRIPTION = 0x0B


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as the broker delivered it. ``at`` is the MQTT 5 user property, empty where there is none."""

    mid: int
    qos: int
    mqtt_topic: str
    payload: bytes
    at: str
    again: bool
    """The broker's DUP flag: it says that it may have delivered this before."""
    retained: bool = False
    """It was kept from before we subscribed, so it is no news."""


def read_publish(command: int, packet: bytes | bytearray, properties: bool) -> Delivery | None:
    """The delivery of a packet without its fixed header; None where its bytes are not those of a PUBLISH.

    ``command`` is the first byte of the fixed header; ``properties`` says whether the connection speaks MQTT 5.
    A topic that is not UTF-8 is read as empty: the message is refused later by name.
    """
    try:
        place = 2 + (packet[0] << 8 | packet[1])
        topic = bytes(packet[2:place])
        qos = command >> 1 & 3
        if qos == 3:
            return None
        mid = 0
        if qos:
            mid = packet[place] << 8 | packet[place + 1]
            place += 2
        at = ""
        if properties:
            length, place = _varint(packet, place)
            if length:
                at = _at(packet, place, place + length)
            place += length
    except IndexError:
        return None
    if place > len(packet):
        return None
    return Delivery(mid, qos, _text(topic), bytes(packet[place:]), at, bool(command & 8), bool(command & 1))


def _at(packet: bytes | bytearray, place: int, end: int) -> str:
    """The value of the user property ``at``; the last one where there are several."""
    found = ""
    while place < end:
        kind = packet[place]
        place += 1
        if kind == USER_PROPERTY:
            name, place = _string(packet, place)
            value, place = _string(packet, place)
            if name == b"at":
                found = _text(value)
        elif kind in FIXED_LENGTH:
            place += FIXED_LENGTH[kind]
        elif kind in ONE_TEXT:
            _, place = _string(packet, place)
        elif kind == SUBSCRIPTION:
            _, place = _varint(packet, place)
        else:
            raise IndexError  # no property of a PUBLISH
    if place > end:
        raise IndexError  # a property longer than all of them
    return found


def _string(packet: bytes | bytearray, place: int) -> tuple[bytes, int]:
    end = place + 2 + (packet[place] << 8 | packet[place + 1])
    return bytes(packet[place + 2 : end]), end


def _varint(packet: bytes | bytearray, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = packet[place]
        value |= (byte & 127) << shift
        place += 1
        if byte < 128 or shift > 21:
            return value, place
        shift += 7


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""
