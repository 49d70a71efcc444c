"""What really happened, as the truth file tells it, and the totals counted from what was written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from simulators.feed.episodes import Episode
from simulators.feed.moments import DAY, MINUTE, rfc3339
from simulators.feed.nuisances import Nuisance
from simulators.feed.stream import Habit, Message, Reading

SKEW = MINUTE
MAX_AGE = 7 * DAY


def truth_of(
    seed: int, day: date, episodes: Iterable[Episode], nuisances: Iterable[Nuisance], totals: dict[str, Any]
) -> dict[str, Any]:
    """The truth file."""
    return {
        "seed": seed,
        "records": totals["records"],
        "day": day.isoformat(),
        "episodes": [_episode(episode) for episode in sorted(episodes, key=lambda row: row.begins)],
        "nuisances": [_nuisance(nuisance) for nuisance in sorted(nuisances, key=lambda row: row.begins)],
        "totals": totals,
    }


def _episode(episode: Episode) -> dict[str, Any]:
    return {
        "id": episode.id,
        "zh": episode.zh,
        "en": episode.en,
        "site": episode.site,
        "township": episode.township,
        "hazard": episode.hazard,
        "devices": list(episode.devices),
        "begins": rfc3339(episode.begins),
        "ends": rfc3339(episode.ends),
        "expect": [
            {
                "rule": expected.rule,
                "devices": [expected.device],
                "level": expected.level,
                "since": rfc3339(expected.since),
                "by": rfc3339(expected.by),
                "clause": expected.clause,
            }
            for expected in episode.expected
        ],
        "demo": episode.demo,
    }


def _nuisance(nuisance: Nuisance) -> dict[str, Any]:
    return {
        "id": nuisance.id,
        "kind": nuisance.kind,
        "devices": list(nuisance.devices),
        "rule": nuisance.rule,
        "begins": rfc3339(nuisance.begins),
        "ends": rfc3339(nuisance.ends),
        "max_level": nuisance.allowed,
        "clause": nuisance.clause,
    }


def totals_of(messages: Sequence[Message], speaks: dict[str, Habit], strangers: frozenset[str]) -> dict[str, Any]:
    """Counted line by line. Rows are values, and what is said of flags is one; copies count no rows."""
    newest: dict[tuple[str, str], int] = {}
    rows: Counter[str] = Counter()
    late = 0
    for message in messages:
        if message.fault == "duplicate":
            continue
        for reading in sorted(message.readings, key=lambda reading: reading.ts):
            ts = _evaluated(reading, message.at, speaks[message.device])
            for metric in reading.metrics:
                rows[metric] += 1
                if ts <= newest.get((message.device, metric), ts - 1):
                    late += 1
                else:
                    newest[message.device, metric] = ts
    faults = Counter(message.fault for message in messages if message.fault)
    heard = {message.device for message in messages if message.readings} - strangers
    outcomes = Counter(fault.split(":")[0] for fault in faults.elements())
    return {
        "records": len(messages),
        "devices": len(heard),
        "messages_malformed": outcomes["refused"],
        "messages_partly_refused": outcomes["partly"],
        "messages_of_unknown": outcomes["marked"],
        "duplicates": outcomes["duplicate"],
        "late_batches": outcomes["late_batch"],
        "late": late,
        "readings": sum(rows.values()),
        "by_metric": dict(sorted(rows.items())),
        "by_fault": dict(sorted(faults.items())),
    }


def _evaluated(reading: Reading, at: int, speaks: Habit) -> int:
    """The time at which a reading counts by the contract: its own time, where that can be believed."""
    sent = reading.ts + reading.shift
    return sent if speaks.timed and at - MAX_AGE <= sent <= at + SKEW else at
