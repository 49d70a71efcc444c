"""How long the whole day takes without a network: reading the file, decoding, ticks and rules, after start-up."""

import time

from ingest.feed_file import read_feed
from pipeline.backtest import Backtest
from pipeline.demo_feed import prepare_feed
from pipeline.site import example_site, load_site

RECORDS, SEED = 68_000, 7
RUNS = 5


def main() -> None:
    """Measure and print; the first run reads the compiler's cache and is named apart."""
    site = load_site(example_site())
    feed = prepare_feed(site, RECORDS, SEED).feed
    taken = []
    for _ in range(RUNS):
        backtest = Backtest(site)
        begun = time.perf_counter()
        events = backtest.events(read_feed(feed))
        taken.append(time.perf_counter() - begun)
    print(
        f"{backtest.messages} records, {backtest.rows} rows, {len(events)} events, {len(site.rulebook.rules)} rules: "
        f"{min(taken):.2f} s ({RECORDS / min(taken):,.0f} records/s), the first of {RUNS} runs {taken[0]:.2f} s"
    )


if __name__ == "__main__":
    main()
