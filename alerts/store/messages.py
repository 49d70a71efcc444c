"""Messages as the log keeps them: the bytes as they came, packed side by side."""

from collections.abc import Sequence

import msgspec

from ingest.message import Message

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[tuple[str, bytes, int]]).decode


def pack_messages(messages: Sequence[Message]) -> bytes:
    """Topic, payload and time of each."""
    return _pack([(message.mqtt_topic, message.payload, message.at) for message in messages])


def unpack_messages(packed: bytes) -> list[Message]:
    """What :func:`pack_messages` packed."""
    return [Message(*parts) for parts in _unpack(packed)]
