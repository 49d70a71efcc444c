"""``fengshao doctor``, asked again and again in this very process."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pipeline.command import Commands, Ran

Found = dict[str, tuple[str, str]]
NOWHERE = "127.0.0.1:1"


def findings(ran: Ran) -> Found:
    """name → (sign, what was found)."""
    return {name: (sign, said) for sign, name, said in (line.split(maxsplit=2) for line in ran.out.splitlines())}


@dataclass
class Doctor:
    """Asked again and again, in this very process, of what the environment names."""

    fengshao: Commands
    monkeypatch: pytest.MonkeyPatch
    data: Path
    code: int = 0
    said: str = ""

    def __call__(self, **named: str) -> Found:
        with self.monkeypatch.context() as environment:
            for name, value in named.items():
                environment.setenv(f"FENGSHAO_{name}", value)
            ran = self.fengshao("doctor", "--data", self.data)
        self.code, self.said = ran.code, ran.out + ran.err
        return findings(ran)
