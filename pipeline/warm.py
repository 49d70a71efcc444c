"""Compiles the rule kernels into the compiler's cache, so that the first start is as quick as every other."""

import time

from pipeline.backtest import Backtest
from pipeline.site import example_site, load_site


def main() -> None:
    """Judge nothing with the example site's rules: that compiles them."""
    started = time.perf_counter()
    Backtest(load_site(example_site())).events([])
    print(f"   rule kernels ready in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
