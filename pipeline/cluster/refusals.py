"""What was refused on the way, as it stands in Kafka's rejected topic: a record holds all of one message."""

import msgspec

from ingest.rejected import Reason, Rejected

MOST_BYTES = 100_000
"""So much of a payload is kept: a message may be larger than a record of Kafka."""


class Refusal(msgspec.Struct, omit_defaults=True):
    """``payload`` in hexadecimal, ``at`` in epoch milliseconds; ``mqtt_topic`` is ``kafka/…`` for our own records.

    ``more``: what else is wrong with the same message.
    """

    reason: Reason
    mqtt_topic: str
    payload: str
    at: int
    detail: str
    more: list[tuple[Reason, str]] = []


def pack_refusal(first: Rejected, *more: Rejected) -> bytes:
    """The refusals of one message, as JSON; of its payload the beginning, once."""
    kept = first.payload[:MOST_BYTES]
    cut = f"; the first {MOST_BYTES} bytes are kept" if len(first.payload) > MOST_BYTES else ""
    others = [(refused.reason, refused.detail) for refused in more]
    return msgspec.json.encode(
        Refusal(first.reason, first.mqtt_topic, kept.hex(), first.at, first.detail + cut, others)
    )


def unpack_refusal(packed: bytes) -> list[Rejected]:
    """What :func:`pack_refusal` wrote; raises ValueError."""
    told = msgspec.json.decode(packed, type=Refusal)
    payload = bytes.fromhex(told.payload)
    return [
        Rejected(0, reason, told.mqtt_topic, payload, told.at, detail)
        for reason, detail in [(told.reason, told.detail), *told.more]
    ]


def unread(kafka_topic: str, partition: int, offset: int, value: bytes, at: int, why: str) -> Rejected:
    """A record of ours that nobody can read."""
    return Rejected(0, Reason.BAD_PACKET, f"kafka/{kafka_topic}/{partition}/{offset}", value, at, why)
