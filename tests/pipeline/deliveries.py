"""Messages as a broker delivers them, spelled short."""

from ingest.publish_packet import Delivery
from ingest.topics import UP


def delivery(
    payload: bytes | str,
    topic: str = f"{UP}D1",
    *,
    at: str = "",
    qos: int = 1,
    again: bool = False,
    retained: bool = False,
) -> Delivery:
    """One message; QoS 1 unless told otherwise."""
    sent = payload.encode() if isinstance(payload, str) else payload
    return Delivery(1 if qos else 0, qos, topic, sent, at, again, retained)
