"""A rulebook that was edited while the road was down: what no rule holds any more ends, what one holds now begins."""

from pathlib import Path

import pytest

from alerts.store import Loaded, Reader, Store
from ingest.message import Message
from ingest.mqtt import MqttSource
from pipeline.arrivals import Turn
from pipeline.clocks import NO_ROWS, FeedClock
from pipeline.outbox import Outbox
from pipeline.road import Road
from pipeline.site import load_site
from pipeline.start import Start, start
from pipeline.stepping import Arrived
from tests.parts.small_site import RULEBOOK, write_small_site

AT = 1_785_823_200_000
NOBODY = "mqtt://127.0.0.1:1"


class Town:
    """A small site and its store, started again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_small_site(folder)
        self.path = folder / "store.sqlite"

    def start(self) -> tuple[Road, Store, Start]:
        site = load_site(self.folder)
        store = Store(self.path)
        loaded: Loaded = store.load()
        started = start(site, loaded, store)
        source = MqttSource(NOBODY, "road", [])
        outbox = Outbox(site, source, b"key", None, "")
        return Road(site, store, source, FeedClock(loaded.clock, False), loaded, started, outbox), store, started

    def run(self, *messages: Message) -> Start:
        """One start with these messages and a clean stop."""
        road, store, started = self.start()
        if messages:
            stepped = started.step(Arrived(messages, NO_ROWS, NO_ROWS, messages[-1].at))
            road._commit(stepped, Turn(messages=list(messages)))
        road.stop()
        store.close()
        return started

    def open_rules(self) -> set[str]:
        with Reader(self.path) as reader:
            return {alert.rule for alert in reader.open_alerts()}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def reading(body: str, at: int) -> Message:
    return Message("fengshao/v1/up/T1", body.encode(), at)


def test_the_same_rulebook_goes_on_where_it_was(town: Town) -> None:
    town.run(reading('{"values": {"smoke": 1.5}, "flags": ["fire"]}', AT))
    assert town.open_rules() == {"smoke", "fire"}
    assert not town.run().changes
    assert town.open_rules() == {"smoke", "fire"}


def test_an_alert_of_a_removed_rule_ends_with_that_reason(town: Town) -> None:
    town.run(reading('{"values": {"smoke": 1.5}, "flags": ["fire"]}', AT))
    rules = RULEBOOK.split("[[rule]]")
    (town.folder / "rulebook.toml").write_text("[[rule]]".join([rules[0], rules[1], rules[3]]), encoding="utf-8")
    (ended,) = town.run().changes
    assert (ended.event, ended.rule, ended.reason) == ("cleared", "fire", "rule_removed")
    assert town.open_rules() == {"smoke"}
    with Reader(town.path) as reader:
        assert [event["reason"] for event in reader.export("events") if event["event"] == "cleared"] == ["rule_removed"]


def test_a_lower_threshold_raises_what_it_now_holds(town: Town) -> None:
    town.run(reading('{"values": {"smoke": 0.9}}', AT))
    assert town.open_rules() == set()
    (town.folder / "rulebook.toml").write_text(RULEBOOK.replace("raise = 1.0", "raise = 0.85"), encoding="utf-8")
    (begun,) = town.run().changes
    assert (begun.event, begun.rule, begun.level) == ("raised", "smoke", "red")
    assert town.open_rules() == {"smoke"}
    assert not town.run().changes


def test_a_rule_that_is_put_back_raises_again_what_it_holds_and_everybody_hears_of_it(town: Town) -> None:
    town.run(reading('{"flags": ["fire"]}', AT), reading('{"values": {"smoke": 0.01}}', AT + 60_000))
    rules = RULEBOOK.split("[[rule]]")
    for now in (AT + 60_000, AT + 120_000):
        (town.folder / "rulebook.toml").write_text("[[rule]]".join([rules[0], rules[1], rules[3]]), encoding="utf-8")
        assert [change.event for change in town.run().changes] == ["cleared"]
        (town.folder / "rulebook.toml").write_text(RULEBOOK, encoding="utf-8")
        (again,) = town.run().changes
        assert (again.event, again.rule, again.at) == ("raised", "fire", now)
        assert town.open_rules() == {"fire"}
        town.run(reading('{"values": {"smoke": 0.01}}', AT + 120_000))
    with Reader(town.path) as reader:
        told = [event["event"] for event in reader.export("events") if event["rule"] == "fire"]
    assert told == ["raised", "cleared", "raised", "cleared", "raised"]
