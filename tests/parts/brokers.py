"""A real mosquitto on a free port, with limits under which nothing is dropped without a word."""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

HOST = "127.0.0.1"
CONFIGURATION = """listener {port} {host}
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
max_inflight_messages 1000
message_size_limit 33554432
set_tcp_nodelay true
user {user}
"""


class Mosquitto:
    """The running broker; :meth:`stop` and :meth:`start` break and mend it on the same port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"mqtt://{HOST}:{self.port}"
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            CONFIGURATION.format(port=self.port, host=HOST, folder=folder, user=getpass.getuser())
        )
        self._log = folder / "mosquitto.log"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it takes connections."""
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        assert program is not None, "mosquitto is not installed"
        with self._log.open("ab") as log:
            self._running = subprocess.Popen([program, "-c", str(self._settings)], stdout=log, stderr=log)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"mosquitto does not answer: {self._log.read_text()}")

    def stop(self) -> None:
        """Ends it in order: what it holds is written to disk."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait(10)
            self._running = None

    def lose(self) -> None:
        """Ends it and all that it remembers."""
        self.stop()
        (self._settings.parent / "mosquitto.db").unlink(missing_ok=True)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of the test's own."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()
