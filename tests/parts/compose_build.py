"""The compose program, built from its Go module: it reads docker-compose.yml as Docker would, without one."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

VERSION = "v2.40.3"
COMPOSE = f"docker-compose-{VERSION.removeprefix('v')}"
MODULE = "github.com/docker/compose/v2"


def build_compose(folder: Path) -> None:
    """The program ``docker-compose`` in ``folder``; its module is a part of one of ours, for it replaces others."""
    (folder / "go.mod").write_text("module compose\n")
    build = ("build", "-ldflags", "-s -w", "-o", "docker-compose", f"{MODULE}/cmd")
    for words in (("get", f"{MODULE}/cmd@{VERSION}"), build):
        done = subprocess.run(["go", *words], cwd=folder, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(done.stderr, flush=True)  # else a line for each of 200 modules
            done.check_returncode()


def read_compose(program: Path, project: Path, *environment_files: Path, profile: str = "") -> dict[str, Any]:
    """What the program makes of the project's file: merged, with its variables put in; fails as the program does."""
    files = [word for path in environment_files for word in ("--env-file", str(path))]
    profiles = ["--profile", profile] if profile else []
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FENGSHAO_", "COMPOSE_"))}
    words = [str(program), *files, *profiles, "--project-directory", str(project), "config", "--format", "json"]
    done = subprocess.run(words, cwd=project, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
