"""The pipeline's tests share one small site."""

from pathlib import Path

import pytest

from tests.parts.small_site import write_small_site
from tests.pipeline.command import Commands


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site of eight devices; not to be written to."""
    return write_small_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def fengshao(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    """The command line: ``fengshao("export", "events").code``."""
    return Commands(monkeypatch, capsys)
