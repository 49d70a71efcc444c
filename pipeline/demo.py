"""``fengshao demo``: everything on the example site, open to a visitor, or run through to its figures."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.store import Reader
from pipeline.addresses import free_address, loopback
from pipeline.broker import RunningBroker, embedded_broker
from pipeline.database import DATABASE
from pipeline.demo_feed import PreparedFeed, prepare_feed
from pipeline.outbox import BOARD_NAME
from pipeline.paths import DataFolder
from pipeline.progress import Progress
from pipeline.replays import pace_of
from pipeline.show import Show
from pipeline.site import Site, load_site
from pipeline.summary import summarise
from pipeline.supervise import Supervisor
from pipeline.written import written

LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Demo:
    """What the command line asked for. ``speed`` is times as fast as life, or ``max``."""

    folder: Path
    seed: int
    records: int
    speed: str
    leave: bool
    summary: Path | None
    data: Path | None
    http: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What both forms of the demonstration stand on."""

    site: Site
    place: DataFolder
    feed: PreparedFeed
    broker: RunningBroker
    supervisor: Supervisor
    shared: tuple[str, ...]


@contextmanager
def _set_stage(demo: Demo) -> Iterator[Stage]:
    """Site checked, feed written, broker and children to be; all of it gone again at the end."""
    site = load_site(demo.folder)
    with ExitStack() as stack:
        data = demo.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fengshao-demo-")))
        place = DataFolder(data)
        print(f"枫哨 Fengshao · {site.name} · 演示数据,非真实警情 (synthetic data)", flush=True)
        feed = prepare_feed(site, demo.records, demo.seed)
        broker = stack.enter_context(embedded_broker(place.broker, os.environ.get("FENGSHAO_BROKER", "auto")))
        print(f"broker  {broker.shown}", flush=True)
        environment = os.environ | {"FENGSHAO_MQTT": broker.url, DATABASE: ""}
        supervisor = Supervisor(environment, place.folder / "log")
        stack.callback(supervisor.stop)
        yield Stage(site, place, feed, broker, supervisor, ("--site", str(demo.folder), "--data", str(place.folder)))


def run_demo(demo: Demo) -> int:
    """The command; 0 when it ended or was stopped, 1 where something failed (and what it said is printed)."""
    pace_of(demo.speed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _set_stage(demo) as stage:
        return _run_through(demo, stage) if demo.leave else _run_open(demo, stage)


def _run_through(demo: Demo, stage: Stage) -> int:
    """The whole feed, then the figures."""
    counts_file = stage.place.folder / "replay.json"
    stage.place.desk.unlink(missing_ok=True)
    road = stage.supervisor.start("road", ["road", *stage.shared, "--clock", "feed", "--until-end"], again=False)
    _wait_for(stage.place.desk, stage.supervisor)
    replay = ["--broker", stage.broker.url, "--speed", demo.speed, "--counts", str(counts_file)]
    stage.supervisor.start("replay", [str(stage.feed.feed), *replay], again=False, module="simulators.replay")
    with Progress("replaying", demo.records) as progress:
        while road.running is not None:
            failed = [name for name, code in stage.supervisor.look() if code != 0]
            if failed:
                print(f"{failed[0]} failed:\n{stage.supervisor.output(failed[0])}", flush=True)
                return 1
            progress.show(_received(stage.place))
            time.sleep(LOOK_SECONDS)
        progress.show(_received(stage.place))
    ended = json.loads(stage.supervisor.output("road").splitlines()[-1])
    found = summarise(stage.site, stage.place.store, stage.feed.truth, json.loads(counts_file.read_text()), ended)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text, flush=True)
    if demo.summary is not None:
        with written(demo.summary) as file:
            file.write(text.encode() + b"\n")
    return 0


def _run_open(demo: Demo, stage: Stage) -> int:
    """Board, simulated officers and the visitor's red, until the visitor has seen enough."""
    address = free_address(loopback(demo.http))
    show = Show(stage.site, stage.place, stage.feed.truth, stage.feed.truth_file, demo.speed)
    children = stage.supervisor
    board = {BOARD_NAME: f"http://{address}"}
    children.environment = {**children.environment, **show.environment(), **board}
    children.start("officers", show.officers(stage.broker.url), module="simulators.officers")
    stage.place.desk.unlink(missing_ok=True)
    children.start("road", ["road", *stage.shared, "--clock", "feed"])
    _wait_for(stage.place.desk, children)
    children.start("board", ["board", *stage.shared, "--http", address, "--demo-state", str(show.state_file)])
    replay = show.replay(stage.broker.url, stage.feed.feed)
    children.start("replay", replay, again=False, module="simulators.replay")
    print(f"board   http://{address}/demo   (Ctrl-C ends it)", flush=True)
    try:
        while True:
            for name, code in children.look():
                if code != 0:
                    print(f"{name} ended with {code}; see {children.log}/{name}.log", flush=True)
            show.look()
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        return 0


def _wait_for(desk: Path, supervisor: Supervisor) -> None:
    for _ in range(300):
        if desk.exists():
            return
        for name, code in supervisor.look():
            raise RuntimeError(f"{name} ended with {code}:\n{supervisor.output(name)}")
        time.sleep(0.1)
    raise RuntimeError(f"the road did not open {desk} within 30 s:\n{supervisor.output('road')}")


def _received(place: DataFolder) -> int:
    reader = Reader(place.store)
    try:
        totals: dict[str, Any] = reader.totals()
    finally:
        reader.close()
    return int(totals.get("received", 0))
