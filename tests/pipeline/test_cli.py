"""The command line: every command explains itself; 0 is well, 1 is wrong settings or findings, 2 is wrong usage."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.parts.small_site import RULEBOOK
from tests.pipeline.command import Commands

COMMANDS = [
    "demo",
    "up",
    "feed",
    "replay",
    "backtest",
    "export",
    "backup",
    "restore",
    "rules check",
    "rules list",
    "init",
    "ingest",
    "worker",
    "alerts",
    "sink",
    "cluster",
    "grafana apply",
    "grafana files",
    "doctor",
    "road",
    "board",
]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A fire of a minute, as a feed file."""
    path = tmp_path / "recording.jsonl"
    lines = [
        {"at": "2026-08-04T12:00:00+08:00", "topic": "fengshao/v1/up/T1", "payload": {"flags": ["fire"]}},
        {"at": "2026-08-04T12:01:00+08:00", "topic": "fengshao/v1/up/T1", "payload": {"flags": []}},
        {"at": "2026-08-04T12:01:05+08:00", "topic": "fengshao/v1/up/T1", "payload": {"flags": []}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(fengshao: Commands, command: str) -> None:
    ran = fengshao(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: fengshao {command}")


def test_the_helps_own_commands_are_all_there_and_the_inner_ones_are_not_shown(fengshao: Commands) -> None:
    shown = [line.split()[0] for line in fengshao("--help").out.split("Commands:")[1].splitlines() if line.strip()]
    assert sorted(shown) == sorted({command.split()[0] for command in COMMANDS} - {"road"})


def test_the_version_is_told(fengshao: Commands) -> None:
    ran = fengshao("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"fengshao {version('fengshao')}\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("up", "--nonsense"), "No such option"),
        (("up", "--clock", "sun"), "'sun' is not one of 'wall', 'feed'"),
        (("feed",), "Missing option '--out'"),
        (("feed", "--out", "/no/such/feed.jsonl"), "found no folder /no/such; expected feed.jsonl to go into one"),
        (("feed", "--out", "/dev/null", "--records", "1e20"), "Invalid value for '--records'"),
        (("feed", "--out", "/dev/null", "--records", "0"), "Invalid value for '--records'"),
        (("feed", "--out", "/dev/null", "--records", "100000000000"), "Invalid value for '--records'"),
        (("feed", "--out", "/dev/null", "--seed", "-1"), "Invalid value for '--seed'"),
        (("demo", "--seed", "9" * 30), "Invalid value for '--seed'"),
        (("replay",), "Missing argument 'FEED'"),
        (("replay", "/no/such"), "FEED: found no file /no/such; expected one that `fengshao feed` or `export` wrote"),
        (("replay", __file__, "--mqtt", "mqtt://10.0.0.1"), "mqtt://10.0.0.1 is not on this machine; add --as-live"),
        (("replay", __file__, "--speed", "fast"), "--speed: found 'fast'; expected a number above 0, or max"),
        (("demo", "--speed", "0"), "--speed: found '0'; expected a number above 0, or max"),
        (("demo", "--summary", "/no/such/out.json"), "found no folder /no/such; expected out.json to go into one"),
        (("backtest", "x", "--truth", "/no/such"), "Invalid value for '--truth'"),
    ],
)
def test_wrong_usage_leaves_with_2_and_says_what_is_wrong(
    fengshao: Commands, words: tuple[str, ...], said: str
) -> None:
    ran = fengshao(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--http", "0.0.0.0:8080"), "--http: found '0.0.0.0:8080'; expected 127.0.0.1:PORT"),
        (("--http", "127.0.0.1:0", "--mqtt", "tcp://x"), "--mqtt: found 'tcp://x'; expected mqtt://host:port"),
    ],
)
def test_up_starts_nothing_on_wrong_addresses(
    fengshao: Commands, small_site: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = fengshao("up", "--site", small_site, "--data", tmp_path, *words)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
    assert list(tmp_path.iterdir()) == []


def test_site_faults_are_a_line_each_on_standard_error_and_leave_with_1(fengshao: Commands, tmp_path: Path) -> None:
    for command in ("rules list", "rules check", "up", "board", "demo", "backtest x"):
        ran = fengshao(*command.split(), "--site", tmp_path)
        assert (ran.code, ran.out) == (1, ""), command
        lines = ran.err.splitlines()
        assert len(lines) >= 9
        assert all(": found " in line and "; expected " in line for line in lines), ran.err
        assert len(set(lines)) == len(lines)


def test_a_sound_rulebook_is_checked(fengshao: Commands, small_site: Path) -> None:
    ran = fengshao("rules", "check", "--site", small_site)
    assert (ran.code, ran.out) == (0, "version test-1: 3 rules, no faults\n")


def test_a_broken_rulebook_names_every_fault(fengshao: Commands, small_site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    text = RULEBOOK.replace('kind = "flag"', 'kind = "area"').replace("misses = 2", "misses = 0")
    broken.write_text(text.replace("raise = 0.2", 'raise = "much"').replace('flag = "fire"', 'flag = "blaze"'))
    ran = fengshao("rules", "check", broken, "--site", small_site)
    assert (ran.code, ran.out) == (1, "")
    lines = ran.err.splitlines()
    assert all(line.startswith("broken.toml: rule[") for line in lines), ran.err
    places = {line.split("]")[0][len("broken.toml: rule[") :] for line in lines}
    assert places == {"1", "2", "3"}
    assert '"area"' in ran.err


def test_rules_are_listed_with_their_levels_and_basis(fengshao: Commands, small_site: Path) -> None:
    ran = fengshao("rules", "list", "--site", small_site)
    head, smoke, fire, quiet = (" ".join(line.split()) for line in ran.out.splitlines())
    assert head == "绍兴市, rulebook test-1"
    assert smoke == "smoke ladder smoke yellow >= 0.2, red >= 1 test"
    assert fire == "fire flag fire orange test"
    assert quiet == "quiet absence heartbeat blue after 2 misses test"


def test_the_site_may_come_from_the_environment(
    fengshao: Commands, small_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGSHAO_SITE", str(small_site))
    assert "rulebook test-1" in fengshao("rules", "list").out


def test_a_backtest_writes_its_events_and_figures(
    fengshao: Commands, small_site: Path, recording: Path, tmp_path: Path
) -> None:
    out = tmp_path / "events.jsonl"
    ran = fengshao("backtest", recording, "--site", small_site, "--events", out)
    assert (ran.code, ran.out) == (0, "")
    events = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(event["rule"], event["event"]) for event in events if event["rule"] == "fire"] == [
        ("fire", "raised"),
        ("fire", "cleared"),
    ]
    assert f"3 messages, {len(events)} events" in ran.err
    printed = fengshao("backtest", recording, "--site", small_site)
    assert printed.out == out.read_text(encoding="utf-8")


def test_a_backtest_of_a_recording_with_faults_goes_on_names_them_and_leaves_with_1(
    fengshao: Commands, small_site: Path, recording: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jsonl"
    first, *rest = recording.read_text().splitlines()
    broken.write_text("\n".join([first, "{broken", *rest]) + "\n")
    ran = fengshao("backtest", broken, "--site", small_site)
    assert ran.code == 1
    assert "broken.jsonl: line 2: found" in ran.err
    assert ran.out == fengshao("backtest", recording, "--site", small_site).out
    missing = fengshao("backtest", tmp_path / "missing.jsonl", "--site", small_site)
    assert missing.code == 1
    assert "missing.jsonl: the file: found" in missing.err


def test_a_backtest_is_scored_against_a_truth(
    fengshao: Commands, small_site: Path, recording: Path, tmp_path: Path
) -> None:
    truth = tmp_path / "truth.json"
    expect = [{"rule": "fire", "devices": ["T1"], "level": "orange", "by": "2026-08-04T12:00:10+08:00"}]
    episode = {
        "id": "fire-1",
        "site": "S1",
        "township": "330681005",
        "hazard": "fire",
        "devices": ["T1"],
        "begins": "2026-08-04T12:00:00+08:00",
        "ends": "2026-08-04T12:02:00+08:00",
        "expect": expect,
        "demo": "",
    }
    day = {"seed": 1, "records": 3, "day": "2026-08-04", "episodes": [episode], "nuisances": [], "totals": {}}
    truth.write_text(json.dumps(day))
    ran = fengshao("backtest", recording, "--site", small_site, "--events", tmp_path / "e", "--truth", truth)
    score = json.loads(ran.out)
    assert (ran.code, score["found"], score["missed"]) == (0, 1, 0)
