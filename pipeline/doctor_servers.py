"""What ``fengshao doctor`` says of the other servers that the environment names: PostgreSQL, InfluxDB, Grafana.

A server that is not named has no row.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from alerts.store import Database, Requests, StoreError, StoreMissing
from alerts.store.server import look_at_server
from dashboards.grafana.apply import Failure, Grafana
from dashboards.influx import Unwritten
from ingest.faults import Fault, SiteFaults
from pipeline.asking import Reply
from pipeline.database import DATABASE, database_of
from pipeline.finding import Finding
from pipeline.grafana_apply import wanted_boards
from pipeline.run_board import now_ms
from pipeline.servers import GRAFANA_TOKEN, GRAFANA_URL, INFLUX_URL, address, influx_sink, token

SKEW_MS = 2_000
"""How far two machines' clocks may be apart: later, answers count as late too early or too late."""
REPLY_SECONDS, LOOK_SECONDS = 3.0, 0.1
COMMENT = b"# fengshao doctor"
"""A line that writes nothing; InfluxDB still looks at token, organisation and bucket."""


def server_findings(environment: Mapping[str, str], site: Path) -> Iterator[tuple[str, Finding]]:
    """A row for each server that is named, and one for the alerts role where there is a database to ask it through."""
    if environment.get(DATABASE):
        try:
            place = database_of(environment)
        except (StoreError, RuntimeError) as wrong:
            yield "database", Finding(False, str(wrong))
        else:
            found = database_found(place)
            yield "database", found
            yield "alerts", alerts_found(place) if found.right else Finding(None, "not asked, for the database is not")
    if environment.get(INFLUX_URL):
        yield "influxdb", _settled(lambda: influx_found(environment))
    if environment.get(GRAFANA_URL):
        yield "grafana", _settled(lambda: grafana_found(environment, site))


def database_found(place: Database, now: Callable[[], int] = now_ms) -> Finding:
    """Reachable, of this program's tables, safe through a power cut, and of our time."""
    try:
        before, seen, after = now(), look_at_server(place), now()
    except StoreMissing as empty:
        return Finding(False, f"{empty}. In a cluster: run `fengshao init`")
    except StoreError as failed:
        return Finding(False, str(failed))
    ahead = seen.now - after if seen.now > after else min(0, seen.now - before)
    soon = [f"{name} is off: a power cut may lose what was kept; switch it on" for name in seen.off]
    if abs(ahead) > SKEW_MS:
        soon.append(f"its clock is {abs(ahead) / 1000:.1f} s {'ahead' if ahead > 0 else 'behind'}; set both by NTP")
    return Finding(True, "; ".join([f"{place}: PostgreSQL {seen.version}", *soon]), soon=bool(soon))


def alerts_found(place: Database) -> Finding:
    """Whether the role answers, and which shards it hears nothing of."""
    try:
        reply = _asked(place)
    except StoreError as failed:
        return Finding(False, str(failed))
    if not reply.get("ok"):
        return Finding(False, f"not running, or no reply within {REPLY_SECONDS:.0f} s; start `fengshao alerts`")
    if stuck := reply.get("stuck"):
        named = ", ".join(f"{shard} ({seconds:.0f} s)" for shard, seconds in stuck.items())
        return Finding(False, f"input comes and nothing is told of shard {named}; look at the workers")
    return Finding(True, "answers, and hears of every shard that has input")


def influx_found(environment: Mapping[str, str]) -> Finding:
    """Whether the sink's token may write to its bucket."""
    sink = influx_sink(environment)
    try:
        written = sink.write([COMMENT])
    finally:
        sink.close()
    if isinstance(written, Unwritten):
        return Finding(False, f"{sink.bucket}: {written}")
    return Finding(True, f"the bucket {sink.bucket} of {sink.org} can be written")


def grafana_found(environment: Mapping[str, str], site: Path) -> Finding:
    """Whether its boards are this version's."""
    faults: list[Fault] = []
    url = address(GRAFANA_URL, environment, faults)
    read_with = token((GRAFANA_TOKEN,), environment, faults)
    boards = wanted_boards(site, environment, faults)
    if faults:
        raise SiteFaults(faults)
    changes = Grafana(url, read_with).look(boards)
    for change in changes:
        if isinstance(change.outcome, Failure):
            return Finding(False, f"{change.name}: {change.outcome}")
    other = [change.name for change in changes if change.outcome != "same"]
    if other:
        return Finding(
            True, f"not as this version has them: {', '.join(other)}; run `fengshao grafana apply`", soon=True
        )
    return Finding(True, f"{len(changes)} boards, as this version has them")


def _settled(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except SiteFaults as wrong:
        return Finding(False, "; ".join(map(str, wrong.faults)))


def _asked(place: Database) -> Reply:
    """What the role replies; nothing where it does not in time."""
    requests = Requests(place)
    try:
        number = requests.put({"do": "ping"})
        until = time.monotonic() + REPLY_SECONDS
        while time.monotonic() < until:
            if (reply := requests.reply(number)) is not None:
                return reply
            time.sleep(LOOK_SECONDS)
        return {}
    finally:
        requests.close()
