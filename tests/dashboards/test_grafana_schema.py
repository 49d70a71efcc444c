"""Every board against Grafana's own types, those of the pinned version."""

import copy
from pathlib import Path

import pytest

from tests.dashboards.golden import boards
from tests.parts.catalogue import cache
from tests.parts.grafana_schema import SCHEMA, misfits


@pytest.mark.part("grafana-schema")
def test_every_board_fits_the_types_of_grafana(tmp_path: Path) -> None:
    assert misfits(cache() / SCHEMA, boards(), tmp_path) == ""


@pytest.mark.part("grafana-schema")
def test_what_does_not_fit_is_found(tmp_path: Path) -> None:
    board = copy.deepcopy(boards()["fengshao-city"])
    board["refesh"] = "30s"
    board["panels"][1]["options"]["colorMode"] = "backdrop"
    board["templating"]["list"][0]["type"] = "constnat"
    said = misfits(cache() / SCHEMA, {"fengshao-city": board}, tmp_path)
    assert all(word in said for word in ("refesh", "backdrop", "constnat"))
