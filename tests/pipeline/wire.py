"""Stands for the road's MQTT source: keeps what is published, and confirms when the story says so."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Wire:
    """``sent`` are topic and payload in order; ``open`` False: not connected."""

    open: bool = True
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    unconfirmed: list[Callable[[], None]] = field(default_factory=list)
    room: int = 1_000_000

    def publish(self, mqtt_topic: str, payload: bytes, done: Callable[[], None] | None = None) -> bool:
        if not self.open or self.room == 0:
            return False
        self.room -= 1
        self.sent.append((mqtt_topic, payload))
        if done is not None:
            self.unconfirmed.append(done)
        return True

    def confirms(self, count: int) -> None:
        """The broker has the oldest ``count`` of what it had not confirmed."""
        now, self.unconfirmed = self.unconfirmed[:count], self.unconfirmed[count:]
        for done in now:
            done()

    def breaks(self) -> None:
        """The connection is lost, and with it every confirmation under way; the next one is open at once."""
        self.unconfirmed.clear()
