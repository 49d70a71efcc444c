"""A whole feed, read as a stranger would read it: lines, devices, truth and totals hang together."""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulators.feed import write_feed
from simulators.feed.cast import Sensor, read_cast

SITE = Path(__file__).parents[2] / "sites" / "shaoxing"
RECORDS, SEED = 12_000, 5
LONGEST_GAP = 2.6
"""Heartbeats: well inside the three after which a device counts as quiet."""

Line = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Line], Line]:
    folder = tmp_path_factory.mktemp("feed")
    write_feed(SITE, RECORDS, SEED, folder / "feed.jsonl", folder / "truth.json")
    lines = [json.loads(line) for line in (folder / "feed.jsonl").read_text(encoding="utf-8").splitlines()]
    return lines, json.loads((folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sensors() -> dict[str, Sensor]:
    return {sensor.id: sensor for sensor in read_cast(SITE).sensors}


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def device(line: Line) -> str:
    return str(line["topic"]).removeprefix("fengshao/v1/up/")


def elements(line: Line) -> list[Line]:
    payload = line["payload"]
    return payload if isinstance(payload, list) else [] if "hex" in payload else [payload]


def test_lines_are_so_many_in_order_and_of_that_day(made: tuple[list[Line], Line]) -> None:
    lines, truth = made
    times = [line["at"] for line in lines]
    assert len(lines) == truth["records"] == truth["totals"]["records"] == RECORDS
    assert times == sorted(times)
    assert times[0] >= "2026-08-04T00:00:00.000+08:00"
    assert times[-1] <= "2026-08-04T23:59:59.999+08:00"
    assert all(list(line) == ["at", "topic", "payload"] for line in lines)


@pytest.mark.parametrize(("records", "seed"), [(2_000, 1), (4_251, 2), (20_011, 3)])
def test_any_count_is_exact(tmp_path: Path, records: int, seed: int) -> None:
    truth = write_feed(SITE, records, seed, tmp_path / "feed.jsonl")
    assert (tmp_path / "feed.jsonl").read_bytes().count(b"\n") == records == truth["totals"]["records"]


def test_too_few_records_for_a_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few"):
        write_feed(SITE, 500, 1, tmp_path / "feed.jsonl")


def test_the_same_seed_gives_the_same_bytes_in_another_interpreter(tmp_path: Path) -> None:
    """Hash seeds differ between the two runs; packed or not, the lines are the same."""
    for name, hashing in (("a.jsonl", "1"), ("b.jsonl.gz", "2")):
        command = [sys.executable, "-m", "simulators.feed", "--site", str(SITE), "--records", "2500", "--seed", "9"]
        command += ["--out", str(tmp_path / name), "--truth", str(tmp_path / f"{name}.truth")]
        environment = {**os.environ, "PYTHONHASHSEED": hashing}
        subprocess.run(command, check=True, cwd=SITE.parents[1], env=environment, capture_output=True)
    first = (tmp_path / "a.jsonl").read_bytes()
    assert first == gzip.decompress((tmp_path / "b.jsonl.gz").read_bytes())
    assert (tmp_path / "a.jsonl.truth").read_bytes() == (tmp_path / "b.jsonl.gz.truth").read_bytes()
    write_feed(SITE, 2500, 10, tmp_path / "c.jsonl")
    assert first != (tmp_path / "c.jsonl").read_bytes()


def test_nobody_falls_quiet_but_those_the_truth_names(
    made: tuple[list[Line], Line], sensors: dict[str, Sensor]
) -> None:
    lines, truth = made
    quiet = {name for row in truth["nuisances"] if row["kind"] == "quiet" for name in row["devices"]}
    heard: dict[str, list[datetime]] = defaultdict(list)
    for line in lines:
        if elements(line):
            heard[device(line)].append(when(line["at"]))
    gaps = {
        name: max(later - sooner for sooner, later in zip(times, [*times[1:], when(lines[-1]["at"])], strict=True))
        / timedelta(milliseconds=sensors[name].heartbeat)
        for name, times in heard.items()
    }
    assert {name for name, gap in gaps.items() if gap > 3} == quiet
    assert max(gap for name, gap in gaps.items() if name not in quiet) < LONGEST_GAP


def test_totals_are_what_a_reader_counts(made: tuple[list[Line], Line], sensors: dict[str, Sensor]) -> None:
    lines, truth = made
    totals = truth["totals"]
    seen = Counter((line["topic"], json.dumps(line["payload"])) for line in lines if elements(line))
    assert sum(count - 1 for (_, payload), count in seen.items() if '"ts"' in payload) == totals["duplicates"]
    assert sum(len(elements(line)) > 1 or "hex" in line["payload"] for line in lines) >= totals["messages_malformed"]
    spoilt = sum("hex" in line["payload"] for line in lines)
    assert spoilt == sum(
        totals[name] for name in ("messages_malformed", "messages_partly_refused", "messages_of_unknown")
    )
    known = {device(line) for line in lines if device(line) in sensors}
    assert totals["devices"] == len(known)
    assert totals["late"] > 0
    assert totals["late_batches"] > 0
    assert sum(totals["by_metric"].values()) == totals["readings"]


def test_times_come_in_every_style_and_two_clocks_are_wrong(made: tuple[list[Line], Line]) -> None:
    lines, _ = made
    styles: Counter[str] = Counter()
    for line in lines:
        for element in elements(line):
            ts = element.get("ts")
            style = (
                "none" if ts is None else "epoch" if isinstance(ts, int) else "zulu" if ts.endswith("Z") else "offset"
            )
            styles[style] += 1
            sent = None if ts is None else ts / 1000 if isinstance(ts, int) else when(ts).timestamp()
            styles["1970"] += sent is not None and sent < 400_000
            styles["fast"] += sent is not None and sent > when(line["at"]).timestamp() + 300
            styles["numbered"] += "seq" in element
    assert all(styles[name] for name in ("none", "epoch", "zulu", "offset", "1970", "fast", "numbered")), styles


def test_the_demonstration_opens_calm_and_finds_its_pair(made: tuple[list[Line], Line]) -> None:
    _, truth = made
    demo = {row["demo"]: row for row in truth["episodes"] if row["demo"]}
    assert "14:05:00" <= demo["visitor"]["begins"][11:19] <= "14:06:00"
    assert "14:20:00" <= demo["unanswered"]["begins"][11:19] <= "14:30:00"
    assert any(expected["level"] == "red" for expected in demo["visitor"]["expect"])
    calm = (when("2026-08-04T13:55:00+08:00"), when("2026-08-04T14:05:00+08:00"))
    clears = timedelta(minutes=11)
    lasting = {"low_battery", "stuck", "clock"}
    open_then = [
        row["id"]
        for row in [*truth["episodes"], *truth["nuisances"]]
        if row.get("kind") not in lasting and when(row["begins"]) < calm[1] and when(row["ends"]) + clears > calm[0]
    ]
    assert open_then == []


def test_truth_names_its_devices_clauses_and_levels(made: tuple[list[Line], Line], sensors: dict[str, Sensor]) -> None:
    _, truth = made
    assert len({row["id"] for row in [*truth["episodes"], *truth["nuisances"]]}) == len(truth["episodes"]) + len(
        truth["nuisances"]
    )
    for row in [*truth["episodes"], *truth["nuisances"]]:
        assert set(row["devices"]) <= set(sensors)
        assert row["begins"] < row["ends"]
    for row in truth["episodes"]:
        assert row["expect"]
        for expected in row["expect"]:
            assert set(expected["devices"]) <= set(row["devices"])
            assert row["begins"] <= expected["since"] < expected["by"]
            assert expected["level"] in ("blue", "yellow", "orange", "red")
            assert expected["clause"]
    parts = Counter(name for row in [*truth["episodes"], *truth["nuisances"]] for name in row["devices"])
    assert max(parts.values()) == 1, "nobody plays two parts"


def test_a_full_day_has_ten_nuisances_for_each_true_event(tmp_path: Path) -> None:
    truth = write_feed(SITE, 34_000, 11, tmp_path / "feed.jsonl")
    assert len(truth["nuisances"]) >= 10 * len(truth["episodes"])
    declared = [row for row in truth["nuisances"] if row["rule"] == "fire-detector"]
    assert {row["max_level"] for row in declared} == {"orange"}
    assert {"cooking", "steam", "panel_test", "spike", "stuck"} <= {row["kind"] for row in truth["nuisances"]}


def test_the_world_itself_is_past_each_threshold_in_time(made: tuple[list[Line], Line]) -> None:
    """Read from the lines alone: each expected gas, heat, pressure or flag was there to be seen before ``by``."""
    lines, truth = made
    shown: dict[str, list[tuple[str, Line]]] = defaultdict(list)
    for line in lines:
        for element in elements(line):
            shown[device(line)].append((line["at"], element))
    limits = {
        ("gas-lel", "yellow"): ("gas", 25, 1),
        ("gas-lel", "red"): ("gas", 50, 1),
        ("chlorine", "red"): ("cl2", 0.68, 1),
        ("residual-current", "orange"): ("residual_current", 500, 1),
        ("heat", "orange"): ("temperature", 65, 1),
        ("hydrant-pressure", "orange"): ("water_pressure", 0.10, -1),
        ("dust-pressure-low", "yellow"): ("dust_pressure", 0.2, -1),
    }
    checked = set()
    for row in truth["episodes"]:
        for expected in row["expect"]:
            reports = [
                element for at, element in shown[expected["devices"][0]] if row["begins"] <= at <= expected["by"]
            ]
            if (expected["rule"], expected["level"]) in limits:
                metric, threshold, sign = limits[expected["rule"], expected["level"]]
                beyond = [report for report in reports if sign * (report["values"][metric] - threshold) >= 0]
                assert len(beyond) >= 2, expected
                checked.add(metric)
            elif expected["rule"] in ("fire-detector", "call-point", "water-flow"):
                assert any("fire" in report["flags"] for report in reports), expected
                checked.add("fire")
    assert checked == {"fire", *(metric for metric, _, _ in limits.values())}


def test_a_folder_with_one_district_has_that_district_s_day(tmp_path: Path) -> None:
    """Episodes whose places are missing are left out; the count is exact all the same."""
    site = tmp_path / "site"
    site.mkdir()
    for name in ("devices.csv", "sites.csv"):
        header, *rows = (SITE / name).read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if ",330681" in row]
        (site / name).write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    truth = write_feed(site, 15_000, 4, tmp_path / "feed.jsonl")
    assert [row["id"] for row in truth["episodes"]] == ["mill-fire"]
    assert (tmp_path / "feed.jsonl").read_bytes().count(b"\n") == 15_000
