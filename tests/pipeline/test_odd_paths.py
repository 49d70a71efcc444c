"""Paths that cannot be, and places where nothing can be written: said by name, with a code that is not 0."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.store import Store
from tests.pipeline.command import Commands
from tests.store.made import DAY, batch

LONG = "/tmp/" + "a" * 5_000
FULL = "/dev/full"


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fire in one line."""
    path = tmp_path_factory.mktemp("feed") / "feed.jsonl"
    line = {"at": "2026-08-04T12:00:00+08:00", "topic": "fengshao/v1/up/T1", "payload": {"flags": ["fire"]}}
    path.write_text(json.dumps(line) + "\n")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds next to nothing."""
    folder = tmp_path_factory.mktemp("data")
    store = Store(folder / "fengshao.sqlite")
    store.commit(batch(totals={"received": 1}, clock=DAY))
    store.close()
    return folder


ODD_DATA: dict[str, tuple[str, int, str]] = {
    # relative to a file that is there
    "a file": ("", 2, "which is no folder; expected a folder, or a path that is free for one"),
    "below a file": ("x", 2, "Not a directory; expected another path"),
    "too long": (LONG, 2, "File name too long; expected another path"),
    "two lines": ("/tmp/a\nb", 2, "expected a path of printable characters"),
    "no UTF-8": ("/tmp/\udcff", 2, "expected a path of printable characters"),
    "where nothing can be": ("/proc/x", 1, "/proc/x: found No such file or directory; expected a place"),
}


@pytest.mark.parametrize("name", ODD_DATA)
@pytest.mark.parametrize("command", ["up", "demo --exit", "board", "road --mqtt mqtt://127.0.0.1:1"])
def test_a_data_folder_that_cannot_be_is_told(
    fengshao: Commands, small_site: Path, feed: Path, command: str, name: str
) -> None:
    path, code, said = ODD_DATA[name]
    ran = fengshao(*command.split(), "--site", small_site, "--data", feed / path)
    assert ran.code == code
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize("command", ["doctor", "export events"])
@pytest.mark.parametrize("path", ["", "x", LONG])
def test_who_only_looks_tells_it_too(fengshao: Commands, small_site: Path, feed: Path, command: str, path: str) -> None:
    ran = fengshao(*command.split(), "--site", small_site, "--data", feed / path)
    assert (ran.code, ran.out) == (2, "")
    assert "Invalid value for '--data'" in ran.err
    assert ": found " in ran.err


def writing(command: str, feed: Path, data: Path, site: Path, out: object) -> list[object]:
    words: dict[str, list[object]] = {
        "feed --out": ["feed", "--records", 3000, "--out", out],
        "feed --truth": ["feed", "--records", 3000, "--out", feed.with_name("made.jsonl"), "--truth", out],
        "backtest --events": ["backtest", feed, "--site", site, "--events", out],
        "export --out": ["export", "readings", "--format", "feed", "--data", data, "--site", site, "--out", out],
    }
    return words[command]


WRITERS = ["feed --out", "feed --truth", "backtest --events", "export --out"]


@pytest.mark.parametrize("command", WRITERS)
def test_a_full_disk_is_told_by_the_files_name(
    fengshao: Commands, feed: Path, data: Path, small_site: Path, command: str
) -> None:
    ran = fengshao(*writing(command, feed, data, small_site, FULL))
    assert ran.code == 1
    assert "/dev/full: found No space left on device; expected a place that can be read and written\n" in ran.err


@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("/tmp", "found the folder /tmp; expected a file"),
        ("/no/such/x", "found no folder /no/such; expected x to go into one that is there"),
        (LONG, "File name too long"),
        (f"{__file__}/x", "Not a directory"),
    ],
    ids=["a folder", "no folder", "too long", "below a file"],
)
def test_where_nothing_can_be_written_no_work_begins(
    fengshao: Commands, feed: Path, data: Path, small_site: Path, command: str, out: str, said: str
) -> None:
    ran = fengshao(*writing(command, feed, data, small_site, out))
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for '{command.split()[1]}': found " in " ".join(ran.err.split())
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize("command", ["rules list", "export readings --format feed --data DATA"])
def test_a_full_disk_behind_standard_output_is_told_without_a_trace(small_site: Path, data: Path, command: str) -> None:
    words = [sys.executable, "-m", "pipeline.cli", *command.replace("DATA", str(data)).split()]
    with open(FULL, "wb") as full:
        ran = subprocess.run(
            [*words, "--site", str(small_site)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False
        )
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "No space left on device" in ran.stderr


@pytest.mark.parametrize("site", ["x", "", LONG])
@pytest.mark.parametrize("command", ["feed --out /dev/null", "rules list"])
def test_a_site_that_is_none_is_told_by_all_who_read_it(
    fengshao: Commands, feed: Path, site: str, command: str
) -> None:
    ran = fengshao(*command.split(), "--site", feed / site)
    assert ran.code in (1, 2)
    assert "; expected " in ran.err


@pytest.mark.parametrize("rulebook", [".", LONG, "/dev/null"])
def test_a_rulebook_that_is_none_is_told(fengshao: Commands, small_site: Path, rulebook: str) -> None:
    ran = fengshao("rules", "check", rulebook, "--site", small_site)
    assert ran.code in (1, 2)
    assert "; expected " in ran.err
