"""The boards: the bytes as agreed, the duty board's colours, the rulebook's thresholds, nothing from elsewhere."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.grafana import all_boards
from dashboards.grafana.__main__ import main, read_subjects
from dashboards.grafana.boards import rain_limbs
from dashboards.grafana.frame import place
from dashboards.grafana.look import LEVEL_COLOUR, TOKENS
from dashboards.grafana.panels import Json, stat
from ingest.metrics import METRICS
from rules.levels import LEVELS
from rules.rulebook import Limb, Rule, Rulebook, Tier
from tests.dashboards.asked import queries
from tests.dashboards.golden import BOARD, GOLDEN, SITE, boards, texts


def test_every_file_is_as_agreed() -> None:
    kept = {str(path.relative_to(GOLDEN)): path.read_text("utf-8") for path in GOLDEN.rglob("*") if path.is_file()}
    assert texts() == kept, "if this is meant: python -m tests.dashboards.golden, and read the diff"


@pytest.mark.parametrize("board", boards().values(), ids=lambda board: board["uid"])
def test_panels_stand_on_the_grid_side_by_side_under_numbers_of_their_own(board: Json) -> None:
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("board", boards().values(), ids=lambda board: board["uid"])
def test_every_query_is_bounded_in_time_and_names_only_variables_that_the_board_has(board: Json) -> None:
    known = {variable["name"] for variable in board["templating"]["list"]}
    for name, query in queries(board):
        starts = query.count("range(") + query.count("schema.")
        assert starts or query.startswith('import "array"'), name
        assert query.count("stop: v.timeRangeStop") == starts, name
        assert set(re.findall(r"\$\{(\w+)", query)) <= known, name


def test_nothing_is_fetched_from_another_host_and_the_links_lead_to_our_own_pages() -> None:
    for board in boards().values():
        addresses = set(re.findall(r"https?://[^\"$ ]+", json.dumps(board)))
        assert addresses <= {BOARD}
        assert {layer["config"].get("src", "") for layer in _maps(board)} <= {
            "",
            "public/maps/fengshao-districts.geojson",
        }
    linked = json.dumps(boards()["fengshao-city"])
    assert "${board}/alert/${__value.raw}" in linked


def _maps(board: Json) -> list[Json]:
    shown = [panel["options"] for panel in board["panels"] if panel["type"] == "geomap"]
    return [layer for options in shown for layer in (options["basemap"], *options["layers"])]


def test_levels_have_the_colours_of_the_duty_board() -> None:
    night = TOKENS.read_text("utf-8").split('[data-theme="night"]')[1]
    for level in LEVELS[1:]:
        assert f"--{level}: {LEVEL_COLOUR[level]};" in night
    assert len(set(LEVEL_COLOUR.values())) == len(LEVELS)


def test_every_metric_has_its_unit_on_the_board_of_a_device() -> None:
    chart = boards()["fengshao-device"]["panels"][0]
    named = {entry["matcher"]["options"]: entry["properties"] for entry in chart["fieldConfig"]["overrides"]}
    for metric in METRICS[1:]:
        shown = {one["id"]: one["value"] for one in named[f"{metric.name} max"]}
        assert shown == {"unit": f"suffix: {metric.unit}", "displayName": f"{metric.zh}最高"}


def test_a_threshold_that_moves_in_the_rulebook_moves_on_the_board() -> None:
    subjects = read_subjects(SITE)
    moved = tuple(
        replace(rule, tiers=tuple(replace(tier, raise_at=tier.raise_at + 1) for tier in rule.tiers))
        if rule.id == "gas-lel"
        else rule
        for rule in subjects.rulebook.rules
    )
    after = all_boards(replace(subjects, rulebook=Rulebook("next", moved)), BOARD)
    assert 'name: "gas-lel red", at: 50.0}' in boards()["fengshao-device"]["panels"][0]["targets"][2]["query"]
    assert 'name: "gas-lel red", at: 51.0}' in after["fengshao-device"]["panels"][0]["targets"][2]["query"]


def test_a_rain_window_of_the_rulebook_has_its_row_with_its_own_limbs() -> None:
    tiers = (Tier(1, limbs=(Limb(3_600_000, 10.0),)), Tier(3, limbs=(Limb(3_600_000, 30.0), Limb(2_700_000, 25.0))))
    rule = Rule("rain-gauge", "window_sum", "rain", "a basis", metric="rain", tiers=tiers)
    assert rain_limbs(Rulebook("1", (rule,))) == {
        2_700_000: [(None, 0), (25.0, 3)],
        3_600_000: [(None, 0), (10.0, 1), (30.0, 3)],
    }
    board = all_boards(replace(read_subjects(SITE), rulebook=Rulebook("1", (rule,))), BOARD)["fengshao-rain"]
    assert [panel["title"] for panel in board["panels"]] == [
        "近45分钟雨量",
        "45分钟滑动雨量与阈值",
        "近1小时雨量",
        "1小时滑动雨量与阈值",
    ]
    steps = board["panels"][3]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [
        (None, LEVEL_COLOUR["none"]),
        (10.0, LEVEL_COLOUR["blue"]),
        (30.0, LEVEL_COLOUR["orange"]),
    ]


def test_a_row_that_is_too_wide_is_a_bug_and_says_so() -> None:
    with pytest.raises(ValueError, match="a row of 25 columns: left, right"):
        place([[stat("left", "", width=12), stat("right", "", width=13)]])


def test_the_files_hold_the_map_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards" / "fengshao-of-last-year.json").write_text("{}")
    monkeypatch.setattr("sys.argv", ["grafana", str(tmp_path), "--site", str(SITE)])
    main()
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {*texts(), "maps/fengshao-districts.geojson"}
    assert (tmp_path / "maps" / "fengshao-districts.geojson").read_bytes() == (SITE / "districts.geojson").read_bytes()
    source = json.loads((tmp_path / "provisioning" / "datasources" / "fengshao.yaml").read_text("utf-8"))
    assert source["datasources"][0]["secureJsonData"] == {"token": "$__file{/run/secrets/influx-token}"}
    assert source["datasources"][0]["uid"] == "fengshao-influx"
