"""What the broker may deliver again after a reconnect, and the fence behind which it surely will not.

A broker handles one connection's packets in order: once it confirms a message that we published behind our
acknowledgements, it has them.
"""

import msgspec

from ingest.mqtt import MqttSource
from ingest.redelivered import Redelivered
from ingest.topics import ALIVE


class Fence:
    """``packed`` is what an earlier program stored of ``redelivered``."""

    def __init__(self, source: MqttSource, packed: bytes) -> None:
        self.redelivered = Redelivered(packed)
        self._source = source
        self._connections = 0
        self._planted = False

    def reconnected(self) -> bool:
        """Whether the connection is another than at the last call; if so, deliveries are compared from now on."""
        if self._source.connections == self._connections:
            return False
        self._connections = self._source.connections
        self.redelivered.reconnected(self._source.session_kept)
        self._planted = False
        return True

    def plant(self, clock: int) -> None:
        """Behind what was acknowledged just now, unless one stands there unconfirmed; it tells that we live."""
        if self._planted:
            return
        mark = self.redelivered.mark()

        def confirmed() -> None:
            self._planted = False
            self.redelivered.acknowledged(mark)

        self._planted = self._source.publish(ALIVE, msgspec.json.encode({"clock": clock}), confirmed)
