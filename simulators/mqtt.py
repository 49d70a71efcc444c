"""The simulators' own MQTT client: paho on a buffered socket, driven from the caller's loop, no threads.

    publish() ──▶ window of unacknowledged packets ──▶ turn() writes, reads, frees the window

QoS 1 and MQTT 5. Packets are packed here and kept until acknowledged, because paho looks through all that
is unacknowledged at every acknowledgement; after a reconnect they are sent again, in order, marked DUP.
"""

import contextlib
import os
import secrets
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from simulators.broker import broker_of
from simulators.publish_packet import again, publish_packet

READ_BYTES = 1 << 16
QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Where Linux has it, asked for anew at each read: a broker may wait for it before it sends its next small packet."""
WINDOW = 900
SESSION_SECONDS = 60
KEEPALIVE_SECONDS = 30
CONNECT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Received:
    """A message that came to us."""

    topic: str
    payload: bytes


class BufferedSocket:
    """Reads much at once and writes when told: paho asks for a byte at a time."""

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

    def flush(self) -> None:
        """Write as much as the kernel takes."""
        with contextlib.suppress(BlockingIOError):
            while self._unsent:
                del self._unsent[: self._raw.send(self._unsent)]

    def buffered(self) -> bool:
        """Whether a read would find bytes without asking the kernel."""
        return self._place < len(self._read)

    def waiting(self) -> bool:
        """Whether some bytes could not be written yet."""
        return bool(self._unsent)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


class _Paho(paho.Client):
    """paho's private methods that are replaced here: the socket, and what an acknowledgement does."""

    window: dict[int, bytes]

    def _create_socket(self) -> Any:
        raw: Any = super()._create_socket()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return BufferedSocket(raw)

    def _handle_pubackcomp(self, cmd: Any) -> MQTTErrorCode:
        self.window.pop(int.from_bytes(self._in_packet["packet"][:2], "big"), None)
        return MQTTErrorCode.MQTT_ERR_SUCCESS


class MqttLink:
    """One connection to one broker; ``connections`` grows with each successful connect."""

    def __init__(
        self, url: str, name: str, filters: Sequence[str] = (), window: int = WINDOW, authority: str = ""
    ) -> None:
        """``url`` is ``mqtt[s]://[user:password@]host:port``; raises ValueError for another form.

        ``authority`` is a file of certificates, "" what the system trusts.
        """
        broker = broker_of(url)
        self._host, self._port = broker.host, broker.port
        self._filters = list(filters)
        self._wanted = window
        self._most = window
        self._window: dict[int, bytes] = {}
        self._mid = 0
        self._received: list[Received] = []
        self.connected = False
        self.connections = 0
        self.refusal = ""
        client_id = f"fengshao-{name}-{os.getpid()}-{secrets.token_hex(3)}"
        self._client = _Paho(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
        self._client.window = self._window
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_socket_register_write = lambda *_: None  # packets wait for our flush
        self._client.connect_timeout = CONNECT_SECONDS
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            self._client.tls_set(authority or None)

    def connect(self, timeout: float = CONNECT_SECONDS) -> bool:
        """Connect and subscribe within ``timeout`` seconds; False (with ``refusal``) where that fails."""
        wanted: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wanted.SessionExpiryInterval = SESSION_SECONDS
        self.refusal = ""
        try:
            self._client.connect(self._host, self._port, KEEPALIVE_SECONDS, clean_start=False, properties=wanted)
        except OSError as refused:
            self.refusal = f"{self._host}:{self._port}: {refused.strerror or refused}"
            return False
        until = time.monotonic() + timeout
        while not self.connected and time.monotonic() < until and self._client.socket() is not None:
            self._exchange(0.05)
        if self.connected:
            return True
        self.refusal = self.refusal or f"{self._host}:{self._port}: no answer within {timeout} s"
        return False

    def room(self) -> int:
        """How many more may be published before one is acknowledged; 0 while not connected."""
        return self._most - len(self._window) if self.connected else 0

    def publish(self, topic: str, payload: bytes, at: str = "", retain: bool = False) -> None:
        """Into the window and the write buffer; :meth:`turn` puts it on the wire."""
        self._mid = self._mid % 0xFFFF + 1
        while self._mid in self._window:
            self._mid = self._mid % 0xFFFF + 1
        packet = publish_packet(self._mid, topic, payload, at, retain)
        self._window[self._mid] = packet
        sock: Any = self._client.socket()
        if self.connected and sock is not None:
            sock.send(packet)

    def turn(self, timeout: float) -> list[Received]:
        """Write what waits, read what came, waiting at most ``timeout`` seconds for something to come."""
        self._exchange(timeout)
        received, self._received = self._received, []
        return received

    def drain(self, timeout: float) -> bool:
        """Wait until the broker has everything; False where that takes longer than ``timeout`` seconds."""
        until = time.monotonic() + timeout
        while self._window and time.monotonic() < until:
            self._exchange(0.05)
        return not self._window

    def close(self) -> None:
        """Leave; what is unacknowledged is given up."""
        self._client.disconnect()
        with contextlib.suppress(OSError):
            self._write()
        self.connected = False

    def _exchange(self, timeout: float) -> None:
        sock: Any = self._client.socket()
        if sock is None:
            self.connected = False
            select.select([], [], [], timeout)
            return
        try:
            self._write()
            readable, _, _ = select.select([sock], [sock] if sock.waiting() else [], [], timeout)
            if readable:
                self._read(sock)
            self._client.loop_misc()
            self._write()
        except OSError:
            self.connected = False

    def _read(self, sock: Any) -> None:
        while True:
            if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._client.socket() is None:
                self.connected = False
                return
            if not sock.buffered():
                return

    def _write(self) -> None:
        sock: Any = self._client.socket()
        if sock is not None:
            if self._client.want_write():
                self._client.loop_write()
            sock.flush()

    def _on_connect(self, client: paho.Client, _user: Any, _flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self.refusal = f"{self._host}:{self._port}: refused, {reason}"
            return
        if self._filters:
            client.subscribe([(wanted, SubscribeOptions(qos=1)) for wanted in self._filters])
        self._most = min(self._wanted, getattr(properties, "ReceiveMaximum", self._wanted))
        self.connected = True
        self.connections += 1
        sock: Any = client.socket()
        for packet in self._window.values():
            sock.send(again(packet))

    def _on_disconnect(self, _client: Any, _user: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        self.connected = False

    def _on_message(self, _client: Any, _user: Any, message: paho.MQTTMessage) -> None:
        self._received.append(Received(message.topic, bytes(message.payload)))
