"""Starts programs of ours as children, starts them again when they end, stops them together."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.orphan import SUPERVISED

RESTART_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
"""How long to wait before the next start, by how often it has ended lately."""
STEADY_SECONDS = 60.0
"""A child that ran this long has its earlier ends forgiven."""
SOON_SECONDS = 10.0
HOPELESS = 3
STOP_SECONDS = 5.0
NONE: Mapping[str, str] = {}


@dataclass(slots=True)
class Child:
    """One program of ours. ``again``: start it again when it ends; ``own``: variables that no other child gets."""

    name: str
    arguments: Sequence[str]
    again: bool = True
    own: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ends: int = 0
    failures: int = 0
    """How often in a row it left with 1 soon after a start."""
    start_after: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """``log`` is the folder where each child's output goes, one file a child; None leaves it on the terminal."""

    environment: Mapping[str, str]
    log: Path | None = None
    children: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        again: bool = True,
        module: str = "pipeline.cli",
        own: Mapping[str, str] = NONE,
    ) -> Child:
        """Start ``python -m module arguments`` and look after it."""
        child = Child(name, [sys.executable, "-m", module, *arguments], again, own)
        self.children.append(child)
        self._start(child)
        return child

    def look(self) -> list[tuple[str, int]]:
        """Names and exit codes of children that ended since the last look; those to be started again are, in time."""
        now = time.monotonic()
        ended = []
        for child in self.children:
            if child.running is not None and (code := child.running.poll()) is not None:
                ended.append((child.name, code))
                soon = now - child.started < SOON_SECONDS
                child.failures = child.failures + 1 if code == 1 and soon else 0
                child.ends = 0 if now - child.started > STEADY_SECONDS else child.ends + 1
                child.start_after = now + RESTART_SECONDS[min(child.ends, len(RESTART_SECONDS) - 1)]
                child.running = None
            if child.running is None and child.again and now >= child.start_after:
                self._start(child)
        return ended

    def hopeless(self) -> bool:
        """Whether a child fails at every start: waiting longer mends nothing that it names."""
        return any(child.failures >= HOPELESS for child in self.children)

    def stop(self) -> None:
        """Ask all of them to stop, in the order opposite to their start; end those that do not."""
        for child in reversed(self.children):
            if child.running is not None and child.running.poll() is None:
                child.running.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.running is None:
                continue
            try:
                child.running.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.running.kill()
                child.running.wait()

    def output(self, name: str) -> str:
        """What a child wrote, where there is a log folder."""
        path = self.log / f"{name}.log" if self.log else None
        return path.read_text(encoding="utf-8", errors="replace") if path and path.exists() else ""

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        environment = {**self.environment, **child.own, SUPERVISED: str(os.getpid())}
        if self.log is None:
            child.running = subprocess.Popen(child.arguments, env=environment)
            return
        self.log.mkdir(parents=True, exist_ok=True)
        with (self.log / f"{child.name}.log").open("ab") as out:
            child.running = subprocess.Popen(child.arguments, env=environment, stdout=out, stderr=out)
