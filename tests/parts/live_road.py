"""The road as a real child program on a real broker, and what it left in its store as ``fengshao export`` says it."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from alerts.store import Reader
from pipeline.paths import DataFolder

BROKERS = [pytest.param("mosquitto", marks=pytest.mark.part("mosquitto")), "iotcore"]
"""Both embedded brokers: the one that is installed, the one that comes as a wheel."""


def fengshao(*arguments: str) -> list[str]:
    """The command line of our own program."""
    return [sys.executable, "-m", "pipeline.cli", *arguments]


def exported(kind: str, site: Path, data: Path) -> list[dict[str, Any]]:
    """All of a kind, as the command writes it."""
    command = fengshao("export", kind, "--site", str(site), "--data", str(data))
    written = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60).stdout
    return [json.loads(line) for line in written.splitlines()]


class LiveRoad:
    """``fengshao road`` with its data folder; may be started again after it ended."""

    def __init__(self, site: Path, data: Path, url: str, clock: str, *more: str) -> None:
        self._site = site
        self._data = data
        self._command = fengshao(
            *("road", "--site", str(site), "--data", str(data), "--mqtt", url, "--clock", clock, *more)
        )
        self._place = DataFolder(data)
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> "LiveRoad":
        """Returns once it listens."""
        self._place.desk.unlink(missing_ok=True)
        self._running = subprocess.Popen(self._command)
        until = time.monotonic() + 60
        while not self._place.desk.exists():
            assert self._running.poll() is None, "the road ended before it listened"
            assert time.monotonic() < until, "the road did not start"
            time.sleep(0.02)
        return self

    def lives(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def finish(self, seconds: float) -> None:
        """Wait until it ends by itself."""
        assert self._running is not None
        assert self._running.wait(seconds) == 0

    def stop(self) -> None:
        """Ask it to end, where it has not."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            assert self._running.wait(20) == 0

    def reader(self) -> Reader:
        return Reader(self._place.store)

    def totals(self) -> dict[str, int]:
        with self.reader() as reader:
            return reader.totals()

    def wait_for(self, name: str, count: int, seconds: float = 30.0) -> None:
        """Until the total of that name has reached ``count``."""
        until = time.monotonic() + seconds
        with self.reader() as reader:
            while (found := reader.totals().get(name, 0)) < count:
                assert time.monotonic() < until, f"{name}: found {found}; expected {count}"
                time.sleep(0.02)

    def exported(self, kind: str) -> list[dict[str, Any]]:
        return exported(kind, self._site, self._data)
