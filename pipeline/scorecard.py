"""The score with names: for each true episode what was expected, by when, and when it came; what nuisances did."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from ingest.instants import instant
from simulators.score import score

Row = Mapping[str, Any]
LONG_AGO = "1970-01-01T00:00:00.001+00:00"


def scorecard(events: Iterable[Row], truth: Row) -> dict[str, Any]:
    """The score itself, and ``episodes`` and ``nuisances`` for who reads it; times are epoch milliseconds."""
    listed = list(events)
    scored = score(listed, dict(truth))
    found = set(scored["found_ids"])
    return {
        **scored,
        "episodes": [_episode(row, listed, found) for row in truth["episodes"]],
        "nuisances": _nuisances(truth["nuisances"], scored["false_events"]),
    }


def _episode(row: Row, events: Sequence[Row], found: set[str]) -> dict[str, Any]:
    """One line for each rule and level; of several devices the slowest is shown."""
    named = {name: row.get(name, "") for name in ("id", "zh", "en", "township", "hazard")}
    expected = sorted(row["expect"], key=lambda one: (one["by"], one["rule"]))
    groups: dict[tuple[str, str], list[Row]] = {}
    for one in expected:
        groups.setdefault((one["rule"], one["level"]), []).append(one)
    lines = [_slowest(row, group, events) for group in groups.values()]
    return {**named, "begins": instant(row["begins"]), "found": row["id"] in found, "lines": lines}


def _slowest(episode: Row, group: Sequence[Row], events: Sequence[Row]) -> dict[str, Any]:
    answers = [_answer(episode, one, events) for one in group]
    missed = [one for one in answers if one["reached"] is None]
    slowest = missed[0] if missed else max(answers, key=lambda one: one["delay"])
    return {**slowest, "devices": len(group)}


def _answer(episode: Row, expected: Row, events: Sequence[Row]) -> dict[str, Any]:
    """Judged by itself, by the very rule of the whole score: its delay since 1970 is the moment it was reached."""
    of_rule = [event for event in events if event.get("rule") == expected["rule"]]
    alone = {**episode, "expect": [{**expected, "since": LONG_AGO}]}
    seconds = score(of_rule, {"episodes": [alone]})["delay_p50"]
    reached = None if seconds is None else round(seconds * 1000) + 1
    since = instant(expected.get("since") or episode["begins"]) or 0
    delay = None if reached is None else max(0, reached - since) / 1000
    told = {name: expected[name] for name in ("rule", "level")}
    return {**told, "by": instant(expected["by"]), "reached": reached, "delay": delay}


def _nuisances(rows: Sequence[Row], false_events: Sequence[Row]) -> dict[str, Any]:
    """How many there were, of which kinds, and how many stayed at or below the level that they may reach."""
    alarmed = {str(event.get("subject", {}).get("id")) for event in false_events}
    within = sum(alarmed.isdisjoint(row["devices"]) for row in rows)
    kinds = sorted(str(row["kind"]) for row in rows)
    return {"count": len(rows), "within": within, "kinds": {kind: len(list(group)) for kind, group in groupby(kinds)}}
