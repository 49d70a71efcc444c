"""``make bundle``: what is fetched is what the lock has, and a folder in which something is missing is refused."""

import hashlib
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.bundle import LOCK, MACHINES, PURE, PYTHON, pinned, resolve, seal, with_built

ABI = "cp{0}-cp{0}-manylinux_2_28".format(PYTHON.replace(".", ""))
LOCKED = LOCK.read_text(encoding="utf-8")


def make_wheel(folder: Path, name: str, tag: str = "py3-none-any", needs: str = "") -> Path:
    """One without content."""
    path = folder / f"{name}-1.0-{tag}.whl"
    inside = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        required = f"Requires-Dist: {needs}\n" if needs else ""
        wheel.writestr(f"{inside}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{required}")
        wheel.writestr(f"{inside}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        wheel.writestr(f"{inside}/RECORD", "")
    return path


@pytest.mark.parametrize("name", sorted({name for names in PURE.values() for name in names}))
def test_what_is_built_is_built_from_what_the_lock_has(name: str, tmp_path: Path) -> None:
    lines = pinned(LOCKED, name)
    assert re.fullmatch(rf"{name}==\S+ \\\n( +--hash=sha256:[0-9a-f]{{64}}( \\)?\n)+", lines)
    wheel = make_wheel(tmp_path, name.replace("-", "_"))
    added = set(with_built(LOCKED, [wheel]).splitlines()) - set(LOCKED.splitlines())
    assert f"    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}" in added
    assert len(added) <= 2, "the new hash, and the line before it, which now goes on"
    assert pinned(with_built(LOCKED, [wheel]), name).startswith(lines.rstrip())


def test_a_package_that_is_not_locked_is_named() -> None:
    with pytest.raises(SystemExit, match="found no leftpad; expected it pinned"):
        pinned(LOCKED, "leftpad")


@pytest.mark.parametrize("machine", MACHINES)
def test_a_folder_is_complete_when_pip_finds_all_in_it_for_that_machine(machine: str, tmp_path: Path) -> None:
    make_wheel(tmp_path, "one", needs="two")
    with pytest.raises(SystemExit, match="No matching distribution found for two"):
        resolve(tmp_path, machine, "one")
    other = next(one for one in MACHINES if one != machine)
    make_wheel(tmp_path, "two", f"{ABI}_{other}")
    with pytest.raises(SystemExit, match="No matching distribution found for two"):
        resolve(tmp_path, machine, "one")
    make_wheel(tmp_path, "two", f"{ABI}_{machine}")
    resolve(tmp_path, machine, "one")


def test_the_sums_show_whether_all_arrived(tmp_path: Path) -> None:
    own = make_wheel(tmp_path, "fengshao")
    seal(tmp_path, own, "aarch64")
    assert "枫哨 Fengshao 1.0 · Linux aarch64" in (tmp_path / "README.txt").read_text(encoding="utf-8")
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, check=False, timeout=20).returncode == 0
    own.write_bytes(own.read_bytes()[:-1])
    assert subprocess.run(check, cwd=tmp_path, check=False, timeout=20, capture_output=True).returncode == 1
