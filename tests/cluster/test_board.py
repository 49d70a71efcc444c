"""The duty board on PostgreSQL: live, its answers recorded once whoever is killed, and back after an outage."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from httpx import Client
from playwright.sync_api import expect, sync_playwright

from alerts.links import make_link
from alerts.model import Hazard
from alerts.store import Database, Reader, Store
from pipeline.asking import TOO_LATE
from pipeline.site import example_site, load_site
from tests.board.looking import filled
from tests.cluster.roles import Roles
from tests.parts.brokers import Mosquitto
from tests.parts.kafka import Kafka as KafkaServer
from tests.parts.postgres import Postgres

pytestmark = pytest.mark.part("postgres")

KEY = "a-key-for-all-machines-of-the-tests"
FIRES, GAS = 3, 2


def until(done: Callable[[], Any], seconds: float = 40.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.fixture
def roles(kafka: KafkaServer, database: str, mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Roles]:
    with Roles(kafka, example_site(), mosquitto.url, 2, tmp_path, database) as running:
        running.environment["FENGSHAO_SECRET"] = KEY
        yield running


def write_feed(path: Path) -> Path:
    """A morning on which fires and gas are told in five townships, and then ten seconds more."""
    devices = load_site(example_site()).places.devices.values()

    def some(kind: str, count: int) -> list[str]:
        found = {one.township: one.device_id for one in devices if one.type == kind and one.site_id}
        return list(found.values())[:: len(found) // count][:count]

    told = [(device, {"flags": ["fire"]}) for device in some("smoke", FIRES)]
    leaks = [(device, {"values": {"gas": 27.4}}) for device in some("lpg", GAS)]
    lines = [
        {"at": f"2026-08-04T09:00:{second:02}+08:00", "topic": f"fengshao/v1/up/{device}", "payload": payload}
        for second, sent in ((0, told), (2, leaks), (6, leaks), (16, leaks))
        for device, payload in sent
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def told_officer(hazard: Hazard) -> str:
    return hazard.told[0]


class Board:
    """The served board and the database behind it."""

    def __init__(self, address: str, database: str) -> None:
        self.address = address
        self.client = Client(base_url=address, timeout=20)
        self.reader = Reader(Database(database))
        self.shell = psycopg.connect(database, autocommit=True)

    def hazards(self) -> list[Hazard]:
        return self.reader.open_hazards()

    def answers(self, hazard: Hazard) -> list[tuple[str, str]]:
        """What is on record, as (kind, person)."""
        kinds = ("answered", "arrived")
        return [(step.kind, step.person) for step in self.reader.steps_of(hazard.id) if step.kind in kinds]

    def say(self, hazard: Hazard, said: str) -> int:
        form = {"person": told_officer(hazard), "answer": said}
        return self.client.post(f"/hazard/{hazard.id}/answer", data=form).status_code

    def link(self, hazard: Hazard) -> str:
        """The page of the officer's own notice."""
        notice = next(one for one in self.reader.notices_of(hazard.id) if one.person == told_officer(hazard))
        return "/a/" + make_link(KEY.encode(), notice.id, hazard.id, notice.person, notice.created_at)

    def waiting(self, hazard: Hazard) -> list[int]:
        """The numbers of the orders about it that have no reply."""
        open_ones = "SELECT number FROM requests WHERE reply IS NULL AND body LIKE %s"
        return [number for (number,) in self.shell.execute(open_ones, [f"%{hazard.id}%"])]

    def close(self) -> None:
        self.client.close()
        self.reader.close()
        self.shell.close()


@contextmanager
def opened(address: str, database: str) -> Iterator[Board]:
    board = Board(address, database)
    try:
        yield board
    finally:
        board.close()


@contextmanager
def saying(board: Board, hazard: Hazard, said: str) -> Iterator[list[int]]:
    """An officer's answer on its way, in the row where it waits; afterwards its status."""
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(board.say(hazard, said)))
    thread.start()
    until(lambda: board.waiting(hazard))
    yield statuses
    thread.join(20)


@pytest.mark.part("kafka")
@pytest.mark.part("mosquitto")
@pytest.mark.part("chromium")
def test_a_feed_is_shown_and_answered_and_a_killed_alerts_role_answers_once(
    roles: Roles, database: str, tmp_path: Path
) -> None:
    roles.worker()
    roles.ingest()
    alerts = roles.alerts()
    address = roles.board()
    roles.at_work()
    roles.replay(write_feed(tmp_path / "feed.jsonl"), "5")
    with opened(address, database) as board:
        until(lambda: len(board.hazards()) == FIRES + GAS)
        until(lambda: board.client.get("/wall.json").json().get("listed") == FIRES + GAS)
        assert until(lambda: board.client.get("/healthz").json()["road_answers"])
        shown(board, tmp_path)
        answered(board)
        killed_with_an_answer_on_its_way(roles, board, alerts.pid)


