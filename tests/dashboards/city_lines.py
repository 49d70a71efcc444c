"""The demonstration's day as InfluxDB gets it: its readings, what the rules say of them, and the road's own figures."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboards.influx_lines import ReadingLines, event_lines, pipeline_line
from ingest.feed_file import read_feed
from ingest.inputs import Inputs
from ingest.message import Message
from pipeline.backtest import Backtest
from pipeline.demo_feed import prepare_feed
from pipeline.site import Site, example_site, load_site
from rules.events import Event

RECORDS = 68_000


@dataclass(frozen=True)
class CityDay:
    """``lines`` in the order in which a sink would write them; times are epoch milliseconds."""

    site: Site
    lines: list[bytes]
    events: list[Event]
    readings: int
    first: int
    last: int


class Recorder(Backtest):
    """Keeps the inputs that it judges."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.seen: list[Inputs] = []

    def _decoded(self, messages: list[Message]) -> Inputs:  # type: ignore[override]
        inputs = super()._decoded(messages)
        self.seen.append(inputs)
        return inputs


@cache
def city_day() -> CityDay:
    """Made once a run."""
    site = load_site(example_site())
    return _day(site, prepare_feed(site, RECORDS, 7).feed)


def _day(site: Site, feed: Path) -> CityDay:
    recorder = Recorder(site)
    events = recorder.events(read_feed(feed))
    writer = ReadingLines(site.places, recorder.vocabulary.devices, recorder.vocabulary.metrics)
    lines: list[bytes] = []
    readings = 0
    moments: list[int] = []
    for inputs in recorder.seen:
        moments += inputs.at[inputs.at > 0].tolist()[-1:]
        readings += int((inputs.device >= 0).sum())
        lines += writer.of(inputs)
        counted = {"readings": len(inputs), "events": 0, "rejected": 0, "lag": 0, "delay_ms": 12.5}
        line = pipeline_line("worker", "0", moments[-1], counted)
        assert line is not None
        lines.append(line)
    lines += event_lines(events, site.places, {rule.id: rule for rule in site.rulebook.rules})
    return CityDay(site, lines, events, readings, moments[0], moments[-1])
