"""The feed on the real road: what is true is found, what is harmless is left alone, and the counts agree."""

from pathlib import Path

import numpy as np
import pytest

from ingest.feed_file import read_feed
from ingest.message import Message
from pipeline.backtest import Backtest
from pipeline.site import load_site
from rules.events import outside
from simulators.feed import write_feed
from simulators.score import score

SITE = Path(__file__).parents[2] / "sites" / "shaoxing"
OPEN_AT_ONCE = 8


@pytest.mark.parametrize(("records", "seed"), [(2_500, 31), (6_000, 32), (36_000, 33)])
def test_truth_is_found_and_nothing_else(tmp_path: Path, records: int, seed: int) -> None:
    truth = write_feed(SITE, records, seed, tmp_path / "feed.jsonl")
    site = load_site(SITE)
    backtest = Backtest(site)
    events = [outside(event, site.offset) for event in backtest.events(read_feed(tmp_path / "feed.jsonl"))]
    result = score(events, truth)
    assert result["missed_expectations"] == []
    assert result["false_events"] == []
    assert result["found"] == len(truth["episodes"])

    standing: dict[str, str] = {}
    most = 0
    for event in sorted(events, key=lambda event: event["at"]):
        standing[event["id"]] = event["rule"]
        if event["event"] == "cleared":
            del standing[event["id"]]
        most = max(most, sum(rule != "rain-gauge" for rule in standing.values()))
    assert most <= OPEN_AT_ONCE


def test_the_totals_are_what_ingest_and_rules_count(tmp_path: Path) -> None:
    """Refused messages, late rows and all rows, against the road's own columns."""
    totals = write_feed(SITE, 6_000, 34, tmp_path / "feed.jsonl")["totals"]
    backtest = Backtest(load_site(SITE))
    messages = [record for record in read_feed(tmp_path / "feed.jsonl") if isinstance(record, Message)]
    decoded = backtest.decoder.decode(messages)
    usable = set(decoded.inputs.message.tolist())
    refused = {rejected.message for rejected in decoded.rejected}
    assert len(refused - usable) == totals["messages_malformed"]
    assert len(refused & usable) == totals["messages_partly_refused"]
    fates = backtest.engine.judge(decoded.inputs).fates
    new, late, duplicate = (int(np.count_nonzero(fates == fate)) for fate in range(3))
    assert late == totals["late"]
    assert new + late == totals["readings"]
    copies = {n for n in usable if np.all(fates[decoded.inputs.message == n] == 2)}
    assert len(copies) == totals["duplicates"]
    assert duplicate >= len(copies)
