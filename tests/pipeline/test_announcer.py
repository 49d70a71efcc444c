"""Alert events leave at least once each, in order, and the count of those that the broker has is exact."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt import MqttSource
from pipeline.announcer import Announcer
from pipeline.broker import embedded_broker
from rules.events import Event
from tests.parts.brokers import Mosquitto
from tests.pipeline.wire import Wire
from tests.store.made import BEIJING, event


def numbers(wire: Wire) -> list[int]:
    """The events that were published, by the number in their made-up ids."""
    return [int(json.loads(payload)["id"].removeprefix("e-")) for _, payload in wire.sent]


def announcer(wire: Wire, confirmed: int = 0, waiting: tuple[Event, ...] = ()) -> Announcer:
    return Announcer(wire, BEIJING, confirmed, waiting)  # type: ignore[arg-type]


def test_events_leave_in_order_under_their_township_and_level() -> None:
    wire = Wire()
    out = announcer(wire)
    out.add([event(1), event(2, level="red")])
    out.send()
    assert [topic for topic, _ in wire.sent] == [
        "fengshao/v1/events/330681005/orange",
        "fengshao/v1/events/330681005/red",
    ]
    assert json.loads(wire.sent[0][1])["at"] == "2026-08-04T00:00:00.000+08:00"
    assert numbers(wire) == [1, 2]


def test_nothing_is_published_twice_while_it_is_under_way() -> None:
    wire = Wire()
    out = announcer(wire)
    out.add([event(1)])
    out.send()
    out.send()
    out.add([event(2)])
    out.send()
    assert numbers(wire) == [1, 2]


def test_what_is_confirmed_is_counted_and_done_with() -> None:
    wire = Wire()
    out = announcer(wire, confirmed=10)
    out.add([event(1), event(2)])
    out.send()
    wire.confirms(1)
    assert (out.confirmed, out.waits()) == (11, True)
    wire.confirms(1)
    assert (out.confirmed, out.waits()) == (12, False)
    out.add([event(3)])
    out.send()
    assert numbers(wire) == [1, 2, 3]


def test_after_a_reconnect_what_is_not_confirmed_leaves_again_in_order() -> None:
    wire = Wire()
    out = announcer(wire)
    out.add([event(1), event(2), event(3)])
    out.send()
    wire.confirms(1)
    wire.breaks()
    out.reconnected()
    out.send()
    assert numbers(wire) == [1, 2, 3, 2, 3]
    wire.confirms(2)
    assert (out.confirmed, out.waits()) == (3, False)


def test_while_away_events_wait_and_an_earlier_programs_events_go_first() -> None:
    wire = Wire(open=False)
    out = announcer(wire, confirmed=4, waiting=(event(5), event(6)))
    out.add([event(7)])
    out.send()
    assert (numbers(wire), out.waits()) == ([], True)
    wire.open = True
    out.send()
    assert numbers(wire) == [5, 6, 7]


moves = st.lists(
    st.tuples(st.sampled_from(["add", "send", "confirm", "break", "away", "full", "restart"]), st.integers(0, 4))
)


@given(moves)
def test_whatever_happens_all_leave_at_least_once_in_order_and_none_is_counted_unconfirmed(
    moves: list[tuple[str, int]],
) -> None:
    wire, stored = Wire(), [event(number) for number in range(200)]
    out, added = announcer(wire), 0
    for move, count in [*moves, ("break", 0), ("send", 0)]:
        wire.open, wire.room = move != "away", count if move == "full" else 1_000_000
        if move == "add":
            out.add(stored[added : added + count])
            added += count
        elif move == "confirm":
            wire.confirms(count)
        elif move == "break":
            wire.breaks()
            out.reconnected()
        elif move == "restart":
            wire.breaks()
            out = announcer(wire, out.confirmed, tuple(stored[out.confirmed : added]))
        else:
            out.send()
    wire.confirms(len(wire.unconfirmed))
    assert (out.confirmed, out.waits()) == (added, False)
    first = list(dict.fromkeys(numbers(wire)))
    assert first == list(range(added))


def drive(source: MqttSource, out: Announcer, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    connections = source.connections
    while out.waits() and time.monotonic() < until:
        if not source.connected:
            source.connect(1.0)
        source.receive(0.01)
        if source.connections != connections:
            connections = source.connections
            out.reconnected()
        out.send()


@pytest.mark.parametrize("choice", [pytest.param("mosquitto", marks=pytest.mark.part("mosquitto")), "iotcore"])
def test_three_thousand_at_once_reach_a_real_broker_in_order(tmp_path: Path, choice: str) -> None:
    with embedded_broker(tmp_path, choice) as broker:
        listener = MqttSource(broker.url, "listener", ["fengshao/v1/events/+/+"])
        source = MqttSource(broker.url, "announcer", [])
        assert listener.connect(), listener.refusal
        listener.receive(0.2)
        assert source.connect(), source.refusal
        out = Announcer(source, BEIJING, 0, [event(number) for number in range(3_000)])
        heard: list[int] = []
        until = time.monotonic() + 20
        while (len(heard) < 3_000 or out.waits()) and time.monotonic() < until:
            out.send()
            source.receive(0.0)
            deliveries = listener.receive(0.01)
            heard += [int(json.loads(one.payload)["id"].removeprefix("e-")) for one in deliveries]
            listener.acknowledge(deliveries)
        assert heard == list(range(3_000))
        assert (out.confirmed, out.waits()) == (3_000, False)
        source.close()
        listener.close()


@pytest.mark.part("mosquitto")
def test_events_that_a_broker_was_away_for_reach_it_when_it_is_back(mosquitto: Mosquitto) -> None:
    source = MqttSource(mosquitto.url, "announcer", [])
    assert source.connect(), source.refusal
    out = Announcer(source, BEIJING, 0, [event(1)])
    drive(source, out)
    mosquitto.stop()
    out.add([event(2), event(3)])
    for _ in range(5):
        source.receive(0.05)
        out.send()
    assert out.confirmed == 1
    mosquitto.start()
    drive(source, out)
    assert (out.confirmed, out.waits()) == (3, False)
    source.close()
