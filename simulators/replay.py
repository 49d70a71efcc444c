"""Publishes a feed to a broker at any speed: in order, on one connection, with QoS 1 and ``at`` as user property.

    python -m simulators.replay FEED --broker mqtt://127.0.0.1:1883 --speed 60

Obeys ``fengshao/v1/demo/pace``, tells its own pace there (retained, marked ``from``), and in a pause of over a
second of real time, and at the end, says on ``fengshao/v1/tick`` how late it is in the feed.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from simulators.command import said_in_a_line
from simulators.lines import Line, milliseconds, read_lines
from simulators.mqtt import MqttLink
from simulators.pace import Pace, speed_of, spoken, told_speed

PACE = "fengshao/v1/demo/pace"
TICK = "fengshao/v1/tick"
ALIVE = "fengshao/v1/alive"
"""Where the road says how far it has come: ``{"clock": <epoch ms>}``."""
LEAD_MS = 180_000
"""In a hurry the feed is at most this far ahead of the road, so that people can answer what it raises."""
LOOK_SECONDS = 0.2
"""A pace that is asked for is obeyed within this time."""
QUIET_SECONDS = 1.0
PATIENCE_SECONDS = 60.0
"""How long a broker that is away is waited for."""

Speed = float | str


class Replay:
    """Up to ``catch_up_until`` (epoch ms) lines are published at ``catch_up_speed``, from there at ``speed``."""

    def __init__(
        self,
        url: str,
        feed_path: Path,
        speed: Speed,
        catch_up_until: int | None = None,
        catch_up_speed: Speed = 3000,
        authority: str = "",
    ) -> None:
        self._lines = read_lines(feed_path)
        self._speed = _checked(speed)
        self._until = catch_up_until
        self._catch_up = _checked(catch_up_speed)
        self._link = MqttLink(url, "replay", [PACE, ALIVE], authority=authority)
        self._road: int | None = None
        self._pace = Pace(self._speed, 0, 0.0)
        self._next: Line | None = None
        self._last: Line | None = None
        self._told = 0
        self._quiet_since = 0.0
        self._counts: dict[str, float] = {"published": 0, "ticks": 0, "first_publish": 0.0, "last_publish": 0.0}

    def run(self) -> dict[str, float]:
        """Publish it all; what it came to: lines published (each once), ticks, first and last time of the wall."""
        self._next = next(self._lines, None)
        self._connect()
        self._start(time.monotonic())
        try:
            while self._next is not None and self._next.topic:
                self._step()
            self._end()
        finally:
            self._link.publish(PACE, b"", retain=True)  # a pace that nobody keeps any more is taken back
            self._link.drain(1.0)
            self._link.close()
        return self._counts

    def _start(self, now: float) -> None:
        first = self._next.at if self._next is not None else 0
        behind = self._until is not None and first < self._until
        self._pace = Pace(self._catch_up if behind else self._speed, first, now)
        if behind and self._until is not None:
            self._pace.limit = self._until
        self._quiet_since = now
        self._tell_pace()

    def _step(self) -> None:
        now = time.monotonic()
        feed_now = self._pace.feed_time(now)
        self._publish_until(feed_now)
        if feed_now >= self._pace.limit and self._next is not None and self._next.at >= self._pace.limit:
            self._change_pace(self._speed, now)  # the catch-up is over
        self._tick_when_quiet(now)
        for told in self._link.turn(self._patience(now)):
            if told.topic == ALIVE:
                self._road = road_clock(told.payload)
            else:
                self._obey(told.payload)
        if not self._link.connected:
            self._connect()

    def _publish_until(self, feed_now: float) -> None:
        for _ in range(self._link.room()):
            line = self._next
            if line is None or not line.topic or line.at >= self._pace.limit or line.at > feed_now:
                return
            if self._is_far_ahead(line):
                return
            self._link.publish(line.topic, line.payload, line.told)
            self._count(line)
            self._next = next(self._lines, None)

    def _is_far_ahead(self, line: Line) -> bool:
        """In the catch-up only: at a speed that was asked for, or at max, nobody is waited for."""
        hurrying = self._until is not None and line.at < self._until
        return hurrying and self._road is not None and line.at > self._road + LEAD_MS

    def _count(self, line: Line) -> None:
        wall = time.time()
        self._counts["first_publish"] = self._counts["first_publish"] or wall
        self._counts["last_publish"] = wall
        self._counts["published"] += 1
        self._last = line
        self._quiet_since = time.monotonic()

    def _tick_when_quiet(self, now: float) -> None:
        """Never beyond the next line, whose second a tick must not anticipate."""
        if now - self._quiet_since < QUIET_SECONDS or self._last is None or self._next is None:
            return
        second = int(min(self._pace.feed_time(now), self._next.at)) // 1000 * 1000
        if second > max(self._told, self._last.at) and self._link.room():
            self._tick(second, end=False)
            self._told = second
        self._quiet_since = now

    def _tick(self, at: str | int, end: bool) -> None:
        self._link.publish(TICK, json.dumps({"at": at, "end": end}).encode())
        self._counts["ticks"] += 1

    def _end(self) -> None:
        """The last ``at`` itself, after the messages of that moment have arrived."""
        self._drain()
        ending = self._next or self._last
        if ending is not None:
            self._tick(int(ending.told) if ending.told.lstrip("-").isdigit() else ending.told, end=True)
            self._drain()

    def _patience(self, now: float) -> float:
        """How long to wait for something to come before there is something to do."""
        if not self._link.room() or self._next is None or self._is_far_ahead(self._next):
            return LOOK_SECONDS
        return min(LOOK_SECONDS, self._pace.wait(self._next.at, now))

    def _obey(self, payload: bytes) -> None:
        speed = None if b'"from"' in payload else told_speed(payload)
        if speed is not None and speed != self._pace.speed:
            self._change_pace(speed, time.monotonic())

    def _change_pace(self, speed: float, now: float) -> None:
        """Feed time goes on from where it is, or from the next line where publishing has not kept up with it."""
        coming = self._next or self._last
        feed_now = min(self._pace.feed_time(now), coming.at) if coming is not None else 0
        self._pace.change(speed, now, int(feed_now))
        self._tell_pace()

    def _tell_pace(self) -> None:
        told = {"speed": spoken(self._pace.speed), "from": "replay"}
        self._link.publish(PACE, json.dumps(told).encode(), retain=True)

    def _connect(self) -> None:
        """Says it at once where the broker is away; raises ConnectionError where it stays away."""
        until = time.monotonic() + PATIENCE_SECONDS
        said = ""
        while not self._link.connect():
            refusal = self._link.refusal
            if time.monotonic() > until:
                raise ConnectionError(f"broker: {refusal}")
            if refusal != said:
                said = refusal
                print(f"broker: {refusal}; trying on for {PATIENCE_SECONDS:g} s", file=sys.stderr, flush=True)
            time.sleep(LOOK_SECONDS)

    def _drain(self) -> None:
        """Raises ConnectionError where the broker does not take what was published."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._link.drain(LOOK_SECONDS):
            if time.monotonic() > until:
                raise ConnectionError("broker: it does not acknowledge what was published")
            if not self._link.connected:
                self._connect()


