"""Finds the real parts that the tests use, installs and builds what it can, says what is missing and how to get it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.parts.catalogue import PARTS, Part, cache, find, is_built, is_installed


def say(text: str) -> None:
    print(text, flush=True)


def lacking_packages(part: Part) -> list[str]:
    """Debian's packages that bring what this part and its build lack."""
    packages = [] if is_installed(part) else list(part.packages)
    if not is_built(part):
        packages += [package for program, package in part.tools.items() if find(program) is None]
    return packages


def lacking_by_hand(part: Part) -> dict[str, str]:
    """Programs that its build lacks and Debian has only too old → where they come from."""
    return {program: source for program, source in part.by_hand.items() if find(program) is None}


def lacking_tools(part: Part) -> bool:
    """Whether its build cannot begin."""
    return any(find(program) is None for program in part.tools) or bool(lacking_by_hand(part))


def install(packages: Iterable[str]) -> None:
    """Try Debian's packages, all at once; what came of it shows in the programs that are there then."""
    wanted = sorted(set(packages))
    if not wanted:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        say(f"packages: {' '.join(wanted)} wanted; only root on Debian can install them here")
        return
    say(f"packages: installing {' '.join(wanted)}")
    began = time.monotonic()
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    fetch = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
    for command in (["apt-get", "update", "-qq"], fetch):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            say(f"packages: failed after {time.monotonic() - began:.0f} s")
            return
    say(f"packages: installed in {time.monotonic() - began:.0f} s")


def build(name: str, part: Part) -> None:
    """Build aside, then rename, so that a build cut short leaves nothing that looks whole."""
    if part.build is None or is_built(part) or lacking_tools(part):
        return
    say(f"{name}: building {part.built}")
    began = time.monotonic()
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix=f".{part.built}-") as aside:
        folder = Path(aside) / part.built
        folder.mkdir()
        try:
            part.build(folder)
            folder.rename(cache() / part.built)
        except subprocess.CalledProcessError as failed:
            say(f"{name}: {failed}")
        except OSError:
            if not is_built(part):  # else somebody was quicker
                raise
    say(f"{name}: {'built' if is_built(part) else 'failed'} after {time.monotonic() - began:.0f} s")


def verdict(part: Part) -> str:
    """Whether it is here, else what would bring it."""
    if lacking := lacking_packages(part) + ([] if is_built(part) else list(lacking_by_hand(part).values())):
        return f"MISSING; install {', '.join(lacking)}, then: make parts"
    return "found" if is_built(part) else f"MISSING; {part.built} could not be built, see above"


def main() -> int:
    """0 where every part is there, else 1."""
    install(package for part in PARTS.values() for package in lacking_packages(part))
    with ThreadPoolExecutor() as pool:
        list(pool.map(build, PARTS.keys(), PARTS.values()))
    verdicts = {name: verdict(part) for name, part in PARTS.items()}
    for name, said in verdicts.items():
        say(f"{name}: {said}")
    return 0 if all(said == "found" for said in verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
