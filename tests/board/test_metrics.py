"""``/metrics`` of the board: what ``/healthz`` knows and what the store counted, a store that is away included."""

import time

import pytest
from httpx import Client

from alerts.store import Reader, StoreError
from dashboards.metrics_text import CONTENT_TYPE
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from tests.board.day import Morning, device
from tests.board.road import SECRET
from tests.board.served import served

COUNTED = {
    "received": 12,
    "accepted": 9,
    "readings": 30,
    "rejected": 2,
    "rejected.not_json": 2,
    "refused_values.out_of_range": 1,
    "events.raised": 8,
}


def figures(address: str) -> dict[str, float]:
    with Client(base_url=address) as client:
        answer = client.get("/metrics")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, CONTENT_TYPE)
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_an_embedded_board_tells_all_that_the_road_counted(told: Morning, reader: Reader, city: BoardSite) -> None:
    told.road.totals.update(COUNTED)
    told.road.raise_alert("fire-detector", device(told.road, "330624", "smoke", 2), "orange")
    with served(create_app(reader, city, told.road.ask, SECRET, False)) as address:
        until = time.monotonic() + 5
        while not (found := figures(address)).get("fengshao_commits_total") or not found["fengshao_road_answers"]:
            assert time.monotonic() < until
            time.sleep(0.02)
    said = {
        "fengshao_well": 1,
        "fengshao_store_readable": 1,
        'fengshao_open_alerts{level="red"}': 1,
        'fengshao_open_alerts{level="yellow"}': 1,
        "fengshao_messages_received_total": 12,
        "fengshao_messages_accepted_total": 9,
        "fengshao_readings_total": 30,
        'fengshao_messages_rejected_total{reason="not_json"}': 2,
        'fengshao_values_refused_total{reason="out_of_range"}': 1,
        'fengshao_events_total{event="raised"}': 8,
    }
    assert {name: found[name] for name in said} == said
    assert found["fengshao_commit_age_seconds"] < 5
    assert sum(value for name, value in found.items() if "open_alerts" in name) == len(reader.open_alerts())
    waiting = [row for row in reader.export("notices") if row["state"] == "pending"]
    assert found["fengshao_notices_waiting"] == len(waiting) > 0


def test_the_board_of_a_cluster_counts_no_readings_and_one_whose_store_is_away_says_so(
    told: Morning, reader: Reader, city: BoardSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.road.totals.update(COUNTED)
    told.road.commit([])

    def unread() -> dict[str, int]:
        raise StoreError("the disk is gone")

    with served(create_app(reader, city, told.road.ask, SECRET, False, cluster=True)) as address:
        found = figures(address)
        assert not [name for name in found if "received" in name or "readings" in name]
        assert found['fengshao_messages_rejected_total{reason="not_json"}'] == 2
        monkeypatch.setattr(reader, "totals", unread)
        found = figures(address)
    assert "fengshao_store_readable" in found
    assert not [name for name in found if "open_alerts" in name]
