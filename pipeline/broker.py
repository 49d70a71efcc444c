"""The broker that Fengshao starts for itself: mosquitto where it is installed, else rumqttd from iotcore.

For trying and for small sites: it listens on 127.0.0.1 alone and is only as durable as itself. A real site
runs its own broker with persistence and names it with ``--mqtt``.
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

HOST = "127.0.0.1"
BROKER_NAME = "FENGSHAO_BROKER"
CHOICES = ("auto", "mosquitto", "iotcore")
IN_FLIGHT = 1000
LARGEST_MESSAGE = 32 << 20


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """Where the started broker listens, what it is, and whether it still runs."""

    url: str
    name: str
    is_running: Callable[[], bool]


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


def rumqttd_configuration(port: int, old_port: int) -> str:
    """MQTT 5 on ``port``, MQTT 3.1.1 on ``old_port``, both on loopback."""
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
        for version, name, listen in (("v4.1", "mqtt-3.1.1", old_port), ("v5.1", "mqtt-5", port))
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
    settings = folder / "mosquitto.conf"
    settings.write_text(mosquitto_configuration(port, folder))
    with (folder / "mosquitto.log").open("ab") as log:
        running = subprocess.Popen([program, "-c", str(settings)], stdout=log, stderr=log)
    try:
        for _ in range(100):
            if _answers(port):
                break
            if running.poll() is not None:
                raise RuntimeError(f"mosquitto did not start; see {folder / 'mosquitto.log'}")
            time.sleep(0.05)
        else:
            raise RuntimeError(f"mosquitto does not answer on port {port}; see {folder / 'mosquitto.log'}")
        yield RunningBroker(f"mqtt://{HOST}:{port}", "mosquitto", lambda: running.poll() is None)
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def _rumqttd(folder: Path, port: int) -> Iterator[RunningBroker]:
    settings = folder / "rumqttd.toml"
    settings.write_text(rumqttd_configuration(port, free_port()))
    with Broker(config_path=str(settings)) as broker:
        yield RunningBroker(f"mqtt://{HOST}:{port}", "rumqttd (iotcore)", lambda: broker.is_running)


@contextmanager
def embedded_broker(folder: Path, choice: str = "auto", port: int = 0) -> Iterator[RunningBroker]:
    """Run a broker for as long as the block lasts. ``choice`` is one of ``CHOICES``."""
    if choice not in CHOICES:
        raise RuntimeError(f"{BROKER_NAME}: found {choice!r}; expected one of {', '.join(CHOICES)}")
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    if choice == "mosquitto" and program is None:
        raise RuntimeError(f"{BROKER_NAME}=mosquitto: found no mosquitto on the PATH; expected it installed")
    if program is not None and choice in ("auto", "mosquitto"):
        with _mosquitto(program, folder, port) as broker:
            yield broker
    else:
        with _rumqttd(folder, port) as broker:
            yield broker
