"""Write a feed and its truth: ``python -m simulators.feed --site … --records 68000 --seed 7 --out F --truth T``."""

import argparse
import json
from pathlib import Path

from simulators.command import said_in_a_line
from simulators.feed.writer import write_feed


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="simulators.feed", description=__doc__)
    parser.add_argument("--site", type=Path, default=Path("sites/shaoxing"))
    parser.add_argument("--records", type=int, default=68_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--truth", type=Path)
    asked = parser.parse_args()
    with said_in_a_line():
        truth = write_feed(asked.site, asked.records, asked.seed, asked.out, asked.truth)
    print(json.dumps(truth["totals"], ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
