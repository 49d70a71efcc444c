"""How far long work has come: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

LINE_SECONDS = 2.0


class Progress:
    """``show`` takes the absolute count."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._bar: Bar | None = None
        self._last_line = 0.0
        self._shown = -1
        if sys.stdout.isatty():
            self._bar = Bar(TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> "Progress":
        if self._bar is not None:
            self._bar.start()
        return self

    def show(self, done: int) -> None:
        """Tell how many are done by now."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done)
        elif done != self._shown and (time.monotonic() - self._last_line >= LINE_SECONDS or done >= self._total):
            self._last_line = time.monotonic()
            self._shown = done
            print(f"{self._what}: {done} of {self._total}", flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
