"""Simulated officers for the demonstration: they hear the events, get the notices and answer like people.

    python -m simulators.officers --broker mqtt://127.0.0.1:1883 --truth truth.json \\
        --webhook-port 8090 --secret-env FENGSHAO_WEBHOOK_SECRET

Notices come to township terminals over MQTT and to phones by webhook; answers go back over MQTT or by the
link's button. Time is the feed's: delays shrink with the pace that the replay tells.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from simulators.command import said_in_a_line
from simulators.habits import DELAYS, Call, Habits, Press
from simulators.mqtt import MqttLink, Received
from simulators.pace import told_speed
from simulators.phones import Phones
from simulators.truth_file import read_truth

ROOT = "fengshao/v1"
EVENTS = f"{ROOT}/events/"
TERMINAL = f"{ROOT}/terminal/"
PACE = f"{ROOT}/demo/pace"
LOOK_SECONDS = 0.05
WAY_SECONDS = 0.1
"""What a notice needs on its way here, in real time: it was sent that much earlier, which counts in a hurry."""
PATIENCE_SECONDS = 60.0
FASTEST = 1e9
"""What ``max`` counts as: in a moment everything is due."""


class Officers:
    """All of them; ``turn`` does what is due. The one on duty in a township is ``o-{township}-1``."""

    def __init__(self, broker: str, phones: Phones, habits: Habits) -> None:
        self._link = MqttLink(broker, "officers", [f"{EVENTS}#", f"{TERMINAL}+", PACE])
        self._phones = phones
        self._habits = habits
        self._speed = 1.0
        self._elapsed = 0.0
        self._looked = time.monotonic()

    def connect(self) -> None:
        """Raises ConnectionError where the broker stays away."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._link.connect():
            if time.monotonic() > until:
                raise ConnectionError(f"broker: {self._link.refusal}")
            time.sleep(1.0)

    def turn(self, timeout: float = LOOK_SECONDS) -> None:
        """Hear, be told, answer."""
        for received in self._link.turn(timeout):
            self._hear(received)
        for letter in self._phones.letters():
            self._habits.told(
                _call(letter, str(letter.get("township", "")), str(letter.get("link", ""))), self._elapsed
            )
        self._pass_time(time.monotonic())
        for press in self._habits.due(self._elapsed):
            self._answer(press)
        if not self._link.connected:
            self.connect()

    def close(self) -> None:
        """Say what is left to say and leave."""
        self._link.drain(1.0)
        self._link.close()
        self._phones.close()

    def _pass_time(self, now: float) -> None:
        """Feed seconds go by ``speed`` times as fast; a pause stops them, ``max`` makes all of it due."""
        self._elapsed += (now - self._looked) * min(self._speed, FASTEST)
        self._looked = now

    def _hear(self, received: Received) -> None:
        if received.topic == PACE:
            speed = told_speed(received.payload)
            self._pass_time(time.monotonic())
            self._speed = self._speed if speed is None else speed
            return
        told = _object(received.payload)
        if told is None:
            return
        if received.topic.startswith(EVENTS):
            self._habits.saw(told)
        else:
            self._told(_call(told, received.topic.removeprefix(TERMINAL), ""))

    def _told(self, call: Call) -> None:
        self._habits.told(call, self._elapsed - WAY_SECONDS * min(self._speed, FASTEST))

    def _answer(self, press: Press) -> None:
        call = press.call
        if call.link:
            self._phones.press(call.link, press.answer)
            return
        officer = f"o-{call.township}-1"
        answer = {"notice": call.notice, "officer": officer, "answer": press.answer, "at": None, "token": None}
        self._link.publish(f"{TERMINAL}{call.township}/answer", json.dumps(answer).encode())


def _call(told: dict[str, Any], township: str, link: str) -> Call:
    level = str(told.get("level"))
    known = level if level in DELAYS else "yellow"
    return Call(str(told.get("notice")), str(told.get("alert")), known, township, link)


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(payload)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def main() -> None:
    """The command; runs until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m simulators.officers", description="演示人员 Simulated officers")
    parser.add_argument("--broker", default="mqtt://127.0.0.1:1883")
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--webhook-port", type=int, choices=range(65_536), metavar="PORT", default=0)
    parser.add_argument("--secret-env", default="FENGSHAO_WEBHOOK_SECRET", help="variable that holds the secret")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    secret = os.environ.get(given.secret_env, "")
    if not secret:
        sys.exit(f"{given.secret_env}: found nothing; expected the webhook's secret")
    with said_in_a_line():
        truth = read_truth(given.truth)
        phones = Phones(given.webhook_port, secret.encode())
        officers = Officers(given.broker, phones, Habits(truth, given.seed))
        officers.connect()
    print(f"officers: phones at http://127.0.0.1:{phones.port}/", flush=True)
    try:
        while True:
            officers.turn()
    except KeyboardInterrupt:
        officers.close()


if __name__ == "__main__":
    main()
