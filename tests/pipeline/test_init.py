"""``fengshao init`` on one machine: an older store is brought forward; with nothing to do it says what it lacks."""

from pathlib import Path

import pytest

from alerts.store import Reader
from pipeline.paths import STORE
from tests.pipeline.command import Commands
from tests.store.test_migrate import make_first


def test_an_older_store_is_brought_to_this_version_once(fengshao: Commands, tmp_path: Path) -> None:
    make_first(tmp_path / STORE, marked=False)
    refused = fengshao("export", "events", "--data", str(tmp_path))
    assert refused.code
    assert "run `fengshao init`" in refused.err
    for said in ("brought to this version", "as this version has them"):
        ran = fengshao("init", "--data", str(tmp_path))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.endswith(f"tables {said}\n")
    with Reader(tmp_path / STORE) as reader:
        assert len(list(reader.export("events"))) == 1


def test_without_a_store_and_without_kafka_there_is_nothing_to_make(
    fengshao: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FENGSHAO_KAFKA", raising=False)
    ran = fengshao("init", "--data", str(tmp_path / "none"))
    assert (ran.code, ran.out) == (1, "")
    assert "FENGSHAO_KAFKA: found nothing" in ran.err
    assert not (tmp_path / "none").exists()
