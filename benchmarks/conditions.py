"""Under which conditions figures were measured: without them a figure says nothing."""

import os
import platform
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version

import msgspec
import numpy as np
import psutil  # type: ignore[import-untyped]

from alerts.store.sqlite import WRITER_PRAGMAS
from benchmarks.rules import cpu
from rules import compile as compiler

LOOK_SECONDS = 2.0


def mosquitto_version() -> str:
    """The installed mosquitto, or that there is none."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        return "no mosquitto"
    said = subprocess.run([program, "-h"], capture_output=True, text=True, check=False).stdout
    return said.splitlines()[0] if said else "mosquitto"


def iotcore_version() -> str:
    """The broker that comes as a wheel."""
    return f"rumqttd (iotcore {version('iotcore')})"


def conditions() -> str:
    """The machine, the programs, the disk's promise, and how much of the cores others were using."""
    busy = psutil.cpu_percent(LOOK_SECONDS)
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    pragmas = ", ".join(pragma for pragma in WRITER_PRAGMAS if pragma.startswith(("journal_mode", "synchronous")))
    memory = psutil.virtual_memory().total / 2**30
    return "\n".join(
        (
            f"measured  {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"machine   {cpu()}, {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, {platform.system()}",
            f"programs  Python {platform.python_version()}, {compiler.DESCRIPTION}, numpy {np.__version__}, "
            f"msgspec {msgspec.__version__}, SQLite {sqlite3.sqlite_version} ({pragmas})",
            f"brokers   {mosquitto_version()}; {iotcore_version()}; QoS 1, on the same cores as everything else",
            f"shared    load {load}; before the start others kept the cores {busy:.0f} % busy",
        )
    )
