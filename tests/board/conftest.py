from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.store import Reader
from dashboards.web.board_site import BoardSite
from pipeline.run_board import board_site
from pipeline.site import Site, example_site, load_site
from tests.board.day import Morning, morning
from tests.board.road import Road


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(example_site())


@pytest.fixture(scope="session")
def city(site: Site) -> BoardSite:
    return board_site(site)


@pytest.fixture
def road(tmp_path: Path, site: Site) -> Iterator[Road]:
    made = Road(tmp_path, site)
    yield made
    made.store.close()


@pytest.fixture
def reader(road: Road) -> Iterator[Reader]:
    opened = Reader(road.path)
    yield opened
    opened.close()


@pytest.fixture
def told(road: Road) -> Morning:
    """The busy morning, committed."""
    return morning(road)
