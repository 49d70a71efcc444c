"""The wheel is whole: it runs the example site from inside itself, far from any checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "rules", "alerts", "dashboards", "simulators", "pipeline")
PROGRAM = """
import json, sys
from pathlib import Path
import pipeline.site
from pipeline.run_board import board_site
from pipeline.site import example_site, load_site
import dashboards.web.app
site = load_site(example_site())
board_site(site)
files = [Path(module.__file__) for module in (pipeline.site, dashboards.web.app)]
print(json.dumps({"site": str(example_site()), "name": site.name, "devices": len(site.places.devices),
                  "files": [str(file) for file in files]}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("fengshao-*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


def files(folder: str) -> set[str]:
    """What the checkout has below a folder, caches apart."""
    below = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(ROOT)) for path in below}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_every_package_is_in_it(names: set[str], package: str) -> None:
    assert files(package)
    assert files(package) <= names


def test_it_holds_templates_and_static_files(names: set[str]) -> None:
    for folder, suffix in (("templates", ".html"), ("static", ".js"), ("static", ".css")):
        assert any(name.startswith(f"dashboards/web/{folder}/") and name.endswith(suffix) for name in names)


def test_it_holds_the_whole_example_site_with_its_attributions(names: set[str]) -> None:
    site = {name.replace("sites/", "pipeline/sites/", 1) for name in files("sites/shaoxing")}
    assert site <= names
    assert "pipeline/sites/shaoxing/README.md" in names
    assert "pipeline/sites/shaoxing/districts.geojson" in names


def test_it_holds_nothing_else(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert tops - set(PACKAGES) == {top for top in tops if top.endswith(".dist-info")}
    assert not [name for name in names if name.endswith((".pyc", ".nbi", ".nbc"))]


def test_its_command_and_its_licence(wheel: Path, names: set[str]) -> None:
    (entry,) = (name for name in names if name.endswith("entry_points.txt"))
    with zipfile.ZipFile(wheel) as packed:
        assert packed.read(entry).decode().split() == ["[console_scripts]", "fengshao", "=", "pipeline.cli:main"]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_unpacked_it_loads_the_example_site_from_inside_itself(wheel: Path, tmp_path: Path) -> None:
    unpacked, elsewhere = tmp_path / "unpacked", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("FENGSHAO_", "PYTHON"))}
    environment["PYTHONPATH"] = str(unpacked)
    run = [sys.executable, "-W", "error", "-c", PROGRAM]
    ran = subprocess.run(run, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["site"] == str(unpacked / "pipeline" / "sites" / "shaoxing")
    assert all(file.startswith(str(unpacked)) for file in told["files"])
    assert told["name"] == "绍兴市"
    assert told["devices"] > 4000
    listed = [sys.executable, "-m", "pipeline.cli", "rules", "check"]
    checked = subprocess.run(listed, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=120)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "no faults" in checked.stdout
