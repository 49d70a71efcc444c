"""Simulated officers answer what they are told of, as the truth says, and leave the visitor's fire alone."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest

from simulators.habits import FINDINGS, MISSED_IN_100, STEPS, Call, Habits
from simulators.mqtt import MqttLink, Received
from simulators.officers import Officers
from simulators.phones import Phones, press, signed
from tests.parts.brokers import Mosquitto

SECRET = b"a secret of the test"
NOON = "2026-08-04T12:00:00.000+08:00"
LATER = "2026-08-04T13:00:00.000+08:00"
TRUTH = {
    "episodes": [
        {
            "id": "mill",
            "site": "S1",
            "hazard": "fire",
            "devices": ["D1"],
            "begins": NOON,
            "ends": LATER,
            "demo": "visitor",
        },
        {
            "id": "leak",
            "site": "S2",
            "hazard": "gas_leak",
            "devices": ["D2"],
            "begins": NOON,
            "ends": LATER,
            "demo": "",
        },
        {
            "id": "left",
            "site": "S5",
            "hazard": "dust",
            "devices": ["D5"],
            "begins": NOON,
            "ends": LATER,
            "demo": "unanswered",
        },
    ],
    "nuisances": [
        {"id": "steam", "kind": "steam", "devices": ["D3"], "begins": NOON, "ends": LATER},
        {"id": "check", "kind": "panel_test", "devices": ["D4"], "begins": NOON, "ends": LATER},
        {"id": "before", "kind": "steam", "devices": ["D1"], "begins": NOON, "ends": LATER},
    ],
}


def event(device: str, site: str, hazard: str = "fire", alert: str = "") -> dict[str, Any]:
    return {
        "id": alert or f"alert-{device}", "event": "raised", "hazard": hazard, "level": "orange", "at": NOON,
        "subject": {"kind": "device", "id": device}, "site": site,
    }  # fmt: skip


def answers(habits: Habits, device: str, notices: int = 1, level: str = "orange") -> list[str]:
    """What is pressed in a day about the first of ``notices`` that is answered at all."""
    for number in range(notices):
        habits.told(Call(f"{device}-{number}", f"alert-{device}", level, "330681005"), 0.0)
    presses = habits.due(40_000.0)
    habits.saw({**event(device, ""), "event": "cleared"})
    presses += habits.due(86_400.0)
    assert [press.due for press in presses] == sorted(press.due for press in presses)
    first = [press.call.notice for press in presses][:1]
    return [press.answer for press in presses if [press.call.notice] == first]


@pytest.mark.parametrize(
    ("device", "site", "hazard", "ending"),
    [
        ("D2", "S2", "gas_leak", "true"),
        ("D3", "S3", "fire", "false"),
        ("D4", "S4", "fire", "test"),
        ("D9", "S9", "water_level", "small"),
        ("D1", "S1", "fire", "leave"),
        ("D5", "S5", "dust", "leave"),
        ("D8", "S1", "fire", "leave"),  # another device of the visitor's place
    ],
)
def test_what_they_find_is_what_the_truth_says(device: str, site: str, hazard: str, ending: str) -> None:
    habits = Habits(TRUTH, 7)
    habits.saw(event(device, site, hazard))
    assert tuple(answers(habits, device, 8)) == STEPS[ending]


def test_a_place_is_left_alone_even_when_something_small_came_first() -> None:
    habits = Habits(TRUTH, 7)
    habits.saw({**event("D1", "S1", alert="alert-early"), "at": "2026-08-04T03:00:00.000+08:00"})
    habits.saw(event("D1", "S1"))
    assert answers(habits, "D1", 8) == []
    assert FINDINGS[-1] == "leave"


def test_a_notice_waits_for_its_event_and_a_copy_of_it_changes_nothing() -> None:
    habits = Habits(TRUTH, 7)
    calls = [Call(f"n{number}", "alert-D2", "red", "330604112") for number in range(5)]
    for call in (*calls, *calls):
        habits.told(call, 0.0)
    assert habits.due(86_400.0) == []
    habits.saw(event("D2", "S2", "gas_leak"))
    assert habits.due(10.0) == []
    habits.saw({**event("D2", "S2", "gas_leak"), "event": "cleared"})
    pressed = [(press.call.notice, press.answer) for press in habits.due(3 * 86_400.0)]
    assert len(pressed) == len(set(pressed))
    assert [answer for _, answer in pressed].count("lift") == 1


def test_nobody_lifts_what_is_still_going_on() -> None:
    habits = Habits(TRUTH, 7)
    habits.saw(event("D2", "S2", "gas_leak"))
    for number in range(5):
        habits.told(Call(f"n{number}", "alert-D2", "red", "330604112"), 0.0)
    assert "lift" not in [press.answer for press in habits.due(86_400.0)]
    habits.saw({**event("D2", "S2", "gas_leak"), "event": "cleared"})
    assert [press.answer for press in habits.due(90_000.0)] == ["lift"]


def test_a_red_is_accepted_within_its_deadline_unless_nobody_hears_it() -> None:
    habits = Habits(TRUTH, 7)
    for number in range(400):
        habits.saw(event(f"X{number}", f"S-{number}", "fire"))
        habits.told(Call(f"n{number}", f"alert-X{number}", "red", "330681005"), 0.0)
    accepted = [press for press in habits.due(180.0) if press.answer == "accept"]
    assert len(accepted) / 400 == pytest.approx(1 - MISSED_IN_100 / 100, abs=0.06)


def test_the_same_seed_gives_the_same_officers() -> None:
    def pressed(seed: int) -> list[tuple[float, str]]:
        habits = Habits(TRUTH, seed)
        habits.saw(event("D2", "S2", "gas_leak"))
        for number in range(20):
            habits.told(Call(f"n{number}", "alert-D2", "red", "330604112"), 0.0)
        return [(press.due, press.answer) for press in habits.due(86_400.0)]

    assert pressed(7) == pressed(7)
    assert pressed(7) != pressed(8)


def post_letter(port: int, letter: dict[str, Any], secret: bytes) -> int:
    body = json.dumps(letter).encode()
    headers = {"Fengshao-Timestamp": "1785772800", "Fengshao-Signature": signed(secret, "1785772800", body)}
    with urlopen(Request(f"http://127.0.0.1:{port}/", body, headers), timeout=5) as reply:
        return int(reply.status)


class Page:
    """A page that takes an officer's button, as the board's phone page does."""

    def __init__(self) -> None:
        pressed: list[tuple[str, str]] = []

        class Taken(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                pressed.append((self.path, form))
                self.send_response(409 if self.path.endswith("late") else 303)
                self.send_header("Location", self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.pressed = pressed
        self._server = HTTPServer(("127.0.0.1", 0), Taken)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_forged_letter_is_refused_and_a_refused_press_is_told() -> None:
    phones, page = Phones(0, SECRET), Page()
    try:
        with pytest.raises(OSError, match="401"):
            post_letter(phones.port, {"notice": "n"}, b"another secret")
        assert phones.letters() == []
        assert post_letter(phones.port, {"notice": "n"}, SECRET) == 200
        assert phones.letters() == [{"notice": "n"}]
        assert press(f"{page.url}/a/token", "accept") == 200
        assert press(f"{page.url}/a/late", "accept") == 409
        assert page.pressed[0] == ("/a/token", "answer=accept")
    finally:
        phones.close()
        page.close()


@pytest.mark.part("mosquitto")
def test_a_notice_is_answered_at_the_terminal_and_one_by_its_link(mosquitto: Mosquitto) -> None:
    page = Page()
    phones = Phones(0, SECRET)
    officers = Officers(mosquitto.url, phones, Habits({}, 7))
    officers.connect()
    road = MqttLink(mosquitto.url, "road", ["fengshao/v1/terminal/+/answer"])
    assert road.connect()
    road.publish("fengshao/v1/demo/pace", b'{"speed": "max"}', retain=True)
    for number in range(12):
        for device in (f"T{number}", f"L{number}"):
            for what in ("raised", "cleared"):
                said = {**event(device, f"S-{device}"), "event": what}
                road.publish("fengshao/v1/events/330681005/orange", json.dumps(said).encode())
        notice = {"notice": f"t{number}", "alert": f"alert-T{number}", "level": "orange", "text": "", "run": None}
        road.publish("fengshao/v1/terminal/330681005", json.dumps(notice).encode())
        letter = {
            "notice": f"l{number}",
            "alert": f"alert-L{number}",
            "level": "orange",
            "link": f"{page.url}/a/{number}",
        }
        assert post_letter(phones.port, letter, SECRET) == 200
    heard: list[Received] = []
    until = time.monotonic() + 10
    while (len(heard) < 40 or len(page.pressed) < 40) and time.monotonic() < until:
        heard += road.turn(0.02)
        officers.turn(0.02)
    officers.close()
    page.close()
    road.close()
    assert {received.topic for received in heard} == {"fengshao/v1/terminal/330681005/answer"}
    told = [json.loads(received.payload) for received in heard]
    assert {answer["officer"] for answer in told} == {"o-330681005-1"}
    first = told[0]["notice"]
    assert tuple(answer["answer"] for answer in told if answer["notice"] == first) == STEPS["small"]
    by_link = [form for path, form in page.pressed if path == page.pressed[0][0]]
    assert by_link == [f"answer={answer}" for answer in STEPS["small"]]
