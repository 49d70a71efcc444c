"""The 68,000-record feed of a synthetic day, its truth included.

    python -m simulators.feed --site sites/shaoxing --records 68000 --seed 7 --out feed.jsonl.gz --truth truth.json

The same seed gives the same lines on every machine. The road of a message through this package:

    plots, storm     what truly happens            weather    rain of the day
    annoyances       what only looks like it       ordinary   heartbeats of everybody else
    mishaps, faults  what transport does to it     garbage    what was never right
    plan, compose    all of it, in order           truth      what of it should be noticed
"""

from simulators.feed.writer import write_feed

__all__ = ["write_feed"]
