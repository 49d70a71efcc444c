"""A replay publishes each line once and in order, at the pace that is asked for, and says what time it is."""

import gzip
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt import Delivery, MqttSource
from simulators.lines import Line, milliseconds, read_lines
from simulators.mqtt import MqttLink
from simulators.pace import MAX, Pace, speed_of, told_speed
from simulators.replay import PACE, TICK, Replay
from tests.parts.brokers import Mosquitto

MIDNIGHT = 1_785_772_800_000  # 2026-08-04T00:00:00+08:00


def spoken(at: int) -> str:
    """``at`` ms after midnight in Beijing's time."""
    seconds = at // 1000
    return f"2026-08-04T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{at % 1000:03d}+08:00"


def write_feed(path: Path, times: list[int]) -> Path:
    """One line at each of these times (ms after midnight)."""
    lines = [
        {"at": spoken(at), "topic": f"fengshao/v1/up/D{number}", "payload": {"seq": number, "values": {"smoke": 0.1}}}
        for number, at in enumerate(times)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


class Listener:
    """Everything on ``fengshao/v1/#`` with the moment at which it came."""

    def __init__(self, url: str) -> None:
        self._source = MqttSource(url, "listener", ["fengshao/v1/#"])
        assert self._source.connect(), self._source.refusal
        self.heard: list[tuple[float, Delivery]] = []

    def listen(self, until: Callable[[], bool], seconds: float = 20.0) -> None:
        """Until that holds; fails where it takes too long."""
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, f"{len(self.heard)} heard: {self.heard[-3:]}"
            if not self._source.connected:
                self._source.connect(0.5)
            deliveries = self._source.receive(0.05)
            self.heard += [(time.monotonic(), delivery) for delivery in deliveries]
            self._source.acknowledge(deliveries)

    def ups(self) -> list[Delivery]:
        return [delivery for _, delivery in self.heard if "/up/" in delivery.mqtt_topic]

    def ticks(self) -> list[dict[str, Any]]:
        return [json.loads(delivery.payload) for _, delivery in self.heard if delivery.mqtt_topic == TICK]

    def paces(self) -> list[Any]:
        told = [delivery.payload for _, delivery in self.heard if delivery.mqtt_topic == PACE and delivery.payload]
        return [json.loads(payload)["speed"] for payload in told]

    def ended(self) -> bool:
        return any(tick["end"] for tick in self.ticks())


@contextmanager
def running(replay: Replay) -> Iterator[dict[str, float]]:
    """The replay in a thread; its counts are there after the block."""
    counts: dict[str, float] = {}
    thread = threading.Thread(target=lambda: counts.update(replay.run()), daemon=True)
    thread.start()
    yield counts
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.part("mosquitto")
def test_each_line_once_in_order_with_its_time_and_then_the_end(mosquitto: Mosquitto, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.jsonl.gz", [at * 17 for at in range(5000)])
    listener = Listener(mosquitto.url)
    with running(Replay(mosquitto.url, feed, "max")) as counts:
        listener.listen(listener.ended)
    assert [delivery.at for delivery in listener.ups()] == [spoken(at * 17) for at in range(5000)]
    assert [json.loads(delivery.payload)["seq"] for delivery in listener.ups()] == list(range(5000))
    assert listener.ticks() == [{"at": spoken(4999 * 17), "end": True}]
    assert counts["published"] == 5000
    assert time.time() - 60 < counts["first_publish"] <= counts["last_publish"] <= time.time()


@pytest.mark.part("mosquitto")
def test_time_goes_on_where_the_feed_has_a_gap(mosquitto: Mosquitto, tmp_path: Path) -> None:
    gap = 260_000
    feed = write_feed(tmp_path / "feed.jsonl", [500, 500 + gap])
    listener = Listener(mosquitto.url)
    with running(Replay(mosquitto.url, feed, 100)):
        listener.listen(listener.ended)
    *between, end = listener.ticks()
    assert len(between) in (1, 2)
    assert all(tick["at"] % 1000 == 0 and MIDNIGHT + 500 < tick["at"] <= MIDNIGHT + 500 + gap for tick in between)
    assert not any(tick["end"] for tick in between)
    assert end == {"at": spoken(500 + gap), "end": True}
    came = [moment for moment, delivery in listener.heard if "/up/" in delivery.mqtt_topic]
    assert came[1] - came[0] == pytest.approx(gap / 100_000, abs=0.3)


@pytest.mark.part("mosquitto")
def test_a_pause_is_obeyed_at_once_and_ends_when_it_is_told(mosquitto: Mosquitto, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.jsonl", [at * 1000 for at in range(600)])
    listener, director = Listener(mosquitto.url), MqttLink(mosquitto.url, "director")
    assert director.connect()
    with running(Replay(mosquitto.url, feed, 100)):
        listener.listen(lambda: len(listener.ups()) > 20)
        director.publish(PACE, b'{"speed": 0}')
        assert director.drain(1)
        asked = time.monotonic()
        listener.listen(lambda: time.monotonic() > asked + 1.5)
        came = [moment for moment, delivery in listener.heard if "/up/" in delivery.mqtt_topic]
        assert max(came) < asked + 0.3
        assert len(came) < 600
        director.publish(PACE, b'{"speed": "max"}')
        assert director.drain(1)
        listener.listen(listener.ended, 3)
    assert [delivery.at for delivery in listener.ups()] == [spoken(at * 1000) for at in range(600)]
    assert listener.paces()[0] == 100
    assert listener.paces()[-1] == "max"
    assert 0 in listener.paces()


@pytest.mark.part("mosquitto")
def test_a_catch_up_hurries_to_its_moment_and_goes_on_at_the_pace(mosquitto: Mosquitto, tmp_path: Path) -> None:
    hours, minutes = 2 * 3_600_000, 60_000
    feed = write_feed(tmp_path / "feed.jsonl", [*range(0, hours, 10_000), *range(hours, hours + minutes, 1000)])
    listener = Listener(mosquitto.url)
    started = time.monotonic()
    with running(Replay(mosquitto.url, feed, 60, MIDNIGHT + hours, 30_000)):
        listener.listen(listener.ended)
    came = {delivery.at: moment - started for moment, delivery in listener.heard if "/up/" in delivery.mqtt_topic}
    assert came[spoken(hours - 10_000)] == pytest.approx(0.24, abs=0.4)
    assert came[spoken(hours + minutes - 1000)] - came[spoken(hours)] == pytest.approx(59 / 60, abs=0.3)
    assert listener.paces() == [30_000, 60]


@pytest.mark.part("mosquitto")
def test_a_broker_that_restarts_gets_every_line(mosquitto: Mosquitto, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.jsonl", [at * 100 for at in range(3000)])
    listener = Listener(mosquitto.url)
    with running(Replay(mosquitto.url, feed, 100)) as counts:
        listener.listen(lambda: len(listener.ups()) > 200)
        mosquitto.stop()
        time.sleep(0.3)
        mosquitto.start()
        listener.listen(listener.ended, 30)
    first = list(dict.fromkeys(delivery.at for delivery in listener.ups()))
    assert first == [spoken(at * 100) for at in range(3000)]
    assert counts["published"] == 3000


@pytest.mark.part("mosquitto")
def test_any_payload_arrives_as_the_packet_says(mosquitto: Mosquitto) -> None:
    """Lengths around each step of MQTT's variable byte integer, with and without the time."""
    sizes = [0, 1, 60, 100, 127, 128, 129, 16_300, 16_383, 16_384, 2_097_200]
    listener, speaker = Listener(mosquitto.url), MqttLink(mosquitto.url, "speaker")
    assert speaker.connect()
    for size in sizes:
        speaker.publish("fengshao/v1/up/D", b"x" * size, "")
        speaker.publish("fengshao/v1/up/D", b"y" * size, spoken(size))
    assert speaker.drain(10)
    listener.listen(lambda: len(listener.ups()) == 2 * len(sizes))
    assert [(len(delivery.payload), delivery.at) for delivery in listener.ups()] == [
        (size, at) for size in sizes for at in ("", spoken(size))
    ]


def test_lines_give_the_written_bytes_the_hex_ones_and_the_end(tmp_path: Path) -> None:
    written = [
        '{"at": "2026-08-04T00:00:01+08:00", "topic": "t/a", "payload": {"values": {"smoke":  0.10}}}',
        '{"at": 1785772802000, "topic": "t/b", "payload": {"hex": "7b22ff"}}',
        '{"at": 1785772802500, "topic": "t/b", "payload": [{"hex": "7b"}]}',
        '{"at": 1785772803000, "break": 4000}',
        '{"at": "2026-08-03T16:00:04Z", "end": true}',
    ]
    path = tmp_path / "feed.jsonl"
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    assert list(read_lines(path)) == [
        Line(MIDNIGHT + 1000, "2026-08-04T00:00:01+08:00", "t/a", b'{"values": {"smoke":  0.10}}'),
        Line(MIDNIGHT + 2000, "1785772802000", "t/b", b"\x7b\x22\xff"),
        Line(MIDNIGHT + 2500, "1785772802500", "t/b", b'[{"hex": "7b"}]'),
        Line(MIDNIGHT + 4000, "2026-08-03T16:00:04Z", "", b""),
    ]


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_text('{"at": 1, "topic": "t", "payload": 1}\nnonsense\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: found b'nonsense"):
        list(read_lines(path))


@pytest.mark.parametrize(
    ("asked", "speed"),
    [
        (b'{"speed": 60}', 60.0),
        (b'{"speed": 0}', 0.0),
        (b'{"speed": "max"}', MAX),
        (b'{"speed": -1}', None),
        (b'{"speed": true}', None),
        (b'{"speed": "fast"}', None),
        (b"[]", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_a_pace_is_understood_or_left(asked: bytes, speed: float | None) -> None:
    assert told_speed(asked) == speed


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 5000)), max_size=20),
    st.floats(0, 5000),
)
def test_feed_time_never_goes_back_whatever_the_speeds(turns: list[tuple[float, float]], first: float) -> None:
    pace, now, before = Pace(first, MIDNIGHT, 0.0), 0.0, float(MIDNIGHT)
    for seconds, speed in turns:
        now += seconds
        reached = pace.feed_time(now)
        assert reached >= before
        pace.change(speed, now, int(reached))
        before = pace.feed_time(now)
        assert reached - before < 1


@given(st.integers(0, 10_000_000), st.floats(0.1, 5000), st.floats(0, 1000))
def test_what_is_waited_for_is_due_after_the_wait(ahead: int, speed: float, now: float) -> None:
    pace = Pace(speed, MIDNIGHT, 0.0)
    wait = pace.wait(MIDNIGHT + ahead, now)
    assert pace.feed_time(now + wait) >= MIDNIGHT + ahead - 1


def test_a_pause_waits_without_end_and_a_limit_holds() -> None:
    assert Pace(0.0, MIDNIGHT, 0.0).wait(MIDNIGHT + 1, 5.0) == math.inf
    assert Pace(MAX, MIDNIGHT, 0.0, MIDNIGHT + 9.0).feed_time(1.0) == MIDNIGHT + 9
    assert milliseconds(spoken(0)) == MIDNIGHT
    assert speed_of(math.nan) is None
