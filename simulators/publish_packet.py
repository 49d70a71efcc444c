"""The bytes of a PUBLISH of QoS 1 in MQTT 5."""

PUBLISH_QOS1 = 0x32
DUP = 0x08


def publish_packet(mid: int, topic: str, payload: bytes, at: str = "", retain: bool = False) -> bytes:
    """An MQTT 5 PUBLISH of QoS 1; ``at`` becomes a user property of that name."""
    name, moment = topic.encode(), at.encode()
    properties = b"\x26\x00\x02at" + len(moment).to_bytes(2, "big") + moment if at else b""
    rest = len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + _length(len(properties)) + properties
    return bytes([PUBLISH_QOS1 | retain]) + _length(len(rest) + len(payload)) + rest + payload


def again(packet: bytes) -> bytes:
    """The same one, marked as sent before."""
    return bytes([packet[0] | DUP]) + packet[1:]


def _length(count: int) -> bytes:
    """MQTT's variable byte integer."""
    if count < 0x80:
        return bytes([count])
    digits = bytearray()
    while count:
        count, digit = divmod(count, 0x80)
        digits.append(digit | (0x80 if count else 0))
    return bytes(digits)
