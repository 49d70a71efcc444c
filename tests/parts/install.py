"""Finds the real parts that the tests use, installs what it can with Debian's packages, says what is missing."""

import os
import shutil
import subprocess
import sys

PARTS = {
    "mosquitto": (["mosquitto"], ["mosquitto"]),
    "chromium": (["chromium"], ["chromium", "fonts-noto-cjk"]),
}
"""Part → the programs that prove it, the packages that bring it."""

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def is_there(programs: list[str]) -> bool:
    """Whether every program is found."""
    return all(shutil.which(program, path=PATH) for program in programs)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Chinese, without which a screenshot proves nothing."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout.strip())


def install(packages: list[str]) -> bool:
    """Try Debian's packages; False where that is not possible here."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    return True


def main() -> int:
    """0 where every part is there, else 1."""
    missing = []
    for part, (programs, packages) in PARTS.items():
        ready = is_there(programs) and (part != "chromium" or has_chinese_font())
        if not ready:
            print(f"{part}: installing {' '.join(packages)}", flush=True)
            ready = install(packages) and is_there(programs)
        print(f"{part}: {'found' if ready else 'MISSING; install ' + ' '.join(packages)}", flush=True)
        if not ready:
            missing.append(part)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
