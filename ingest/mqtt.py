"""The MQTT source: a paho client, driven from our own loop, that acknowledges only what it is told to.

    broker ──▶ BufferedSocket ──▶ paho ──▶ receive() ──▶ … commit … ──▶ acknowledge() ──▶ one write

QoS 1, manual acknowledgement, a persistent session under a fixed client id, MQTT 5 so that the user
property ``at`` of a feed arrives. The only importer of paho outside the simulators.
"""

import contextlib
import select
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.broker_address import DEFAULT_PORT, broker_address
from ingest.broker_login import NOBODY, Login, denied, refused, unreached
from ingest.buffered_socket import BufferedSocket
from ingest.publish_packet import Delivery, read_publish

SESSION_SECONDS = 7 * 86_400
"""How long the broker keeps our queue while we are away."""
KEEPALIVE_SECONDS = 30
CONNECT_SECONDS = 2.0
MOST_AT_ONCE = 2000
MOST_BYTES_AT_ONCE = 32 << 20
"""How much one look takes, about: what comes after that waits for the commit of these."""
NOT_RETAINED = 2
"""Subscribe without what the broker kept from before: it would come again with every connect (MQTT 5.0, 3.8.3.1)."""


class _BufferedClient(paho.Client):
    """paho on a buffered socket, with its own reading of PUBLISH.

    paho builds an object per property of a message, which costs three times the rest of a delivery. The overridden
    methods are private to paho, so its version is pinned, and a test sends messages through both readings.
    """

    take: Callable[[Delivery], None]

    def _create_socket(self) -> Any:
        raw: Any = super()._create_socket()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return BufferedSocket(raw)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """paho would wait for 30 s, and leave the socket open where the handshake fails."""
        told: Any = self._ssl_context
        wrapped: ssl.SSLSocket = told.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            wrapped.settimeout(CONNECT_SECONDS)
            wrapped.do_handshake()
        except OSError:
            wrapped.close()
            raise
        return wrapped

    def _handle_publish(self) -> MQTTErrorCode:
        packet = self._in_packet
        delivery = read_publish(packet["command"], packet["packet"], self._protocol == paho.MQTTv5)
        if delivery is None:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        self.take(delivery)
        return MQTTErrorCode.MQTT_ERR_SUCCESS


