"""However much is open and however slowly the store is read, a page stays short and nobody waits for another's."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Client

from alerts.store import Reader
from dashboards.web import wall_page
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from tests.board.day import Morning
from tests.board.road import SECRET
from tests.board.served import served

SLOW = 5.0
"""Seconds after which a held answer is given all the same."""


class Held:
    """A reader's question that is answered only once it may be."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, reader: Reader, question: str) -> None:
        self.asked, self.may = threading.Event(), threading.Event()
        ask: Any = getattr(reader, question)

        def held(*details: Any, **more: Any) -> Any:
            self.asked.set()
            self.may.wait(SLOW)
            return ask(*details, **more)

        monkeypatch.setattr(reader, question, held)


@pytest.fixture
def client(told: Morning, reader: Reader, city: BoardSite) -> Iterator[Client]:
    app = create_app(reader, city, told.road.ask, SECRET, False)
    with served(app) as address, Client(base_url=address, timeout=SLOW / 2) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/hazards", "/hazard/{red}", "{link}"])
def test_while_one_visitors_page_is_read_the_others_are_served(
    client: Client, told: Morning, reader: Reader, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    page = path.format(red=told.hazards["red"], link=told.red_link()[0])
    held = Held(monkeypatch, reader, "open_list" if path == "/hazards" else "alerts_of")
    seen: list[int] = []
    with Client(base_url=client.base_url, timeout=2 * SLOW) as other:
        visitor = threading.Thread(target=lambda: seen.append(other.get(page).status_code))
        visitor.start()
        assert held.asked.wait(SLOW)
        assert client.get("/").status_code == 200
        assert client.get("/healthz").status_code == 200
        assert seen == []
        held.may.set()
        visitor.join()
    assert seen == [200]


def test_while_the_wall_is_read_every_page_is_served(
    client: Client, told: Morning, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, reader, "open_counts")
    told.road.commit([], devices=["another"])
    assert held.asked.wait(SLOW)
    assert client.get("/hazards").status_code == 200
    assert client.get("/healthz").status_code == 200
    held.may.set()


def test_the_page_of_all_that_is_open_is_cut_and_says_how_many_more_there_are(
    client: Client, told: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_page, "MOST", 2)
    text = client.get("/hazards?lang=en").text
    assert len(re.findall(r'href="/hazard/', text)) == 2
    assert told.hazards["red"] in text
    assert f"<small>{len(told.hazards)}</small>" in text
    assert f"{len(told.hazards) - 2} more" in text
    assert " more<" not in client.get("/hazards?lang=en&level=red").text
