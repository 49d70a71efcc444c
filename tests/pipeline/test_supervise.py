"""Children are started again with patience, stopped in order, and the stubborn ended."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import supervise
from pipeline.supervise import RESTART_SECONDS, STEADY_SECONDS, Child, Supervisor

ENDS = "import sys, time; print('here', flush=True); sys.exit(int(sys.argv[1]))"
STAYS = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(0)))\n"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SLEEPS = "print('ready', flush=True)\nwhile True: time.sleep(0.05)\n"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    (tmp_path / "child_ends.py").write_text(ENDS)
    (tmp_path / "child_stays.py").write_text(STAYS + SLEEPS)
    (tmp_path / "child_stubborn.py").write_text(STUBBORN + SLEEPS)
    return tmp_path


@pytest.fixture
def supervisor(programs: Path) -> Supervisor:
    return Supervisor(os.environ | {"PYTHONPATH": str(programs)}, programs / "log")


def until(done: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class Turned:
    """The monotonic clock as the supervisor reads it, turned by the story."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(supervise.time, "monotonic", lambda: self.now)


def wait(child: Child) -> None:
    """The child has ended; the supervisor does not know it yet."""
    assert child.running is not None
    child.running.wait(10)


def test_a_child_that_ends_is_named_with_its_code_and_started_again_after_a_growing_wait(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Turned(monkeypatch)
    child = supervisor.start("road", ["3"], module="child_ends")
    for ends in range(1, len(RESTART_SECONDS) + 2):
        wait(child)
        assert supervisor.look() == [("road", 3)]
        patience = RESTART_SECONDS[min(ends, len(RESTART_SECONDS) - 1)]
        clock.now += patience - 0.01
        assert supervisor.look() == []
        assert child.running is None
        clock.now += 0.02
        assert supervisor.look() == []
        assert child.running is not None
    wait(child)
    assert supervisor.output("road").count("here") == len(RESTART_SECONDS) + 2


def test_a_child_that_ran_steadily_has_its_earlier_ends_forgiven(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Turned(monkeypatch)
    child = supervisor.start("road", ["0"], module="child_ends")
    child.ends = 4
    wait(child)
    clock.now += STEADY_SECONDS + 1
    assert supervisor.look() == [("road", 0)]
    clock.now += RESTART_SECONDS[0]
    supervisor.look()
    assert child.running is not None
    wait(child)


def test_a_child_that_is_to_run_once_is_not_started_again(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Turned(monkeypatch)
    child = supervisor.start("replay", ["0"], again=False, module="child_ends")
    wait(child)
    assert supervisor.look() == [("replay", 0)]
    clock.now += 1_000
    assert supervisor.look() == []
    assert child.running is None


def test_they_are_stopped_in_the_order_opposite_to_their_start(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["road", "board", "officers"]
    asked: list[str] = []
    for name in names:
        child = supervisor.start(name, [], module="child_stays")
        until(lambda name=name: "ready" in supervisor.output(name))
        assert child.running is not None
        terminate = child.running.terminate
        monkeypatch.setattr(child.running, "terminate", lambda name=name, end=terminate: (asked.append(name), end()))
    supervisor.stop()
    assert asked == names[::-1]
    assert [child.running.returncode for child in supervisor.children if child.running] == [0, 0, 0]
    assert all("bye" in supervisor.output(name) for name in names)


def test_a_stubborn_child_is_ended_when_patience_is_over_and_the_others_end_in_peace(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "STOP_SECONDS", 0.5)
    stubborn = supervisor.start("stubborn", [], module="child_stubborn")
    polite = supervisor.start("polite", [], module="child_stays")
    until(lambda: "ready" in supervisor.output("stubborn") and "ready" in supervisor.output("polite"))
    started = time.monotonic()
    supervisor.stop()
    assert 0.4 < time.monotonic() - started < 3
    assert stubborn.running is not None
    assert polite.running is not None
    assert (stubborn.running.returncode, polite.running.returncode) == (-9, 0)


def test_stopping_children_that_have_ended_is_no_fault(supervisor: Supervisor) -> None:
    child = supervisor.start("road", ["1"], module="child_ends")
    wait(child)
    supervisor.stop()
    supervisor.look()
    supervisor.stop()
    assert supervisor.output("nobody") == ""


def test_a_child_has_the_environment_that_it_was_given(programs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (programs / "child_says.py").write_text("import os; print(os.environ['WORD'])")
    supervisor = Supervisor(os.environ | {"PYTHONPATH": str(programs), "WORD": "枫哨", "PYTHONIOENCODING": "utf-8"})
    wait(supervisor.start("one", [], again=False, module="child_says"))
    assert capfd.readouterr().out == "枫哨\n"
    assert supervisor.output("one") == ""
    assert supervisor.children[0].arguments[:3] == [sys.executable, "-m", "child_says"]


def test_a_variable_of_one_child_is_no_other_childs(supervisor: Supervisor, programs: Path) -> None:
    (programs / "child_tells.py").write_text("import os; print(os.environ.get('OWN', 'none'), flush=True)")
    supervisor.start("one", [], again=False, module="child_tells", own={"OWN": "mine"})
    supervisor.start("other", [], again=False, module="child_tells")
    until(lambda: supervisor.output("one") and supervisor.output("other"))
    assert (supervisor.output("one"), supervisor.output("other")) == ("mine\n", "none\n")
    supervisor.stop()
