"""A server of the tests' own: on a free port, ended with the test run, stopped or killed and started again."""

import contextlib
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil

from tests.parts.catalogue import find

HOST = "127.0.0.1"
LOOK_SECONDS = 0.05


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_gone(family: list[psutil.Process], seconds: float = 20.0) -> None:
    """One that only waits for init to take note of its end is gone."""
    until = time.monotonic() + seconds
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            while one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                assert time.monotonic() < until, f"{one} did not leave"
                time.sleep(0.01)


class Child(ABC):
    """The program; what it keeps lies in ``folder``. A kind of server says how it is run and when it is ready."""

    name: str
    user = ""
    """Whom it runs as; the empty word: as we do."""
    orderly = signal.SIGTERM
    """What asks it to end and to write down what it holds."""
    orphaned = signal.SIGKILL
    """What the kernel sends it when the test run is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / f"{self.name}.log"
        self._running: subprocess.Popen[bytes] | None = None
        self._read_from = 0

    @abstractmethod
    def command(self) -> list[str]:
        """How it is run."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it takes work now."""

    def said(self) -> str:
        """Its log since it was last started."""
        return self.log.read_bytes()[self._read_from :].decode(errors="replace")

    def lives(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int:
        assert self._running is not None, f"{self.name} was not started"
        return self._running.pid

    def family(self) -> list[psutil.Process]:
        """The program and what it started in turn; empty where it does not run."""
        with contextlib.suppress(psutil.NoSuchProcess):
            head = psutil.Process(self.pid)
            return [head, *head.children(recursive=True)]
        return []

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Runs as long as the block lasts."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self, seconds: float = 60.0) -> None:
        """Returns once it takes work; where it runs already there is nothing to do."""
        if self.lives():
            return
        with self.log.open("ab") as log:
            self._read_from = log.tell()
            self._running = subprocess.Popen(
                [*self._leash(), *self.command()], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until = time.monotonic() + seconds
        while not self.is_ready():
            assert self.lives(), f"{self.name} ended at its start: {self.said()}"
            assert time.monotonic() < until, f"{self.name} does not answer: {self.said()}"
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Ends it in order."""
        self._end(self.orderly)

    def kill(self) -> None:
        """Ends it as a power cut of the program would."""
        self._end(signal.SIGKILL)

    def run(self, *command: str) -> None:
        """A program of its own household, as its user, to the end."""
        done = subprocess.run([*self._leash(), *command], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"

    def _leash(self) -> list[str]:
        """The kernel forgets the leash where a program changes its user, so one program does both, in that order."""
        setpriv = find("setpriv")
        assert setpriv is not None, "setpriv is not installed"
        change = ["--reuid", self.user, "--regid", self.user, "--init-groups"] if self.user else []
        return [setpriv, *change, "--pdeathsig", self.orphaned.name.removeprefix("SIG"), "--"]

    def _end(self, how: signal.Signals) -> None:
        if self._running is not None:
            family = self.family()
            self._running.send_signal(how)
            self._running.wait(60)
            self._running = None
            wait_until_gone(family)
