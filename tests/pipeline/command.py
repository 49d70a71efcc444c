"""The command line ``fengshao``, run in this very process."""

import sys
from dataclasses import dataclass

import pytest

from pipeline.cli import main


@dataclass(frozen=True)
class Ran:
    """How it left and what it said."""

    code: int
    out: str
    err: str


class Commands:
    """Runs commands one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in ("SITE", "DATA", "MQTT", "HTTP", "CLOCK", "BROKER", "BOARD_URL"):
            monkeypatch.delenv(f"FENGSHAO_{name}", raising=False)
        monkeypatch.setenv("COLUMNS", "400")

    def __call__(self, *words: object) -> Ran:
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["fengshao", *map(str, words)])
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
        else:
            code = 0
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)
