"""The real parts that the tests use: what proves each one, and how it is to be had."""

import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.parts.compose_build import COMPOSE, build_compose
from tests.parts.grafana_schema import SCHEMA, fetch_schema
from tests.parts.influxd_build import INFLUXD, build_influxd
from tests.parts.kafka_jars import KAFKA, fetch_jars

BESIDE = ("/usr/sbin", "/usr/local/sbin")
POSTGRES_FOLDERS = "/usr/lib/postgresql"
"""Debian keeps a server's programs off the path, in a folder for each version."""


class Part(NamedTuple):
    """What must be there, and what brings it."""

    programs: tuple[str, ...]
    packages: tuple[str, ...]
    """Debian's, which bring the programs."""
    also: Callable[[], bool] = lambda: True
    built: str = ""
    """What lies in the cache folder of the parts, made there by ``build``."""
    build: Callable[[Path], None] | None = None
    tools: Mapping[str, str] = {}
    """Program that the build needs → Debian's package that brings it."""
    by_hand: Mapping[str, str] = {}
    """Program that the build needs and Debian has only too old → what to install."""


def cache() -> Path:
    """Where lies what is built."""
    return Path(os.environ.get("FENGSHAO_PARTS") or Path.home() / ".cache" / "fengshao" / "parts")


def find(program: str) -> str | None:
    """Its full path, looked for where Debian puts servers too."""
    versions = sorted(Path(POSTGRES_FOLDERS).glob("[0-9]*"), key=lambda folder: int(folder.name), reverse=True)
    folders = [os.environ.get("PATH", ""), *BESIDE, *(str(version / "bin") for version in versions)]
    return shutil.which(program, path=os.pathsep.join(folders))


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Chinese, without which a screenshot proves nothing."""
    lister = find("fc-list")
    if lister is None:
        return False
    return bool(subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, check=False).stdout.strip())


def is_installed(part: Part) -> bool:
    """All but what is built."""
    return all(find(program) for program in part.programs) and part.also()


def is_built(part: Part) -> bool:
    return part.build is None or (cache() / part.built).exists()


@functools.cache
def is_here(name: str) -> bool:
    """Whether tests may use it."""
    part = PARTS[name]
    return is_installed(part) and is_built(part)


PARTS = {
    "mosquitto": Part(("mosquitto",), ("mosquitto",)),
    "chromium": Part(("chromium",), ("chromium", "fonts-noto-cjk"), also=has_chinese_font),
    "kafka": Part(
        programs=("java", "setpriv", "openssl"),
        packages=("openjdk-17-jre-headless", "util-linux", "openssl"),
        built=KAFKA,
        build=fetch_jars,
        tools={"mvn": "maven"},
    ),
    "postgres": Part(("postgres", "initdb", "setpriv"), ("postgresql", "util-linux")),
    "compose": Part((), (), built=COMPOSE, build=build_compose, by_hand={"go": "Go 1.24 or newer (go.dev/dl)"}),
    "grafana-schema": Part(programs=("node", "npm"), packages=("nodejs", "npm"), built=SCHEMA, build=fetch_schema),
    "influx": Part(
        programs=("setpriv",),
        packages=("util-linux",),
        built=INFLUXD,
        build=build_influxd,
        tools={"cc": "gcc", "clang": "clang", "protoc": "protobuf-compiler"},
        by_hand={"go": "Go 1.23 or newer (go.dev/dl)", "cargo": "Rust 1.70 or newer (rustup.rs)"},
    ),
}
