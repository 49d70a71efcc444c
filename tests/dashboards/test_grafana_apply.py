"""``grafana apply``: made once, then untouched; what somebody changed is put right; every failure says what to do."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.grafana.apply import Change, Failure, Grafana
from dashboards.grafana.source import InfluxSource
from ingest.faults import SiteFaults
from pipeline.grafana_apply import run_grafana_apply, run_grafana_files
from tests.dashboards import grafana_server as told
from tests.dashboards.golden import SITE, boards, texts
from tests.dashboards.grafana_server import GrafanaMemory
from tests.dashboards.scripted import Answer, Asked, Scripted, scripted

SOURCE = InfluxSource("http://influxdb:8086", "fengshao", "fengshao")
ONE = dict(list(boards().items())[:1])
CITY = "/dashboards/uid/fengshao-city"


@pytest.fixture
def memory() -> GrafanaMemory:
    return GrafanaMemory()


@pytest.fixture
def server(memory: GrafanaMemory) -> Iterator[Scripted]:
    with scripted(memory) as running:
        yield running


def apply(server: Scripted, token: str = told.TOKEN, read_token: str = "reads") -> list[Change]:
    return Grafana(server.url + told.PLACE, token).apply(SOURCE.json(read_token), ONE)


def outcomes(changes: list[Change]) -> list[object]:
    return [one.outcome.kind if isinstance(one.outcome, Failure) else one.outcome for one in changes]


def test_everything_is_made_once_and_a_second_time_writes_nothing(server: Scripted) -> None:
    assert outcomes(apply(server)) == ["created", "created", "created"]
    assert len(server.writes()) == 3
    assert outcomes(apply(server)) == ["same", "same", "same"]
    assert len(server.writes()) == 3


def test_what_somebody_changed_is_put_right(server: Scripted, memory: GrafanaMemory) -> None:
    apply(server)
    memory.folders["fengshao"]["title"] = "renamed"
    memory.sources["fengshao-influx"]["url"] = "http://elsewhere"
    memory.boards["fengshao-city"]["dashboard"]["panels"].pop()
    assert outcomes(apply(server)) == ["changed", "changed", "changed"]
    assert outcomes(apply(server)) == ["same", "same", "same"]
    assert memory.sources["fengshao-influx"]["url"] == SOURCE.url
    assert memory.boards["fengshao-city"]["dashboard"]["version"] == 2


def test_a_board_that_was_moved_comes_back_to_its_folder(server: Scripted, memory: GrafanaMemory) -> None:
    apply(server)
    memory.boards["fengshao-city"]["meta"]["folderUid"] = "elsewhere"
    assert outcomes(apply(server)) == ["same", "same", "changed"]


def test_a_new_token_of_the_data_source_is_noticed_and_no_token_is_ever_shown(
    server: Scripted, memory: GrafanaMemory
) -> None:
    apply(server, read_token="first")
    assert outcomes(apply(server, read_token="second")) == ["same", "changed", "same"]
    assert "second" not in str(memory.sources)
    memory.sources["fengshao-influx"]["secureJsonFields"] = {}
    assert outcomes(apply(server, read_token="second")) == ["same", "changed", "same"]


def test_a_data_source_of_a_file_is_left_to_its_file(server: Scripted, memory: GrafanaMemory) -> None:
    apply(server)
    memory.sources["fengshao-influx"] |= {"readOnly": True, "url": "http://of-the-file"}
    assert outcomes(apply(server)) == ["same", "same", "same"]


def test_who_saves_between_reading_and_writing_is_not_written_over(server: Scripted, memory: GrafanaMemory) -> None:
    apply(server)
    memory.boards["fengshao-city"]["dashboard"]["title"] = "theirs"
    stale = memory._board("fengshao-city", None).body
    memory.instead[("GET", CITY)] = Answer(200, {**stale, "dashboard": stale["dashboard"] | {"version": 0}})
    assert outcomes(apply(server)) == ["same", "same", "moved"]
    assert memory.boards["fengshao-city"]["dashboard"]["title"] == "theirs"


@pytest.mark.parametrize(
    ("call", "answer", "found"),
    [
        (("GET", "/folders/fengshao"), told.UNAUTHORIZED, ["token"]),
        (("POST", "/folders"), told.FORBIDDEN, ["right"]),
        (("POST", "/folders"), Answer(404, b"404 page not found"), ["missing"]),
        (("POST", "/datasources"), told.SOURCE_EXISTS, ["created", "taken", "created"]),
        (("POST", "/datasources"), told.UNAUTHORIZED, ["created", "token"]),
        (("POST", "/dashboards/db"), told.NAME_EXISTS, ["created", "created", "taken"]),
        (("POST", "/dashboards/db"), told.MOVED, ["created", "created", "moved"]),
        (("POST", "/dashboards/db"), told.PROVISIONED, ["created", "created", "provisioned"]),
        (("POST", "/dashboards/db"), Answer(400, {"message": "bad request data"}), ["created", "created", "refused"]),
        (("POST", "/dashboards/db"), told.BROKEN, ["created", "created", "broken"]),
        (("POST", "/dashboards/db"), Answer(502, b"<html>Bad Gateway</html>"), ["created", "created", "broken"]),
        (("POST", "/dashboards/db"), Answer(422, 7), ["created", "created", "not_grafana"]),
        (("GET", CITY), Answer(200, {"board": "of another kind"}), ["created", "created", "not_grafana"]),
        (("GET", CITY), Answer(200, []), ["created", "created", "not_grafana"]),
    ],
)
def test_a_failure_has_its_name_and_what_does_not_hang_on_it_goes_on(
    server: Scripted, memory: GrafanaMemory, call: tuple[str, str], answer: Answer, found: list[str]
) -> None:
    memory.instead[call] = answer
    assert outcomes(apply(server)) == found


@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"<html>Log in</html>"), Answer(302, b"", (("Location", "/login"),)), Answer(200, {"hello": 1})],
    ids=["a page", "a redirection", "another service"],
)
def test_what_is_not_grafana_gets_nothing_of_ours(answer: Answer) -> None:
    with scripted(lambda asked: Answer(200, b"<html>") if asked.path == "/login" else answer) as server:
        changes = apply(server)
    assert outcomes(changes) == ["not_grafana"]
    assert server.writes() == []


def test_a_server_that_is_away_or_says_nothing_is_named_in_time(server: Scripted) -> None:
    gone = threading.Event()

    def silent(_: Asked) -> Answer:
        gone.wait(5)
        return Answer(200)

    with scripted(silent) as slow:
        assert outcomes(Grafana(slow.url, "t", timeout=0.1).apply(SOURCE.json("r"), ONE)) == ["timeout"]
        gone.set()
    assert outcomes(Grafana("http://127.0.0.1:1", "t").apply(SOURCE.json("r"), ONE)) == ["away"]


def environment(server: Scripted, **more: str) -> dict[str, str]:
    return {
        "FENGSHAO_GRAFANA_URL": f"{server.url}{told.PLACE}/",
        "FENGSHAO_GRAFANA_TOKEN": told.TOKEN,
        "FENGSHAO_INFLUX_URL": SOURCE.url,
        "FENGSHAO_INFLUX_TOKEN": "writes",
    } | more


def test_the_command_says_what_it_changed(server: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_grafana_apply(SITE, environment(server)) == 0
    assert run_grafana_apply(SITE, environment(server)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "文件夹 folder 枫哨: 新建 created"
    assert lines[1] == "数据源 data source 枫哨 InfluxDB: 新建 created"
    assert [line.rsplit(" ")[-1] for line in lines] == ["created"] * 7 + ["same"] * 7


def test_the_command_fails_where_anything_did_and_shows_no_secret(
    server: Scripted, memory: GrafanaMemory, capsys: pytest.CaptureFixture[str]
) -> None:
    memory.instead[("POST", "/dashboards/db")] = told.PROVISIONED
    assert run_grafana_apply(SITE, environment(server)) == 1
    shown = capsys.readouterr()
    assert shown.err.count("由文件配置") == 5
    assert told.TOKEN not in shown.out + shown.err
    assert "writes" not in shown.out + shown.err


def test_secrets_come_from_files_too_and_the_reading_token_is_preferred(
    server: Scripted, memory: GrafanaMemory, tmp_path: Path
) -> None:
    (tmp_path / "grafana").write_text(f"{told.TOKEN}\n")
    (tmp_path / "reads").write_text("reads\n")
    given = environment(server, FENGSHAO_INFLUX_READ_TOKEN_FILE=str(tmp_path / "reads"))
    del given["FENGSHAO_GRAFANA_TOKEN"]
    assert run_grafana_apply(SITE, given | {"FENGSHAO_GRAFANA_TOKEN_FILE": str(tmp_path / "grafana")}) == 0
    assert memory.sources["fengshao-influx"]["jsonData"] == SOURCE.json("reads")["jsonData"]


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    given = {"FENGSHAO_GRAFANA_URL": "grafana:3000", "FENGSHAO_GRAFANA_TOKEN_FILE": str(tmp_path / "none")}
    given |= {"FENGSHAO_INFLUX_TOKEN_FILE": str(tmp_path / "empty"), "FENGSHAO_INFLUX_ORG": " "}
    with pytest.raises(SiteFaults) as wrong:
        run_grafana_apply(SITE, given)
    assert [fault.where for fault in wrong.value.faults] == [
        "FENGSHAO_GRAFANA_URL",
        "FENGSHAO_GRAFANA_TOKEN_FILE",
        "FENGSHAO_INFLUX_TOKEN_FILE",
        "FENGSHAO_INFLUX_URL",
        "FENGSHAO_INFLUX_ORG",
    ]


def test_the_files_of_the_command_are_those_that_were_agreed(tmp_path: Path) -> None:
    assert run_grafana_files(SITE, tmp_path, {}) == 0
    assert {name: (tmp_path / name).read_text("utf-8") for name in texts()} == texts()
