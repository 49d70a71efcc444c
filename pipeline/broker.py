"""The broker that Fengshao starts for itself: mosquitto where it is installed, else rumqttd from iotcore.

rumqttd speaks MQTT 3.1.1 and MQTT 5 on two ports. For trying and for small sites: it listens on 127.0.0.1 alone
and is only as durable as itself. A real site runs its own broker with persistence and names it with ``--mqtt``.
"""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iotcore import Broker

from pipeline.addresses import free_address
from pipeline.broker_claim import leashed, remember, settings_of

HOST = "127.0.0.1"
BROKER_NAME = "FENGSHAO_BROKER"
CHOICES = ("auto", "mosquitto", "iotcore")
IN_FLIGHT = 1000
LARGEST_MESSAGE = 32 << 20


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """Where the started broker listens, what it is, and whether it still runs.

    ``url`` is what our own programs use (MQTT 5); ``old_url`` is for devices that speak MQTT 3.1.1, often the same.
    """

    url: str
    name: str
    is_running: Callable[[], bool]
    old_url: str

    @property
    def shown(self) -> str:
        """For the one who sets up devices."""
        both = self.url if self.old_url == self.url else f"{self.old_url} (MQTT 3.1.1)  {self.url} (MQTT 5)"
        return f"{both}  ({self.name})"


def free_port() -> int:
    """A port on loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def mosquitto_configuration(port: int, folder: Path) -> str:
    """Loopback only, kept on disk, with limits under which nothing is dropped without a word."""
    return f"""listener {port} {HOST}
user {getpass.getuser()}
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 30
max_queued_messages 0
max_inflight_messages {IN_FLIGHT}
message_size_limit {LARGEST_MESSAGE}
set_tcp_nodelay true
log_type error
log_type warning
"""


def rumqttd_configuration(port: int, port_5: int) -> str:
    """MQTT 3.1.1 on ``port``, MQTT 5 on ``port_5``, both on loopback."""
    listeners = "\n".join(
        f"""[{version}]
name = "{name}"
listen = "{HOST}:{listen}"
next_connection_delay_ms = 1
[{version}.connections]
connection_timeout_ms = 60000
max_payload_size = {LARGEST_MESSAGE}
max_inflight_count = {IN_FLIGHT}
dynamic_filters = true
"""
        for version, name, listen in (("v4.1", "mqtt-3.1.1", port), ("v5.1", "mqtt-5", port_5))
    )
    return f"""id = 0
[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 1000
max_segment_size = 104857600
max_segment_count = 10
{listeners}"""


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=0.2):
            return True
    except OSError:
        return False


@contextmanager
def _mosquitto(program: str, folder: Path, port: int) -> Iterator[RunningBroker]:
    settings = settings_of(folder)
    settings.write_text(mosquitto_configuration(port, folder))
    with (folder / "mosquitto.log").open("ab") as log:
        running = subprocess.Popen(leashed([program, "-c", str(settings)]), stdout=log, stderr=log)
    remember(folder, running.pid)
    try:
        for _ in range(100):
            if _answers(port):
                break
            if running.poll() is not None:
                raise RuntimeError(f"mosquitto did not start; see {folder / 'mosquitto.log'}")
            time.sleep(0.05)
        else:
            raise RuntimeError(f"mosquitto does not answer on port {port}; see {folder / 'mosquitto.log'}")
        url = f"mqtt://{HOST}:{port}"
        yield RunningBroker(url, "mosquitto", lambda: running.poll() is None, url)
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def _rumqttd(folder: Path, port: int, port_5: int) -> Iterator[RunningBroker]:
    """It cannot speak both on one port: the well-known one is for devices, most of which speak MQTT 3.1.1."""
    settings = folder / "rumqttd.toml"
    settings.write_text(rumqttd_configuration(port, port_5))
    with Broker(config_path=str(settings)) as broker:
        yield RunningBroker(f"mqtt://{HOST}:{port_5}", "rumqttd", lambda: broker.is_running, f"mqtt://{HOST}:{port}")


@contextmanager
def embedded_broker(folder: Path, choice: str = "auto", port: int = 0, port_5: int = 0) -> Iterator[RunningBroker]:
    """Run a broker for as long as the block lasts. ``choice`` is one of ``CHOICES``, a port of 0 is any free one."""
    if choice not in CHOICES:
        raise RuntimeError(f"{BROKER_NAME}: found {choice!r}; expected one of {', '.join(CHOICES)}")
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    folder.mkdir(parents=True, exist_ok=True)
    if choice == "mosquitto" and program is None:
        raise RuntimeError(f"{BROKER_NAME}=mosquitto: found no mosquitto on the PATH; expected it installed")
    if program is not None and choice in ("auto", "mosquitto"):
        with _mosquitto(program, folder, port or free_port()) as broker:
            yield broker
    else:
        port_5 = port_5 or (_next_free(port) if port else free_port())
        with _rumqttd(folder, port or free_port(), port_5) as broker:
            yield broker


def _next_free(port: int) -> int:
    return int(free_address((HOST, port + 1)).rpartition(":")[2])
