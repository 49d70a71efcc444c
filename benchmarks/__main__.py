"""``python -m benchmarks [NAME …]``: the figures of Fengshao, with their conditions and what was asked for.

Nothing here fails because of a figure: how fast a machine is today is no fault of the program.
"""

import argparse
from collections.abc import Callable
from typing import NamedTuple

from benchmarks import backtest, cluster, cluster_road, decode, ingest_mqtt, road, rules, store
from benchmarks.conditions import conditions


class Bench(NamedTuple):
    """What is run, and which figures were asked for."""

    run: Callable[[], None]
    target: str


BENCHES: dict[str, Bench] = {
    "rules": Bench(
        rules.main,
        "at least 5 million readings/s per core in batches of 500, at most 50 µs for a batch of one, "
        "at least 0.1 million/s interpreted",
    ),
    "decode": Bench(decode.main, "none of its own; it is part of the backtest's 2 s"),
    "cluster": Bench(cluster.main, "one worker on real Kafka: at least 800,000 readings/s per core"),
    "cluster_road": Bench(
        cluster_road.main,
        "5,000 messages/s of one reading each over all townships for 60 s, sensor to alert: p99 at most 300 ms",
    ),
    "store": Bench(store.main, "at least 60,000 reading rows/s in batches of 500"),
    "backtest": Bench(backtest.main, "68,000 records, decoding included, in at most 2 s after start-up"),
    "ingest_mqtt": Bench(ingest_mqtt.main, "the embedded broker carries at least 8,000 messages/s"),
    "road": Bench(road.main, "the day in at most 30 s with the embedded broker (iotcore), 12 s with mosquitto"),
}


def main() -> None:
    """Run those named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(BENCHES)}; all where none is named")
    names = parser.parse_args().name or list(BENCHES)
    if unknown := [name for name in names if name not in BENCHES]:
        parser.error(f"found {', '.join(unknown)}; expected names of {', '.join(BENCHES)}")
    print(conditions(), flush=True)
    for name in names:
        print(f"\n== {name}\nasked for: {BENCHES[name].target}", flush=True)
        BENCHES[name].run()


if __name__ == "__main__":
    main()
