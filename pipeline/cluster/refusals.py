"""What was refused on the way, as it stands in Kafka's rejected topic."""

import msgspec

from ingest.rejected import Reason, Rejected


class Refusal(msgspec.Struct):
    """``payload`` in hexadecimal, ``at`` in epoch milliseconds; ``mqtt_topic`` is ``kafka/…`` for our own records."""

    reason: Reason
    mqtt_topic: str
    payload: str
    at: int
    detail: str


def pack_refusal(refused: Rejected) -> bytes:
    """As JSON."""
    return msgspec.json.encode(
        Refusal(refused.reason, refused.mqtt_topic, refused.payload.hex(), refused.at, refused.detail)
    )


def unpack_refusal(packed: bytes) -> Rejected:
    """What :func:`pack_refusal` wrote; raises ValueError."""
    told = msgspec.json.decode(packed, type=Refusal)
    return Rejected(0, told.reason, told.mqtt_topic, bytes.fromhex(told.payload), told.at, told.detail)


def unread(kafka_topic: str, partition: int, offset: int, value: bytes, at: int, why: str) -> Rejected:
    """A record of ours that nobody can read."""
    return Rejected(0, Reason.BAD_PACKET, f"kafka/{kafka_topic}/{partition}/{offset}", value, at, why)
