from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.store import Reader, Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据 50% #1 (really?)" / "fengshao.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def reader(path: Path, store: Store) -> Iterator[Reader]:
    opened = Reader(path)
    yield opened
    opened.close()
