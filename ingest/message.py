"""One message as it came from the field, before anything is believed of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """``at`` is epoch milliseconds: the receipt, or on feed time the feed line's."""

    mqtt_topic: str
    payload: bytes
    at: int
