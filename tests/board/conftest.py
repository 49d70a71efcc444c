from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from pipeline.run_board import board_site
from pipeline.site import Site, example_site, load_site
from tests.board.day import Morning, morning
from tests.board.road import SECRET, Road
from tests.board.served import served


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(example_site())


@pytest.fixture(scope="session")
def city(site: Site) -> BoardSite:
    return board_site(site)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Morning:
    """The busy morning, committed once; every story goes on from a copy."""
    made = morning(Road(tmp_path_factory.mktemp("morning"), site))
    made.road.store.close()
    return made


@pytest.fixture
def told(lived: Morning, tmp_path: Path) -> Iterator[Morning]:
    made = Morning(lived.road.again(tmp_path), dict(lived.hazards))
    yield made
    made.road.store.close()


@pytest.fixture
def reader(told: Morning) -> Iterator[Reader]:
    opened = Reader(told.road.path)
    yield opened
    opened.close()


@pytest.fixture
def state() -> dict[str, Any]:
    """What the demonstration says of itself."""
    return {"pace": 1, "phone": None, "ends": False, "score": None}


@pytest.fixture
def address(told: Morning, reader: Reader, city: BoardSite, state: dict[str, Any]) -> Iterator[str]:
    with served(create_app(reader, city, told.road.ask, SECRET, True, lambda: state)) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(base_url=address, follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file only: while it is open its loop keeps others from running theirs."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--headless", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1366, "height": 768})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script fails and nothing is refused by the policy."""
    opened = context.new_page()
    opened.set_default_timeout(8000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None
    )
    yield opened
    assert complaints == []