def shown(board: Board, folder: Path) -> None:
    """In real Chromium: the wall is live, and a button on a hazard's page is recorded."""
    hazard = next(one for one in board.hazards() if one.kind == "gas_leak")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--headless", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(board.address)
        filled(page)
        expect(page.locator("[data-health=received]")).to_have_text("–")
        page.screenshot(path=folder / "wall.png")
        page.goto(f"{board.address}/hazard/{hazard.id}")
        page.locator("select[name=person]").select_option(told_officer(hazard))
        page.locator("button[value=accept]").click()
        expect(page.locator("body")).to_contain_text("签收")
        page.screenshot(path=folder / "hazard.png", full_page=True)
        browser.close()
    assert board.answers(hazard) == [("answered", told_officer(hazard))]


def answered(board: Board) -> None:
    """收到 on the board, 到场 on the phone, each recorded once; what cannot be is refused with the reason."""
    hazard = board.hazards()[0]
    officer = told_officer(hazard)
    assert board.say(hazard, "accept") == 303
    assert board.client.post(board.link(hazard), data={"answer": "arrive"}).status_code == 303
    assert board.answers(hazard) == [("answered", officer), ("arrived", officer)]
    assert board.say(hazard, "close") == 409
    forged = board.client.post("/a/" + make_link(b"another", "n", hazard.id, officer, 0), data={"answer": "lift"})
    assert forged.status_code == 410


def killed_with_an_answer_on_its_way(roles: Roles, board: Board, alerts: int) -> None:
    """A standby answers nothing while the first lives, and takes up what the first has left."""
    first, second = board.hazards()[1:3]
    roles.alerts()
    until(lambda: "standing by" in roles.said("alerts"))
    os.kill(alerts, signal.SIGSTOP)
    with saying(board, first, "accept") as statuses, saying(board, second, "accept"):
        (late,) = board.waiting(second)
        board.shell.execute("UPDATE requests SET asked_at = asked_at - 10001 WHERE number = %s", [late])
        time.sleep(0.5)
        assert board.waiting(first)
        assert board.waiting(second) == [late]
        os.kill(alerts, signal.SIGKILL)
        until(lambda: not board.waiting(first) and not board.waiting(second))
    assert statuses == [303]
    assert board.answers(first) == [("answered", told_officer(first))]
    assert board.answers(second) == []
    (reply,) = board.shell.execute("SELECT reply FROM requests WHERE number = %s", [late]).fetchone() or ("",)
    assert json.loads(reply) == TOO_LATE


@pytest.fixture
def alone(kafka: KafkaServer, database: str, tmp_path: Path) -> Roles:
    """Not entered: no role runs but those that the test starts."""
    return Roles(kafka, example_site(), "", 2, tmp_path, database)


def test_a_database_that_goes_away_is_said_in_words_and_the_board_comes_back_alone(
    alone: Roles, database: str, postgres: Postgres
) -> None:
    Store(Database(database)).close()
    try:
        address = alone.board()
        with Client(base_url=address, timeout=20) as client, client.stream("GET", "/stream") as stream:
            frames = (line for line in stream.iter_lines() if line.startswith("event: "))
            assert next(frames) == "event: beat"
            postgres.stop()
            began = time.monotonic()
            health = until(lambda: (one := client.get("/healthz")).status_code == 503 and one)
            assert health.json()["why"][0].startswith("数据库无法读取")
            for path in ("/", "/hazards", "/hazard/none"):
                page = client.get(path)
                assert (page.status_code, "Traceback" in page.text) == (503, False)
                assert "数据库暂时无法读取 · the store cannot be read just now" in page.text
            time.sleep(max(0.0, 3 - (time.monotonic() - began)))
            postgres.start()
            until(lambda: client.get("/healthz").json()["store_readable"])
            assert client.get("/").status_code == 200
            assert any(frame == "event: beat" for frame in frames)
        assert alone.said("board").count("asking again") == 1
    finally:
        alone.__exit__()


def test_a_board_that_starts_before_its_database_waits_and_one_without_tables_says_so(
    alone: Roles, database: str, postgres: Postgres
) -> None:
    none = alone.run("board", "--http", "127.0.0.1:1")
    assert none.returncode == 1
    assert "this is not a store of Fengshao" in none.stderr
    short = alone.run("board", "--http", "127.0.0.1:1", more={"FENGSHAO_SECRET": "short"})
    assert (short.returncode, short.stderr.count("short")) == (1, 0)
    assert "FENGSHAO_SECRET: found 5 characters; expected 32 or more" in short.stderr
    Store(Database(database)).close()
    postgres.stop()
    try:
        starting = threading.Thread(target=alone.board)
        starting.start()
        until(lambda: alone.log("board").exists() and "trying on" in alone.said("board"))
        postgres.start()
        starting.join(30)
        assert not starting.is_alive()
    finally:
        alone.__exit__()
