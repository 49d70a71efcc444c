"""The whole cluster at a steady pace: MQTT ─▶ Kafka ─▶ worker ─▶ PostgreSQL, and how long an alert takes.

Real mosquitto, Kafka and PostgreSQL (fsync on), the roles and the publisher, all on the same cores.
"""

import subprocess
import time
from pathlib import Path

import psutil

from benchmarks.paced import Pace, Paced
from pipeline.site import example_site, load_site
from pipeline.supervise import Supervisor
from tests.parts.live_road import fengshao
from tests.parts.local import LocalParts, local_parts

PACE = Pace(per_second=5_000, seconds=60, fires_per_second=10)
WARM = Pace(per_second=500, seconds=5, fires_per_second=2)
SHARDS = 16
READY_SECONDS = 60.0


def start(parts: LocalParts) -> Supervisor:
    """The roles, at work."""
    environment = parts.environment(SHARDS)
    subprocess.run(fengshao("init"), env=environment, check=True, stdout=subprocess.DEVNULL)
    roles = Supervisor(environment, parts.folder / "log")
    roles.start("worker", ["worker"])
    roles.start("alerts", ["alerts", "--data", str(parts.folder / "data")])
    roles.start("ingest", ["ingest"])
    until = time.monotonic() + READY_SECONDS
    while not all("at work" in roles.output(name) for name in ("ingest", "alerts")):
        if time.monotonic() > until:
            raise RuntimeError("\n".join(roles.output(name) for name in ("ingest", "worker", "alerts")))
        time.sleep(0.2)
    return roles


def busy() -> dict[str, float]:
    """Processor seconds so far by program."""
    found: dict[str, float] = {}
    for program in psutil.Process().children(recursive=True):
        words = program.cmdline()
        name = next((word for word in words[3:4] if words[1:3] == ["-m", "pipeline.cli"]), Path(words[0]).name)
        times = program.cpu_times()
        found[name] = found.get(name, 0.0) + times.user + times.system
    return found


def main() -> None:
    """Measure and print."""
    site = load_site(example_site())
    with local_parts(influx=False) as parts:
        roles = start(parts)
        try:
            Paced(site, parts.mosquitto.url, WARM, first=1).run()  # other fires than below
            before = busy()
            paced = Paced(site, parts.mosquitto.url, PACE)
            paced.run()
            print(paced.said())
            used = {name: (spent - before.get(name, 0.0)) / paced.took for name, spent in busy().items()}
            shown = ", ".join(f"{name} {share:.0%}" for name, share in sorted(used.items(), key=lambda row: -row[1]))
            print(f"processor, of one core each: {shown}; the publisher has the rest")
        finally:
            roles.stop()


if __name__ == "__main__":
    main()
