"""Reads ``rulebook.toml``: every fault at once, each with its key, what was found and what was expected."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ingest.faults import Fault
from ingest.metrics import FLAG_BIT, FLAGS_METRIC, METRIC_NUMBER, METRICS, Metric
from ingest.toml_text import parse_toml
from rules.kinds import KIND_NUMBER, LATER
from rules.levels import LEVEL_NUMBER, LEVELS, NONE
from rules.rulebook import Limb, Rule, Rulebook, Tier
from rules.table import MISSING, Table, shown

COUNTERS = ("rain_total",)
"""Metrics that only ever grow; a window sum takes amounts, not counters."""
MINUTE = 60_000


def parse_rulebook(text: str, file: str) -> tuple[Rulebook | None, list[Fault]]:
    """The rulebook, or None and all that is wrong with it."""
    content, faults = parse_toml(text, file)
    if faults:
        return None, faults
    top = Table(content, "", file, faults)
    version = top.text("version")
    rules = [_rule(table) for table in _rule_tables(top)]
    top.nothing_else()
    _unique([rule.id for rule in rules], file, faults)
    return (None if faults else Rulebook(version, tuple(rules))), faults


def _rule_tables(top: Table) -> list[Table]:
    found = top.take("rule", [])
    if not isinstance(found, list) or not all(isinstance(rule, dict) for rule in found):
        top.fault("rule", shown(found), "[[rule]] tables")
        return []
    return [
        Table(rule, f"rule[{number}] {shown(rule.get('id', '?'))}", top.file, top.faults)
        for number, rule in enumerate(found, 1)
    ]


def _unique(ids: list[str], file: str, faults: list[Fault]) -> None:
    for number, rule_id in enumerate(ids, 1):
        if rule_id and rule_id in ids[: number - 1]:
            first = ids.index(rule_id) + 1
            faults.append(Fault(file, f'rule[{number}] "{rule_id}".id', f"the id of rule[{first}]", "an id of its own"))


def _rule(table: Table) -> Rule:
    """One rule of any kind; where something is wrong, a fault is noted and the rule is never used."""
    fields: dict[str, Any] = {name: table.text(name) for name in ("id", "hazard", "basis")}
    fields["zh"] = table.text("zh", "")
    fields["devices"] = table.texts("devices")
    kind = table.text("kind")
    read = READERS.get(kind)
    if read:
        fields |= read(table)
        table.nothing_else()
    elif kind in LATER:
        table.fault("kind", shown(kind), f"not yet supported; one of {', '.join(KIND_NUMBER)}")
    elif kind:
        table.fault("kind", shown(kind), f"one of {', '.join((*KIND_NUMBER, *LATER))}")
    return Rule(kind=kind, **fields)


def _ladder(table: Table) -> dict[str, Any]:
    metric = _metric(table)
    direction = table.choice("direction", ("above", "below"), "above")
    read = [_ladder_tier(level, part, metric, direction) for level, part in _levels(table)]
    tiers = [tier for tier in read if tier]
    _rising(table, tiers, direction)
    return {
        "metric": metric.name if metric else "",
        "direction": direction,
        "clear_after": table.duration("clear_after", 0) or 0,
        "tiers": tuple(tiers),
    }


def _ladder_tier(level: int, part: Table, metric: Metric | None, direction: str) -> Tier | None:
    raise_at = _threshold(part, "raise", metric)
    reset = _threshold(part, "reset", metric)
    hold = part.duration("hold", 0) or 0
    part.nothing_else()
    if raise_at is None or reset is None:
        return None
    if reset > raise_at if direction == "above" else reset < raise_at:
        side = "at most" if direction == "above" else "at least"
        part.fault("reset", shown(part.content["reset"]), f"{side} raise ({raise_at:g})")
    return Tier(level, raise_at, reset, hold)


def _threshold(part: Table, key: str, metric: Metric | None) -> float | None:
    number = part.number(key)
    if number is not None and metric and not metric.low <= number <= metric.high:
        part.fault(key, shown(part.content[key]), f"{metric.low:g} to {metric.high:g} {metric.unit} ({metric.name})")
    return number


def _rising(table: Table, tiers: list[Tier], direction: str) -> None:
    sign = 1.0 if direction == "above" else -1.0
    order = "more than" if direction == "above" else "less than"
    for lower, higher in pairwise(tiers):
        if sign * higher.raise_at <= sign * lower.raise_at:
            key = f"level.{LEVELS[higher.level]}.raise"
            table.fault(key, f"{higher.raise_at:g}", f"{order} that of {LEVELS[lower.level]} ({lower.raise_at:g})")


def _window_sum(table: Table) -> dict[str, Any]:
    metric = _metric(table)
    if metric and metric.name in COUNTERS:
        table.fault("metric", shown(metric.name), "not yet supported: a metric of amounts, such as rain, not a counter")
    tiers = tuple(_window_tier(level, part) for level, part in _levels(table))
    clear_after = table.duration("clear_after", 0) or 0
    return {"metric": metric.name if metric else "", "clear_after": clear_after, "tiers": tiers}


def _window_tier(level: int, part: Table) -> Tier:
    limbs = tuple(_limb(limb) for limb in part.tables("any"))
    part.nothing_else()
    return Tier(level, limbs=limbs)


def _limb(part: Table) -> Limb:
    within = part.duration("within")
    amount = part.number("amount")
    part.nothing_else()
    if within is not None and (within % MINUTE or not within):
        part.fault("within", shown(part.content["within"]), "whole minutes, at least one")
    if amount is not None and not 0.001 <= amount <= 1e6:
        part.fault("amount", shown(amount), "0.001 to 1000000 mm")
    return Limb(within or 0, amount or 0.0)


def _flag(table: Table) -> dict[str, Any]:
    flag = table.choice("flag", tuple(FLAG_BIT), None)
    level = table.choice("level", LEVELS[1:], None)
    clear_after = table.duration("clear_after", 0) or 0
    return {"flag": flag, "clear_after": clear_after, "tiers": (Tier(LEVEL_NUMBER.get(level, NONE)),)}


def _absence(table: Table) -> dict[str, Any]:
    misses = table.count("misses")
    level = table.choice("level", LEVELS[1:], None)
    return {"misses": misses, "tiers": (Tier(LEVEL_NUMBER.get(level, NONE)),)}


READERS: dict[str, Callable[[Table], dict[str, Any]]] = {
    "ladder": _ladder,
    "window_sum": _window_sum,
    "flag": _flag,
    "absence": _absence,
}
"""How the keys of each kind are read: one row per kind."""


def _metric(table: Table) -> Metric | None:
    name = table.text("metric")
    number = METRIC_NUMBER.get(name, FLAGS_METRIC)
    if number != FLAGS_METRIC:
        return METRICS[number]
    if name:
        known = ", ".join(metric.name for metric in METRICS[FLAGS_METRIC + 1 :])
        table.fault("metric", shown(name), f"one of {known}")
    return None


def _levels(table: Table) -> list[tuple[int, Table]]:
    """The tables ``level.blue`` to ``level.red`` that are there, in rising order."""
    found = table.take("level", MISSING)
    if not isinstance(found, dict) or not found:
        table.fault("level", shown(found), "[rule.level.<blue|yellow|orange|red>] tables")
        return []
    parts: list[tuple[int, Table]] = []
    for name in sorted(found, key=lambda name: LEVEL_NUMBER.get(name, NONE)):
        if name not in LEVELS[1:] or not isinstance(found[name], dict):
            table.fault(f"level.{name}", shown(found[name]), "a table blue, yellow, orange or red")
        else:
            parts.append((LEVEL_NUMBER[name], table.inner(f"level.{name}", found[name])))
    return parts
