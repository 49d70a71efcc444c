"""How fast the rule core is: the whole Shaoxing rulebook over 10,000 devices, with the conditions of the figures.

Run from the top folder: ``python -m benchmarks.rules``. ``FENGSHAO_INTERPRET=1`` leaves the compiler out.
"""

import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ingest.inputs import NO_SEQ, TICK, Inputs
from ingest.metrics import FLAGS_METRIC, METRICS
from ingest.places import Device, Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules import compile as compiler
from rules.book import applies, metric_of
from rules.engine import Engine
from rules.rulebook import Rulebook
from rules.rulebook_file import parse_rulebook

RULEBOOK = Path(__file__).parent.parent / "sites" / "shaoxing" / "rulebook.toml"
DEVICES = 10_000
PERIOD = 7_200_000
"""Each device reports about this often (ms), as in the city: flags in one reading of eight, odd ones in 5,000."""
ODD = 1 / 5000
BEGIN = 1_785_772_800_000
HEARTBEAT = 4 * PERIOD


def fleet(rulebook: Rulebook, devices: int) -> tuple[Places, Vocabulary, list[int], list[float]]:
    """Devices of every type that a rule names, each with the metric that it mostly reports and a calm value of it."""
    pairs = dict.fromkeys(
        (name, metric_of(rule))
        for rule in rulebook.rules
        if rule.kind in ("ladder", "window_sum")
        for name in rule.devices or (rule.metric,)
    )
    rows = [(name, metric, calm(rulebook, name, metric)) for name, metric in pairs]
    chosen = [rows[number % len(rows)] for number in range(devices)]
    ids = [f"D{number:06}" for number in range(devices)]
    vocabulary = Vocabulary()
    vocabulary.register(ids)
    places = Places(
        devices={
            device_id: Device(device_id, row[0], "S1", "330602001", "", HEARTBEAT, device_id)
            for device_id, row in zip(ids, chosen, strict=True)
        }
    )
    return places, vocabulary, [row[1] for row in chosen], [row[2] for row in chosen]


def calm(rulebook: Rulebook, device_type: str, metric: int) -> float:
    """A value on the safe side of every rule."""
    resets: dict[str, float] = {}
    for rule in rulebook.rules:
        if rule.kind == "ladder" and metric_of(rule) == metric and applies(rule, device_type):
            resets.setdefault(rule.direction, rule.tiers[0].reset)
    if len(resets) == 2:
        return (resets["above"] + resets["below"]) / 2
    return 0.8 * resets["above"] if "above" in resets else 1.2 * resets.get("below", 0.0)


def feed(metrics: list[int], values: list[float], readings: int, one: bool = False) -> Inputs:
    """Readings of random devices in the order of time."""
    random = np.random.default_rng(7)
    device = np.zeros(readings, np.int32) if one else random.integers(0, len(metrics), readings).astype(np.int32)
    at = BEGIN + np.arange(readings, dtype=np.int64) * PERIOD // (1 if one else len(metrics))
    metric = np.array(metrics, np.int16)[device]
    value = np.array(values)[device] * random.uniform(0.99, 1.01, readings)
    low, high = (np.array([getattr(row, side) for row in METRICS])[metric] for side in ("low", "high"))
    value = np.where(random.random(readings) < ODD, random.uniform(0, 2, readings) * value, value).clip(low, high)
    flags = random.random(readings) < 0.125
    value[flags] = (random.random(int(flags.sum())) < ODD).astype(float)
    metric[flags] = FLAGS_METRIC
    ts = at - random.integers(0, 200, readings)
    seq = np.full(readings, NO_SEQ)
    return Inputs(device, metric, value, ts, ts, seq, at, np.zeros(readings, np.int32), np.zeros(readings, np.uint8))


def sent_again(inputs: Inputs, share: float) -> Inputs:
    """The feed in which such a share of the readings is one of the last 100,000 once more."""
    random = np.random.default_rng(8)
    row = np.arange(len(inputs))
    again = random.random(len(inputs)) < share
    row[again] = np.maximum(row[again] - random.integers(1, 100_000, int(again.sum())), 0)
    for column in (inputs.device, inputs.metric, inputs.value, inputs.ts, inputs.sent):
        column[:] = column[row]
    return inputs


def batches(inputs: Inputs, size: int) -> Iterator[Inputs]:
    """The inputs cut into batches of ``size`` readings, the first of each replaced by a tick."""
    inputs.device[:: max(size, 500)] = -1
    inputs.metric[:: max(size, 500)] = TICK
    inputs.at[:: max(size, 500)] -= inputs.at[:: max(size, 500)] % 1000
    return (inputs.rows(start, start + size) for start in range(0, len(inputs), size))


def measure(title: str, engine: Engine, inputs: Inputs, size: int) -> None:
    """Judge it all and print what it took."""
    parts = list(batches(inputs, size))
    events = 0
    slowest = 0.0
    begin = time.process_time()
    for part in parts:
        start = time.perf_counter()
        events += len(engine.judge(part).events)
        slowest = max(slowest, time.perf_counter() - start)
    took = time.process_time() - begin
    print(
        f"{title:<44} {len(inputs) / took / 1e6:8.3f} million readings/s  {took / len(parts) * 1e6:8.1f} µs a batch"
        f"  slowest {slowest * 1e3:6.1f} ms  {events} events"
    )


def main() -> None:
    """Print the figures."""
    rulebook, faults = parse_rulebook(RULEBOOK.read_text(encoding="utf-8"), RULEBOOK.name)
    if rulebook is None:
        sys.exit("\n".join(map(str, faults)))
    places, vocabulary, metrics, values = fleet(rulebook, DEVICES)
    print(f"{cpu()}; Python {platform.python_version()}; {compiler.DESCRIPTION}; one core, its own time")
    print(f"{len(rulebook.rules)} rules of {RULEBOOK.parent.name}, {DEVICES} devices, each every {PERIOD // 1000} s")

    def engine(interpreted: bool = False) -> Engine:
        return Engine(rulebook, places, vocabulary, Timing(), interpreted)

    begin = time.perf_counter()
    first = engine()
    first.judge(feed(metrics, values, 2))
    print(f"first batch after import: {time.perf_counter() - begin:.2f} s (compiles, or reads the compiler's cache)")
    if compiler.COMPILES:
        measure("batches of 500, random devices", engine(), feed(metrics, values, 4_000_000), 500)
        again = sent_again(feed(metrics, values, 4_000_000), 0.05)
        measure("batches of 500, 5 % of them sent again", engine(), again, 500)
        measure("batches of 500, one device", engine(), feed(metrics, values, 2_000_000, one=True), 500)
        measure("batches of 50,000, random devices", engine(), feed(metrics, values, 4_000_000), 50_000)
        warm = engine()
        warm.judge(feed(metrics, values, 100_000))
        measure("batches of one, random devices", engine(), feed(metrics, values, 50_000), 1)
    measure(
        "interpreted, batches of 500, random devices", engine(interpreted=True), feed(metrics, values, 200_000), 500
    )


def cpu() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


if __name__ == "__main__":
    main()
