"""``python -m tests.bundle``: all wheels that an installation without a network needs, for each kind of machine.

dist/bundle-MACHINE holds our own wheel and every locked package that it needs with its extras. The bundle of this
machine is checked by an installation that sees nothing else and runs the demonstration; any other one by pip's
resolver, which sees nothing else either. Packages come from where pip is configured to look.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
WANTED = "fengshao[fast,cluster]"
MACHINES = ("x86_64", "aarch64")
NEWEST_GLIBC = 28
"""2.28: what servers of 2018 and later have, openEuler and Kylin V10 among them."""
PURE = {"aarch64": {"faust-streaming": {"NO_CYTHON": "1"}}}
"""What has no wheel for a machine: built from its locked source without its C parts, which its Python stands in for."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
SMOKE = (
    ("bin/fengshao", "--version"),
    ("bin/python", "-c", "import numba, faust, aiokafka, psycopg, pipeline.cluster.worker"),
    ("bin/fengshao", "demo", "--exit", "--speed", "max", "--records", "2000"),
)


def main() -> None:
    """Make them all; an error names what is missing."""
    with tempfile.TemporaryDirectory(prefix="fengshao-bundle-") as scratch:
        print("== Building our own wheel", flush=True)
        run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch])
        (own,) = Path(scratch).glob("fengshao-*.whl")
        for machine in MACHINES:
            folder = ROOT / "dist" / f"bundle-{machine}"
            fetch(own, machine, folder, Path(scratch) / machine)
            seal(folder, own, machine)
            resolve(folder, machine)
            if machine == platform.machine():
                install(folder, Path(scratch) / "installed")
            wheels = list(folder.glob("*.whl"))
            size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
            print(f"{folder.relative_to(ROOT)}  {len(wheels)} wheels, {size:.0f} MB", flush=True)


def fetch(own: Path, machine: str, folder: Path, scratch: Path) -> None:
    """What pip finds that this machine takes and that the lock has by its hash."""
    print(f"== Fetching for {machine}", flush=True)
    scratch.mkdir()
    shutil.rmtree(folder, ignore_errors=True)
    built = [build(name, settings, scratch) for name, settings in PURE.get(machine, {}).items()]
    constraints, wanted = scratch / "constraints.txt", scratch / "wanted.txt"
    constraints.write_text(with_built(LOCK.read_text(encoding="utf-8"), built), encoding="utf-8")
    wanted.write_text(f"{own}{WANTED.removeprefix('fengshao')} --hash=sha256:{sha256(own)}\n", encoding="utf-8")
    where = ["--find-links", str(scratch), "--dest", str(folder)]
    run([*pip("download"), *target(machine), *where, "-c", str(constraints), "-r", str(wanted)])


def build(name: str, settings: Mapping[str, str], scratch: Path) -> Path:
    """A wheel for any machine, from the source that the lock has by its hash."""
    print(f"   {name} has no wheel for it: built from its source, in plain Python", flush=True)
    only = scratch / f"{name}.txt"
    only.write_text(pinned(LOCK.read_text(encoding="utf-8"), name), encoding="utf-8")
    options = ["--no-deps", "--no-binary", name, "--require-hashes", "-r", str(only), "-w", str(scratch)]
    run([*pip("wheel"), *options], os.environ | settings)
    (wheel,) = scratch.glob(f"{name.replace('-', '_')}-*.whl")
    if not wheel.name.endswith("-py3-none-any.whl"):
        sys.exit(f"{wheel.name}: found a wheel for this machine alone; expected one for any")
    return wheel


def pinned(lock: str, name: str) -> str:
    """The lines of the lock for one package."""
    found = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", lock, re.M | re.S)
    if found is None:
        sys.exit(f"requirements.lock: found no {name}; expected it pinned")
    return found.group()


def with_built(lock: str, built: Sequence[Path]) -> str:
    """The lock, which then also knows the wheels that were built from what it has."""
    for wheel in built:
        name = wheel.name.split("-")[0].replace("_", "-")
        lines = pinned(lock, name)
        lock = lock.replace(lines, lines.rstrip() + f" \\\n    --hash=sha256:{sha256(wheel)}\n")
    return lock


def seal(folder: Path, own: Path, machine: str) -> None:
    """How to install it, and the sums by which it can be seen that all arrived."""
    version = own.name.split("-")[1]
    (folder / "README.txt").write_text(
        f"""枫哨 Fengshao {version} · Linux {machine}, glibc 2.{NEWEST_GLIBC} 或更新 or newer · Python {PYTHON}

在此文件夹内离线安装 Offline, in this folder:

    sha256sum -c SHA256SUMS
    python{PYTHON} -m venv /opt/fengshao
    /opt/fengshao/bin/pip install --no-index --find-links . '{WANTED}'
    /opt/fengshao/bin/fengshao --version
""",
        encoding="utf-8",
    )
    sums = [f"{sha256(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != "SHA256SUMS"]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def resolve(folder: Path, machine: str, wanted: str = WANTED) -> None:
    """pip finds all that is wanted, and what that wants, in the folder alone."""
    with tempfile.TemporaryDirectory() as nowhere:
        dry = ["--dry-run", "--ignore-installed", "--target", nowhere]
        run([*pip("install"), *dry, *target(machine), *offline(folder), wanted], alone())


def install(folder: Path, place: Path) -> None:
    """For real, from the folder alone, and a short demonstration."""
    print("== Installing it without a network", flush=True)
    run([sys.executable, "-m", "venv", str(place)])
    run([str(place / "bin" / "pip"), "install", "--quiet", *offline(folder), WANTED], alone())
    for program, *words in SMOKE:
        run([str(place / program), *words], alone(), place)


def pip(command: str) -> list[str]:
    return [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]


def target(machine: str) -> list[str]:
    """The platforms whose wheels run there."""
    tags = ["manylinux2014", *(f"manylinux_2_{minor}" for minor in range(17, NEWEST_GLIBC + 1))]
    platforms = [word for tag in tags for word in ("--platform", f"{tag}_{machine}")]
    return ["--only-binary", ":all:", "--python-version", PYTHON, "--implementation", "cp", *platforms]


def offline(folder: Path) -> list[str]:
    return ["--no-index", "--find-links", str(folder)]


def alone() -> dict[str, str]:
    """Without what may name another place for packages, or settings of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "FENGSHAO_", "PYTHON"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(command: list[str], environment: Mapping[str, str] = os.environ, folder: Path = ROOT) -> None:
    """Leave with what it said where it fails."""
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(command[:4])} … left with {ran.returncode}:\n{ran.stdout}{ran.stderr}")


if __name__ == "__main__":
    main()
