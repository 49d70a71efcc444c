from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from alerts.store import Database, Place, Reader, Store
from tests.store.written import fill, written

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.part("postgres")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据 50% #1 (really?)" / "fengshao.db"


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, path: Path) -> Place:
    """Where nothing is yet: every story holds on both databases."""
    return path if request.param == "sqlite" else Database(request.getfixturevalue("database"))


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    opened = Store(place)
    yield opened
    opened.close()


@pytest.fixture
def reader(place: Place, store: Store) -> Iterator[Reader]:
    opened = Reader(place)
    yield opened
    opened.close()


@pytest.fixture
def shell(database: str) -> Iterator[psycopg.Connection]:
    """Somebody's open database shell."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A backup of a file of SQLite."""
    fill(tmp_path / "small.sqlite")
    return written(tmp_path / "small.sqlite", tmp_path / "small")
