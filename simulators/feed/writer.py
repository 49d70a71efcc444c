"""A day of the city as a feed file, exactly so many records, and the file of what is true of it."""

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from simulators.feed.chance import Chance
from simulators.feed.compose import messages_of_day
from simulators.feed.moments import midnight
from simulators.feed.plan import plan_day
from simulators.feed.stream import feed_line, habits
from simulators.feed.truth import totals_of, truth_of

DAY_OF_THE_FEED = date(2026, 8, 4)


def write_feed(
    site: Path, records: int, seed: int, out: Path, truth: Path | None = None, day: date = DAY_OF_THE_FEED
) -> dict[str, Any]:
    """Write ``records`` lines to ``out`` (packed where it ends in ``.gz``); returns and writes the truth."""
    chance = Chance("feed", seed)
    plan = plan_day(site, records, midnight(day), chance)
    messages = messages_of_day(plan, chance)
    speaks = habits({message.device for message in messages})
    with _opened(out) as file:
        file.writelines(feed_line(message, speaks[message.device]) for message in messages)
    strangers = frozenset(speaks.keys() - {sensor.id for sensor in plan.sensors})
    totals = totals_of(messages, speaks, strangers)
    result = truth_of(seed, day, plan.episodes, plan.all_nuisances(), totals)
    if truth is not None:
        with _named(truth):
            truth.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return result


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The same bytes each time: no name and no time in the packed file."""
    with _named(path), path.open("wb") as raw:
        if path.suffix != ".gz":
            with io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as file:
                yield file
            return
        with (
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as file,
        ):
            yield file


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """The system's refusal with the path: a full disk tells none."""
    try:
        yield
    except OSError as failed:
        raise OSError(failed.errno, failed.strerror, str(path)) from failed
