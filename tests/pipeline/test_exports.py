"""`fengshao export`: all kinds and forms of what a system holds, and usage errors that say found and expected."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from alerts.store import Store
from ingest.topics import UP
from tests.pipeline.command import Commands
from tests.store.made import DAY, batch, event, message, reading

KINDS = ["alerts", "events", "hazards", "tickets", "notices", "readings", "rejected"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two readings a second apart and an event."""
    folder = tmp_path_factory.mktemp("data")
    store = Store(folder / "fengshao.sqlite")
    rows = [reading(0, DAY, 0.1, message=0), reading(0, DAY + 1_000, 0.2, message=1)]
    messages = [message("D1", DAY), message("D1", DAY + 1_000)]
    store.commit(
        batch(
            *rows, messages=messages, devices=["D1"], metrics=["flags", "smoke"], events=[event(1)], clock=DAY + 1_000
        )
    )
    store.close()
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_exported_as_json_lines_and_as_csv(
    fengshao: Commands, data: Path, small_site: Path, kind: str
) -> None:
    where = ("--data", data, "--site", small_site)
    lines = fengshao("export", kind, *where)
    table = fengshao("export", kind, *where, "--format", "csv")
    assert (lines.code, table.code) == (0, 0)
    rows = [json.loads(line) for line in lines.out.splitlines()]
    assert len(rows) == {"readings": 2, "events": 1}.get(kind, 0)
    assert len(list(csv.DictReader(io.StringIO(table.out)))) == len(rows)


def test_a_recording_is_a_feed_of_what_came(fengshao: Commands, data: Path, small_site: Path) -> None:
    ran = fengshao("export", "readings", "--format", "feed", "--data", data, "--site", small_site)
    first, second, end = (json.loads(line) for line in ran.out.splitlines())
    assert first == {"at": "2026-08-04T00:00:00.000+08:00", "topic": f"{UP}D1", "payload": {"values": {"smoke": 0.1}}}
    assert second["at"] == "2026-08-04T00:00:01.000+08:00"
    assert end["end"] is True


def test_from_is_part_of_what_is_exported_and_to_is_not(fengshao: Commands, data: Path, small_site: Path) -> None:
    where = ("export", "readings", "--data", data, "--site", small_site)
    second = "2026-08-04T00:00:01+08:00"
    after = [json.loads(line)["value"] for line in fengshao(*where, "--from", second).out.splitlines()]
    before = [json.loads(line)["value"] for line in fengshao(*where, "--to", second).out.splitlines()]
    assert (before, after) == ([0.1], [0.2])


def test_a_file_is_written_and_packed_where_its_name_says_so(
    fengshao: Commands, data: Path, small_site: Path, tmp_path: Path
) -> None:
    plain, packed = tmp_path / "events.jsonl", tmp_path / "events.jsonl.gz"
    for out in (plain, packed):
        ran = fengshao("export", "events", "--data", data, "--site", small_site, "--out", out)
        assert (ran.code, ran.out) == (0, "")
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert json.loads(plain.read_text())["id"] == "e-1"


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "a kind": (("smoke",), "KIND: found 'smoke'; expected one of alerts, events, hazards"),
    "a form": (
        ("events", "--format", "feed"),
        "--format feed: only readings can be replayed; expected `export readings`",
    ),
    "a from": (("events", "--from", "noon"), "--from: found 'noon'; expected a time such as 2026-08-04T14:00:00+08:00"),
    "a to": (("events", "--to", "2026-08-04"), "--to: found '2026-08-04'; expected a time such as"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_usage_error_names_what_was_found_and_expected(
    fengshao: Commands, data: Path, small_site: Path, name: str
) -> None:
    words, said = WRONG[name]
    ran = fengshao("export", *words, "--data", data, "--site", small_site)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_a_folder_without_a_store_and_a_store_that_is_none_are_named(
    fengshao: Commands, small_site: Path, tmp_path: Path
) -> None:
    ran = fengshao("export", "events", "--data", tmp_path, "--site", small_site)
    assert ran.code == 2
    assert f"--data: found no {tmp_path / 'fengshao.sqlite'}; expected a folder that `up`" in " ".join(ran.err.split())
    (tmp_path / "fengshao.sqlite").write_bytes(b"not a store" * 100)
    ran = fengshao("export", "events", "--data", tmp_path, "--site", small_site)
    assert ran.code == 2
    assert "file is not a database" in ran.err


def test_a_place_where_nothing_can_be_written_is_a_usage_error(
    fengshao: Commands, data: Path, small_site: Path, tmp_path: Path
) -> None:
    ran = fengshao("export", "events", "--data", data, "--site", small_site, "--out", tmp_path / "no" / "such.jsonl")
    assert ran.code == 2
    assert f"'--out': found no folder {tmp_path / 'no'}; expected such.jsonl to go into one" in " ".join(
        ran.err.split()
    )
