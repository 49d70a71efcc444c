"""A non-blocking socket that reads much at once and writes when told: paho asks for a byte at a time."""

import socket
import ssl
from typing import Any

READ_BYTES = 1 << 18
QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Where Linux has it, asked for anew at each read: rumqttd holds a small packet back until the last one is
acknowledged, which the kernel otherwise puts off for 40 ms."""
NOT_NOW = (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError)


class BufferedSocket:
    """``raw`` is the socket, plain or TLS."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._read = b""
        self._place = 0
        self._unsent = bytearray()

    def recv(self, count: int) -> bytes:
        """At most ``count`` bytes; raises BlockingIOError where there are none yet."""
        if self._place >= len(self._read):
            self._read = self._raw.recv(READ_BYTES)
            self._place = 0
            if QUICK_ACK is not None:
                self._raw.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
        piece = self._read[self._place : self._place + count]
        self._place += len(piece)
        return piece

    def send(self, packet: bytes | bytearray) -> int:
        """Takes all of it; :meth:`flush` puts it on the wire."""
        self._unsent += packet
        return len(packet)

    def flush(self) -> bool:
        """Write what is waiting; False while some of it is left."""
        while self._unsent:
            try:
                del self._unsent[: self._raw.send(self._unsent)]
            except NOT_NOW:
                return False
        return True

    def buffered(self) -> bool:
        """Whether a read would find bytes without asking the kernel."""
        return self._place < len(self._read)

    def waiting(self) -> bool:
        """Whether some bytes could not be written yet."""
        return bool(self._unsent)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)
