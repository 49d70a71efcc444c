"""The embedded mode's sink as a program: what the store of a data folder is given goes to InfluxDB, at its own pace."""

import threading
import time
from pathlib import Path

from alerts.store import Reader
from dashboards.influx import InfluxSink
from pipeline.asked_to_leave import AskedToLeave
from pipeline.orphan import leave_with_supervisor
from pipeline.paths import STORE
from pipeline.patient_sink import PatientSink
from pipeline.site import Site
from pipeline.stored_feed import FILE, StoredFeed, keep_position, read_position

LOOK_SECONDS = 0.5
LEAVE_SECONDS = 3.0


def run_stored_sink(site: Site, data: Path, influx: InfluxSink) -> int:
    """Until a signal; what InfluxDB has not answered by then is written by the next start."""
    leaving = AskedToLeave()
    leave_with_supervisor()
    failures: list[BaseException] = []
    with Reader(data / STORE) as reader:
        feed = StoredFeed(site, reader, read_position(data / FILE))
        print("sink: at work", flush=True)

        def work() -> None:
            try:
                _work(feed, PatientSink(influx), data / FILE, leaving)
            except Exception as failure:  # told by the command, like any other
                failures.append(failure)

        working = threading.Thread(target=work, name="sink", daemon=True)
        working.start()
        while working.is_alive() and not leaving:
            time.sleep(LOOK_SECONDS / 5)
        working.join(LEAVE_SECONDS)
    for failure in failures:
        raise failure
    return 0


def _work(feed: StoredFeed, out: PatientSink, path: Path, leaving: AskedToLeave) -> None:
    while not leaving:
        before = feed.position
        lines = feed.take()
        if lines and not out.write(lines, lambda: not leaving):
            break
        if feed.position != before:
            keep_position(path, feed.position)
        else:
            time.sleep(LOOK_SECONDS)
    out.close()
