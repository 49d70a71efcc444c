"""One look at the broker, sorted: readings, answers from terminals, the replay's ticks, what comes again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Notice
from ingest.inputs import END, TICK
from ingest.message import Message
from ingest.redelivered import Redelivered, entry_of
from ingest.topics import TICK as TICK_TOPIC
from ingest.topics import UP, terminal_topic
from pipeline.arrivals import Turn, sort, up_to_ticks
from pipeline.clocks import FeedClock
from tests.alerts.town import NOON, TOWN, TOWNSHIP, Town, fire
from tests.pipeline.deliveries import delivery

ANSWERS = f"{terminal_topic(TOWN)}/answer"


def nobody(_: str) -> Notice | None:
    return None


def a_look(*deliveries: object, redelivered: Redelivered | None = None) -> Turn:
    return sort(deliveries, FeedClock(NOON, False), redelivered or Redelivered(), nobody)  # type: ignore[arg-type]


def test_readings_are_stamped_in_order_and_their_entries_kept() -> None:
    first = delivery("{}", at=str(NOON + 5))
    second = delivery("{}", f"{UP}D2")
    turn = a_look(first, second)
    assert turn.messages == [Message(f"{UP}D1", b"{}", NOON + 5), Message(f"{UP}D2", b"{}", NOON + 5)]
    assert turn.entries == [entry_of(1, f"{UP}D1", b"{}", str(NOON + 5)), entry_of(1, f"{UP}D2", b"{}", "")]


def test_qos_0_is_taken_and_never_comes_again() -> None:
    turn = a_look(delivery("{}", qos=0), delivery("{}", qos=0))
    assert (len(turn.messages), turn.entries) == (2, [])


def test_what_comes_again_is_left_out_and_counted_once_as_that() -> None:
    known = Redelivered(entry_of(1, f"{UP}D1", b"{}", "") + entry_of(2, ANSWERS, b"x", ""))
    known.reconnected(True)
    turn = a_look(delivery("{}"), delivery("x", ANSWERS), delivery("{}", f"{UP}D2"), redelivered=known)
    assert [message.mqtt_topic for message in turn.messages] == [f"{UP}D2"]
    assert turn.redelivered == 1, "only readings are messages of the feed"
    assert (turn.refused, len(turn.entries)) == (0, 1)


def test_what_the_broker_kept_from_before_is_no_news() -> None:
    turn = a_look(delivery("{}", retained=True), delivery("{}"))
    assert (len(turn.messages), len(turn.entries), turn.redelivered) == (1, 1, 0)


def test_the_replays_tick_stands_after_the_messages_before_it() -> None:
    tick, end = delivery(json.dumps({"at": NOON + 1}), TICK_TOPIC), delivery(b'{"at":"x"}', TICK_TOPIC)
    one, two, three = (delivery(str(number)) for number in range(3))
    assert up_to_ticks([one, tick, two, three, end]) == [[one, tick], [two, three, end]]
    assert up_to_ticks([one, two]) == [[one, two]]
    assert up_to_ticks([]) == []
    turn = a_look(one, tick)
    assert turn.after.metric.tolist() == [TICK]
    assert len(a_look(one, end).after) == 0


def test_the_end_of_a_feed_that_comes_again_still_ends_it() -> None:
    end = delivery(json.dumps({"at": NOON + 7, "end": True}), TICK_TOPIC)
    known = Redelivered(entry_of(1, end.mqtt_topic, end.payload, ""))
    known.reconnected(True)
    clock = FeedClock(NOON, False)
    turn = sort([end], clock, known, nobody)
    assert (turn.after.metric.tolist(), turn.after.at.tolist(), clock.ended) == ([END], [NOON + 7], True)


def test_a_terminals_answer_is_an_answer_at_the_roads_time() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    told = next(notice for notice in town.notices if notice.person == TOWNSHIP)
    spoken = json.dumps({"notice": told.id, "officer": TOWNSHIP, "answer": "accept", "at": "1970-01-01T00:00:00Z"})
    turn = sort([delivery(spoken, ANSWERS)], FeedClock(NOON + 9, False), Redelivered(), town.ledger.notice)
    (answer,) = turn.said
    assert (answer.person, answer.answer, answer.at, answer.via) == (TOWNSHIP, "accept", NOON + 9, "terminal")
    assert (turn.messages, turn.refused) == ([], 0)


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b'{"notice":"\xff"}', b'{"notice":"n","officer":"o","answer":"a"}']
)
def test_an_answer_that_nothing_can_be_made_of_is_counted(payload: bytes) -> None:
    turn = a_look(delivery(payload, ANSWERS))
    assert (turn.said, turn.refused, turn.messages) == ([], 1, [])


topics = st.sampled_from([f"{UP}D1", f"{UP}D2", ANSWERS, TICK_TOPIC, "", "elsewhere"])
looks = st.lists(st.builds(delivery, st.binary(max_size=8), topics, at=st.text(max_size=4), qos=st.integers(0, 1)))


@given(looks)
def test_every_delivery_is_exactly_one_thing(deliveries: list[object]) -> None:
    parts = up_to_ticks(deliveries)  # type: ignore[arg-type]
    assert [one for part in parts for one in part] == deliveries
    ticks = sum(one.mqtt_topic == TICK_TOPIC for one in deliveries)  # type: ignore[attr-defined]
    turns = [a_look(*part) for part in parts]
    assert sum(len(turn.messages) + len(turn.said) + turn.refused for turn in turns) + ticks == len(deliveries)
    assert sum(len(turn.entries) for turn in turns) == sum(one.qos for one in deliveries)  # type: ignore[attr-defined]
