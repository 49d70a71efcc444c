"""``make parts``: what is built is whole or not there, is found the second time, and what is missing is named."""

import subprocess
from pathlib import Path

import pytest

from tests.parts import install
from tests.parts.catalogue import PARTS, Part, is_built


def build_jars(folder: Path) -> None:
    (folder / "a.jar").write_text("a")


def build_half(folder: Path) -> None:
    (folder / "a.jar").write_text("a")
    raise subprocess.CalledProcessError(1, ["mvn"])


@pytest.fixture(autouse=True)
def parts_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "parts"
    monkeypatch.setenv("FENGSHAO_PARTS", str(folder))
    return folder


def test_what_is_built_is_found_the_second_time(parts_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = Part((), (), built="thing-1", build=build_jars)
    install.build("thing", part)
    assert capsys.readouterr().out == "thing: building thing-1\nthing: built after 0 s\n"
    assert [path.name for path in parts_folder.rglob("*")] == ["thing-1", "a.jar"]
    install.build("thing", part)
    assert capsys.readouterr().out == ""
    assert install.verdict(part) == "found"


def test_a_build_that_fails_leaves_nothing(parts_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = Part((), (), built="thing-1", build=build_half)
    install.build("thing", part)
    assert "thing: failed after 0 s" in capsys.readouterr().out
    assert not list(parts_folder.iterdir())
    assert install.verdict(part) == "MISSING; thing-1 could not be built, see above"


def test_a_build_that_another_run_has_finished_meanwhile_is_taken(parts_folder: Path) -> None:
    def build(folder: Path) -> None:
        build_jars(folder)
        (parts_folder / "thing-1").mkdir()
        build_jars(parts_folder / "thing-1")

    part = Part((), (), built="thing-1", build=build)
    install.build("thing", part)
    assert install.verdict(part) == "found"
    assert [path.name for path in parts_folder.iterdir()] == ["thing-1"]


def test_what_is_missing_is_named_with_what_brings_it() -> None:
    lacking = Part(
        programs=("no-such-server",),
        packages=("server-of-debian",),
        built="thing-1",
        build=build_jars,
        tools={"no-such-tool": "tool-of-debian"},
        by_hand={"no-such-compiler": "Compiler 7 or newer"},
    )
    assert install.verdict(lacking) == (
        "MISSING; install server-of-debian, tool-of-debian, Compiler 7 or newer, then: make parts"
    )


@pytest.mark.parametrize("name", PARTS)
def test_an_empty_cache_lacks_just_the_parts_that_are_built(name: str) -> None:
    assert is_built(PARTS[name]) == (PARTS[name].build is None)
