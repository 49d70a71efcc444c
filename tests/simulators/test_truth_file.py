"""The truth of a feed is read whole, or it is said what is missing and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulators.score import score
from simulators.truth_file import TruthFault, read_truth
from tests.pipeline.command import Commands

TRUTH: dict[str, Any] = {
    "seed": 1,
    "episodes": [
        {
            "id": "mill",
            "devices": ["D1"],
            "begins": "2026-08-04T12:00:00+08:00",
            "ends": "2026-08-04T12:10:00+08:00",
            "expect": [{"rule": "smoke", "level": "red", "by": "2026-08-04T12:01:00.5+08:00"}],
        }
    ],
    "nuisances": [
        {
            "devices": ["D2"],
            "begins": "2026-08-04T12:00:00+08:00",
            "ends": "2026-08-04T12:10:00+08:00",
            "max_level": "none",
            "rule": None,
        }
    ],
}


def written(folder: Path, content: bytes) -> Path:
    path = folder / "truth.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_truth_comes_back_as_it_was_written(tmp_path: Path, mark: bytes) -> None:
    truth = read_truth(written(tmp_path, mark + json.dumps(TRUTH).encode()))
    assert truth == TRUTH
    assert score([], truth)["missed_ids"] == ["mill"]


def episode(**keys: object) -> Callable[[dict[str, Any]], None]:
    return lambda truth: truth["episodes"][0].update(keys)


def expected(**keys: object) -> Callable[[dict[str, Any]], None]:
    return lambda truth: truth["episodes"][0]["expect"][0].update(keys)


ODD: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no episodes": (lambda truth: truth.pop("episodes"), "missing required field `episodes`"),
    "no nuisances": (lambda truth: truth.pop("nuisances"), "missing required field `nuisances`"),
    "an episode that is a number": (lambda truth: truth["episodes"].append(1), "$.episodes[1]"),
    "an episode of nothing": (lambda truth: truth["episodes"].append({}), "missing required field `id` - at"),
    "devices that are none": (episode(devices=1), "$.episodes[0].devices"),
    "devices within devices": (episode(devices=[["D1"]]), "$.episodes[0].devices[0]"),
    "a time that is a number": (episode(begins=1), "$.episodes[0].begins"),
    "a time without an offset": (episode(ends="2026-08-04T12:00:00"), "$.episodes[0].ends"),
    "a level that nobody knows": (expected(level="purple"), "Invalid enum value 'purple'"),
    "a rule that is a list": (expected(rule=[1]), "$.episodes[0].expect[0].rule"),
    "a nuisance without its level": (lambda truth: truth["nuisances"][0].pop("max_level"), "`max_level`"),
    "fewer devices than none": (lambda truth: truth.update(totals={"devices": -1}), "$.totals.devices"),
    "half a letter": (episode(id="\ud800"), "surrogate"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_truth_of_another_shape_is_named(tmp_path: Path, name: str) -> None:
    how, found = ODD[name]
    truth = json.loads(json.dumps(TRUTH))
    how(truth)
    with pytest.raises(TruthFault) as wrong:
        read_truth(written(tmp_path, json.dumps(truth).encode()))
    assert str(wrong.value).startswith(f"{tmp_path / 'truth.json'}: found ")
    assert found in str(wrong.value)


NO_TRUTH = [b"", b"x", b"[]", b"null", b"NaN", b"9" * 5_000, b"[" * 100_000, "{'绍': 1}".encode("gbk")]


@pytest.mark.parametrize("content", NO_TRUTH, ids=lambda content: repr(content[:9]))
def test_a_backtest_refuses_it_before_it_begins(fengshao: Commands, tmp_path: Path, content: bytes) -> None:
    truth = written(tmp_path, content)
    ran = fengshao("backtest", tmp_path / "no feed is needed", "--truth", truth)
    assert (ran.code, ran.out) == (2, "")
    said = " ".join(ran.err.split())
    assert f"--truth: {truth}: found " in said
    assert said.endswith("expected the truth of a feed, as `fengshao feed --truth` writes it")