class MqttSource:
    """One connection to one broker. Not thread-safe: the road's loop drives it.

    ``connections`` grows with every successful connect, so that its owner notices a reconnect; ``session_kept`` says
    whether the broker remembered us at the last one; ``lost`` is why the last connection ended, "" while there is one;
    ``denied`` is the last thing that a broker which let us in forbade us.
    """

    def __init__(
        self, url: str, client_id: str, filters: Sequence[str], receive_maximum: int = 1000, login: Login = NOBODY
    ) -> None:
        """``url`` is ``mqtt://host:port`` or ``mqtts://…``; raises ValueError for another form."""
        parts = broker_address(url)
        self.url = url
        self._host = parts.hostname or ""
        self._port = parts.port or DEFAULT_PORT[parts.scheme]
        self._filters = filters
        self._receive_maximum = receive_maximum
        self._received: list[Delivery] = []
        self._received_bytes = 0
        self._published: dict[int, tuple[str, Callable[[], None]]] = {}
        self.connections = 0
        self.connected = False
        self.session_kept = False
        self.refusal = self.lost = self.denied = ""
        self._tls = parts.scheme == "mqtts"
        self._client = self._make_client(client_id, login)

    def _make_client(self, client_id: str, login: Login) -> _BufferedClient:
        client = _BufferedClient(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=paho.MQTTv5,
            manual_ack=True,
        )
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.take = self._take
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_socket_register_write = lambda *_: None  # packets wait for our flush
        client.max_inflight_messages_set(65535)
        client.max_queued_messages_set(0)
        client.connect_timeout = CONNECT_SECONDS
        if login.user:
            client.username_pw_set(login.user, login.password)
        if self._tls:
            client.tls_set(login.authority or None)
        return client

    def connect(self, timeout: float = 2.0) -> bool:
        """Connect and subscribe within ``timeout`` seconds; False (with ``refusal``) where that fails."""
        wanted: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wanted.SessionExpiryInterval = SESSION_SECONDS
        wanted.ReceiveMaximum = self._receive_maximum
        self._taken()
        self._published.clear()
        self.refusal = self.denied = ""
        try:
            self._client.connect(self._host, self._port, KEEPALIVE_SECONDS, clean_start=False, properties=wanted)
        except OSError as failure:
            self.refusal = f"{self._host}:{self._port}: {unreached(failure, self._tls)}"
            return False
        tries = max(1, round(timeout / 0.05))
        for _ in range(tries):
            self._turn(0.05)
            if self.connected or self.refusal:
                return self.connected
            if self._client.socket() is None:
                self.refusal = f"{self._host}:{self._port}: it closed the connection before it answered"
                return False
        self.refusal = f"{self._host}:{self._port}: no answer within {timeout} s"
        return False

    def receive(self, timeout: float) -> list[Delivery]:
        """What is readable now, within what one look may take; waits up to ``timeout`` seconds for the first."""
        self._turn(timeout)
        return self._taken()

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge in order, in one write. Deliveries of an earlier connection must not be passed."""
        for delivery in deliveries:
            if delivery.qos:
                self._client.ack(delivery.mid, delivery.qos)
        self._write()

    def publish(self, mqtt_topic: str, payload: bytes, done: Callable[[], None] | None = None) -> bool:
        """Publish with QoS 1; ``done`` is called when the broker has taken it. False where not connected."""
        if not self.connected:
            return False
        sent = self._client.publish(mqtt_topic, payload, qos=1)
        if done is not None:
            self._published[sent.mid] = mqtt_topic, done
        self._write()
        return True

    def close(self) -> None:
        """Leave without ending the session: the broker keeps our queue."""
        self._client.disconnect()
        with contextlib.suppress(OSError):
            self._write()
        self.connected = False

    def fileno(self) -> int:
        """The socket to select on; -1 where there is none."""
        sock = self._client.socket()
        return -1 if sock is None else sock.fileno()

    def _take(self, delivery: Delivery) -> None:
        self._received.append(delivery)
        self._received_bytes += len(delivery.payload)

    def _taken(self) -> list[Delivery]:
        taken, self._received, self._received_bytes = self._received, [], 0
        return taken

    def _turn(self, timeout: float) -> None:
        sock: Any = self._client.socket()
        if sock is None:
            self.connected = False
            select.select([], [], [], timeout)
            return
        self._write()
        readable = sock.buffered() or select.select([sock], [sock] if sock.waiting() else [], [], timeout)[0]
        if readable:
            self._read(sock)
        self._client.loop_misc()
        self._write()

    def _read(self, sock: Any) -> None:
        while True:
            if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._client.socket() is None:
                self.connected = False
                return
            full = len(self._received) >= MOST_AT_ONCE or self._received_bytes >= MOST_BYTES_AT_ONCE
            if full or not sock.buffered():
                return

    def _write(self) -> None:
        sock: Any = self._client.socket()
        if sock is None:
            return
        if self._client.want_write():
            self._client.loop_write()
        try:
            sock.flush()
        except OSError:
            self.connected = False

    def _on_connect(self, client: paho.Client, _user: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self.refusal = f"{self._host}:{self._port}: {refused(reason)}"
            return
        if self._filters:
            asked = SubscribeOptions(qos=1, retainHandling=NOT_RETAINED)
            client.subscribe([(wanted, asked) for wanted in self._filters])
        self.connected = True
        self.lost = ""
        self.session_kept = bool(flags.session_present)
        self.refusal = ""
        self.connections += 1

    def _on_disconnect(self, _client: Any, _user: Any, flags: Any, reason: Any, _properties: Any) -> None:
        self.connected = False
        self.lost = f"the broker said {reason}" if flags.is_disconnect_packet_from_server else "the far side is gone"

    def _on_subscribe(self, _client: Any, _user: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        for wanted, reason in zip(self._filters, reasons, strict=False):
            if reason.is_failure:
                self.denied = denied(f"read {wanted}", reason)

    def _on_publish(self, _client: Any, _user: Any, mid: int, reason: Any, _properties: Any) -> None:
        mqtt_topic, done = self._published.pop(mid, ("here", lambda: None))
        if reason.is_failure:
            self.denied = denied(f"write {mqtt_topic}", reason)
        else:
            done()