def road_clock(payload: bytes) -> int | None:
    """What the road says of its clock; None where it says nothing of it."""
    try:
        told = json.loads(payload)
        return int(told["clock"])
    except (ValueError, KeyError, TypeError):
        return None


def _checked(given: Speed) -> float:
    speed = speed_of(given)
    if speed is None:
        raise ValueError(f"speed: found {given!r}; expected a number from 0, or max")
    return speed


def _speed(text: str) -> Speed:
    return text if text == "max" else float(text)


def main() -> None:
    """The command; prints the counts as JSON."""
    parser = argparse.ArgumentParser(prog="python -m simulators.replay", description="回放 Replay a feed")
    parser.add_argument("feed", type=Path)
    parser.add_argument("--broker", default="mqtt://127.0.0.1:1883")
    parser.add_argument("--speed", type=_speed, default=60.0, help="times as fast as life, 0 = paused, or max")
    parser.add_argument("--catch-up-until", default="", help="feed time (epoch ms or RFC 3339) up to which to hurry")
    parser.add_argument("--catch-up-speed", type=_speed, default=3000.0)
    parser.add_argument("--counts", type=Path, help="file for the counts")
    given = parser.parse_args()
    with said_in_a_line():
        until = given.catch_up_until
        until_ms = milliseconds(int(until) if until.isdigit() else until) if until else None
        counts = Replay(given.broker, given.feed, given.speed, until_ms, given.catch_up_speed).run()
        text = json.dumps(counts)
        if given.counts is not None:
            given.counts.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
