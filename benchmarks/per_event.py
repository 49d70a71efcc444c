"""The agent to compare with, as a good Faust user would write it: an event a message, JSON, a dict of state in a table.

Thresholds and times are the rulebook's; the rules are plain ifs on one device: ladders with hold and reset, flags.
Run as a program with the environment that :mod:`benchmarks.cluster` gives it.
"""

import os
from typing import Any

import faust

from pipeline.cluster.kafka import Kafka, kafka_of
from pipeline.site import example_site, load_site
from rules.book import applies
from rules.levels import LEVELS
from rules.rulebook import Rule

SINGLE, SAID = "single", "single-said"
"""Its topics."""


def rules_by_type() -> dict[str, list[Rule]]:
    """The ladder and flag rules of each type of device."""
    site = load_site(example_site())
    types = {device.type for device in site.places.devices.values()}
    return {
        kind: [rule for rule in site.rulebook.rules if rule.kind in ("ladder", "flag") and applies(rule, kind)]
        for kind in types
    }


def level_of(rule: Rule, state: dict[str, Any], ts: int, value: float, flags: list[str]) -> int:
    """The rule's level after this reading; ``state`` remembers since when each side holds."""
    level = 0
    for tier in rule.tiers:
        if rule.kind == "flag":
            beyond = rule.flag in flags
            safe = not beyond
        elif rule.direction == "above":
            beyond, safe = value >= tier.raise_at, value < tier.reset
        else:
            beyond, safe = value <= tier.raise_at, value > tier.reset
        since = state.setdefault(str(tier.level), [None, None])
        since[0] = (ts if since[0] is None else since[0]) if beyond else None
        since[1] = (ts if since[1] is None else since[1]) if safe else None
        reached = beyond and ts - since[0] >= tier.hold
        left = safe and ts - since[1] >= rule.clear_after
        if reached or (tier.level <= state["level"] and not left):
            level = max(level, tier.level)
    return level


def kind_of(before: int, level: int) -> str:
    """What the change is called."""
    if not before:
        return "raised"
    return "cleared" if not level else "upgraded" if level > before else "downgraded"


def application(kafka: Kafka) -> Any:
    """One agent, one table."""
    app = faust.App(
        f"{kafka.prefix}-single",
        broker=f"kafka://{kafka.bootstrap}",
        store="memory://",
        topic_partitions=kafka.shards,
        topic_replication_factor=1,
        topic_disable_leader=True,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
    )
    single = app.topic(kafka.topic(SINGLE), value_serializer="json", key_serializer="raw")
    said = app.topic(kafka.topic(SAID), value_serializer="json", key_serializer="raw")
    table = app.Table("single-state", default=dict, partitions=kafka.shards)
    rules = rules_by_type()

    @app.agent(single, concurrency=1)
    async def judge(stream: Any) -> None:
        async for reading in stream:
            if "mark" in reading:
                await said.send(value=reading)
                continue
            device, metric, ts = reading["device"], reading["metric"], reading["ts"]
            state = table[device]
            if ts <= state.get(metric, 0):
                continue
            state[metric] = ts
            for rule in rules[reading["type"]]:
                if (rule.metric or "flags") != metric:
                    continue
                mine = state.setdefault(rule.id, {"level": 0})
                level = level_of(rule, mine, ts, reading.get("value", 0.0), reading.get("flags", []))
                if level != mine["level"]:
                    kind = kind_of(mine["level"], level)
                    shown = LEVELS[level or mine["level"]]
                    mine["level"] = level
                    await said.send(value={"said": [rule.id, device, kind, shown, ts]})
            table[device] = state

    return app


if __name__ == "__main__":
    faust.Worker(application(kafka_of(os.environ)), loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()
