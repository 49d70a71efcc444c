"""Decode a few payloads and say what came of them in plain words."""

from ingest.decode import Decoded, Decoder
from ingest.message import Message
from ingest.rejected import Reason
from ingest.timing import Timing
from ingest.topics import UP
from ingest.vocabulary import Vocabulary

AT = 1_785_823_385_000
"""2026-08-04 14:03:05 in Beijing: when every message is received unless it says otherwise."""

Row = tuple[str, float]


def vocabulary() -> Vocabulary:
    """A site of one device."""
    names = Vocabulary()
    names.register(["dev-1"])
    return names


def message(payload: bytes | str, device: str = "dev-1", at: int = AT) -> Message:
    """What a device sends."""
    return Message(UP + device, payload.encode() if isinstance(payload, str) else payload, at)


def decode(*messages: Message, names: Vocabulary | None = None, max_bytes: int = 1 << 20) -> Decoded:
    """One batch."""
    return Decoder(names or vocabulary(), Timing(), max_bytes).decode(messages)


def rows(decoded: Decoded, names: Vocabulary | None = None) -> list[Row]:
    """(metric, value) of every row."""
    metrics = (names or Vocabulary()).metrics
    found = zip(decoded.inputs.metric.tolist(), decoded.inputs.value.tolist(), strict=True)
    return [(metrics[metric], value) for metric, value in found]


def reasons(decoded: Decoded) -> list[Reason]:
    """Why, in order."""
    return [rejected.reason for rejected in decoded.rejected]
