"""influxd, built from its Go module; its query language is Rust, built on the way."""

import json
import os
import shutil
import subprocess
from pathlib import Path

VERSION = "v2.7.12"
INFLUXD = f"influxd-{VERSION.removeprefix('v')}"
MODULE = f"github.com/influxdata/influxdb/v2@{VERSION}"
FINDER = "github.com/influxdata/pkg-config@v0.2.7"
"""Stands in for pkg-config: asked for Flux, it builds it."""
TAGS = "sqlite_foreign_keys,sqlite_json,noasm"
WRAPPER = """#!/bin/sh
# A newer compiler warns of more, and Flux takes each warning for an error.
exec "$@" --cap-lints warn
"""


def build_influxd(folder: Path) -> None:
    """The program ``influxd`` in ``folder``."""
    finder, wrapper = folder / "pkg-config", folder / "rustc-wrapper"
    _go(_source(FINDER), "build", "-o", str(finder), ".")
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)
    settings = {"PKG_CONFIG": str(finder), "RUSTC_WRAPPER": str(wrapper), **_toolchain()}
    build = ("build", "-tags", TAGS, "-ldflags", "-s -w", "-o", str(folder / "influxd"), "./cmd/influxd")
    _go(_source(MODULE), *build, **settings)
    finder.unlink()
    wrapper.unlink()


def _toolchain() -> dict[str, str]:
    """The Rust that is here, not the one that Flux would have rustup fetch."""
    rustup = shutil.which("rustup")
    if rustup is None:
        return {}
    home = _rustup_home(Path(rustup))
    shown = subprocess.run(
        [rustup, "show", "active-toolchain"], cwd="/", env=os.environ | home, capture_output=True, text=True, check=True
    ).stdout
    return {"RUSTUP_TOOLCHAIN": shown.split()[0], **home}


def _rustup_home(rustup: Path) -> dict[str, str]:
    """Rustup looks for its compilers in the home of whoever asks; they are in that of whoever installed it."""
    beside = rustup.parents[2] / ".rustup"
    asked = "RUSTUP_HOME" in os.environ or (Path.home() / ".rustup" / "toolchains").is_dir()
    return {"RUSTUP_HOME": str(beside)} if beside.is_dir() and not asked else {}


def _source(module: str) -> Path:
    """Its folder in Go's own cache."""
    shown = subprocess.run(
        ["go", "mod", "download", "-json", module], cwd="/", stdout=subprocess.PIPE, check=True
    ).stdout
    return Path(json.loads(shown)["Dir"])


def _go(folder: Path, *arguments: str, **settings: str) -> None:
    subprocess.run(["go", *arguments], cwd=folder, env=os.environ | settings, check=True)
