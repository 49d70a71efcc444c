"""``fengshao init`` where InfluxDB and Grafana are named: bucket and boards once, then the same; failures by name."""

from pathlib import Path

import pytest

from tests.dashboards import grafana_server as told
from tests.dashboards.grafana_server import GrafanaMemory
from tests.dashboards.scripted import scripted
from tests.parts.influx import Influx
from tests.pipeline.command import Commands


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, influx: Influx, bucket: str) -> str:
    """A bucket that is not there yet."""
    monkeypatch.delenv("FENGSHAO_KAFKA", raising=False)
    monkeypatch.setenv("FENGSHAO_INFLUX_URL", influx.url)
    monkeypatch.setenv("FENGSHAO_INFLUX_TOKEN", influx.token)
    monkeypatch.setenv("FENGSHAO_INFLUX_BUCKET", f"{bucket}-new")
    return f"{bucket}-new"


@pytest.mark.part("influx")
def test_bucket_and_boards_are_made_once(
    fengshao: Commands, monkeypatch: pytest.MonkeyPatch, named: str, tmp_path: Path
) -> None:
    with scripted(GrafanaMemory()) as grafana:
        monkeypatch.setenv("FENGSHAO_GRAFANA_URL", f"{grafana.url}{told.PLACE}")
        monkeypatch.setenv("FENGSHAO_GRAFANA_TOKEN", told.TOKEN)
        for bucket, boards in (("made", "created"), ("was there", "same")):
            ran = fengshao("init", "--data", tmp_path / "none")
            assert (ran.code, ran.err) == (0, "")
            first, *rest = ran.out.splitlines()
            assert first == f"bucket  {named}  {bucket}"
            assert [line.rsplit(" ")[-1] for line in rest] == [boards] * 7


@pytest.mark.part("influx")
def test_a_token_that_is_not_accepted_is_named_and_not_shown(
    fengshao: Commands, monkeypatch: pytest.MonkeyPatch, named: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("FENGSHAO_INFLUX_TOKEN", "mistaken")
    ran = fengshao("init", "--data", tmp_path / "none")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"bucket  {named}  ")
    assert "renew FENGSHAO_INFLUX_TOKEN" in ran.err
    assert "mistaken" not in ran.err


@pytest.mark.parametrize("command", ["init", "sink"])
def test_settings_that_are_missing_are_named_all_at_once(
    fengshao: Commands, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("FENGSHAO_INFLUX_TOKEN", raising=False)
    monkeypatch.delenv("FENGSHAO_INFLUX_TOKEN_FILE", raising=False)
    monkeypatch.setenv("FENGSHAO_INFLUX_URL", "influx:8086")
    monkeypatch.setenv("FENGSHAO_KAFKA", "127.0.0.1:1")
    monkeypatch.setenv("FENGSHAO_INFLUX_ORG", " ")
    ran = fengshao(command)
    assert (ran.code, ran.out) == (1, "")
    names = [line.split(": ")[1] for line in ran.err.splitlines()]
    assert names == ["FENGSHAO_INFLUX_URL", "FENGSHAO_INFLUX_TOKEN", "FENGSHAO_INFLUX_ORG"]


@pytest.mark.parametrize("token", ["令牌", "two\nlines", "tab\there"])
def test_a_token_that_no_header_carries_is_named_and_not_shown(
    fengshao: Commands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, token: str
) -> None:
    monkeypatch.setenv("FENGSHAO_INFLUX_URL", "http://127.0.0.1:1")
    (tmp_path / "token").write_text(token, encoding="utf-8")
    for name, value in (("FENGSHAO_INFLUX_TOKEN_FILE", str(tmp_path / "token")), ("FENGSHAO_INFLUX_TOKEN", token)):
        monkeypatch.setenv(name, value)
        ran = fengshao("sink", "--data", tmp_path)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == (
            f"environment: {name}: found other characters; expected a token of printable ASCII characters\n"
        )
