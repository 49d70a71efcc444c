"""One service to a broker's folder: its broker ends with it, and what a killed one left behind is ended first."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

END_SECONDS = 10.0
LEASH = ("setpriv", "--pdeathsig", "TERM", "--")
"""Of util-linux; other programs of that name know no such option."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """The folder is ours while the block lasts; RuntimeError where another service that runs has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                f"{folder}: found the embedded broker of another service that runs on this data folder; "
                "expected to be alone; end that one, or name another --data folder"
            ) from None
        _end_orphan(folder)
        yield


def settings_of(folder: Path) -> Path:
    """The configuration by which a broker is known as ours."""
    return folder / "mosquitto.conf"


def leashed(command: Sequence[str]) -> list[str]:
    """The command, asked by the kernel to end (and so to save) once we are gone, however we went."""
    known = (
        shutil.which(LEASH[0]) and subprocess.run([*LEASH, "true"], capture_output=True, check=False).returncode == 0
    )
    return [*LEASH, *command] if known else list(command)


def remember(folder: Path, pid: int) -> None:
    """For the next start, where the kernel knows no leash."""
    _pid_file(folder).write_text(f"{pid}\n")


def _end_orphan(folder: Path) -> None:
    """Nobody else has the folder, so a broker that still runs by its configuration has lost its service."""
    try:
        pid = int(_pid_file(folder).read_text())
    except (FileNotFoundError, ValueError):
        return
    until = time.monotonic() + END_SECONDS
    while _is_ours(pid, folder):
        if time.monotonic() > until:
            raise RuntimeError(f"{folder}: found the mosquitto of a killed service (pid {pid}), and it does not end")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.05)
    _pid_file(folder).unlink(missing_ok=True)


def _is_ours(pid: int, folder: Path) -> bool:
    """A number may by now be another program's: what it was started with tells."""
    try:
        asked = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return False
    return asked.stdout.rstrip().endswith(f" -c {settings_of(folder)}")


def _pid_file(folder: Path) -> Path:
    return folder / "mosquitto.pid"
