"""A restart goes on as if the service had never stopped."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.store import PUBLISHED, Loaded, Place, Reader, Store, StoreError, batch_rows
from alerts.store.batch_rows import log_row
from alerts.store.messages import unpack_messages
from alerts.writes import Writes
from ingest.inputs import NO_SEQ, Inputs, unpack
from ingest.message import Message
from ingest.metrics import METRICS
from rules.fates import DUPLICATE, LATE, NEW
from tests.store import made


def again(place: Place) -> Loaded:
    store = Store(place)
    loaded = store.load()
    store.close()
    return loaded


def same(one: Inputs, other: Inputs) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Inputs))


def test_a_new_store_starts_from_nothing(store: Store) -> None:
    loaded = store.load()
    assert (loaded.clock, loaded.snapshot, loaded.devices, loaded.totals) == (0, None, [], {})
    assert loaded.metrics == [metric.name for metric in METRICS]
    assert not any((loaded.inputs_after, loaded.hazards, loaded.timers, store.added))


def test_names_keep_their_numbers_and_are_given_once(place: Place, store: Store) -> None:
    store.commit(made.batch(devices=["D9", "D1"], metrics=["pm25"]))
    store.commit(made.batch(devices=["D1", "D5"], metrics=[*(metric.name for metric in METRICS), "pm25", "noise"]))
    store.close()
    loaded = again(place)
    assert loaded.devices == ["D9", "D1", "D5"]
    assert loaded.metrics[len(METRICS) :] == ["pm25", "noise"]


def test_a_snapshot_of_any_size_is_kept_in_pieces(place: Place, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_rows, "PIECE_BYTES", 10)
    large, small = bytes(range(95)), b"twelve bytes"
    store.commit(made.batch(made.reading(0, made.DAY), devices=["D1"], snapshot=large))
    assert store.load().snapshot == large
    store.commit(made.batch(made.reading(0, made.DAY + 1), snapshot=small))
    assert store.load().snapshot == small, "no piece of the one before"
    assert store.load().inputs_after == []


def test_the_inputs_after_the_newest_snapshot_come_back_as_they_were(place: Place, store: Store) -> None:
    batches = [
        made.batch(made.reading(0, made.DAY, 1.5, seq=3, marks=2, sent=-5), made.tick(made.DAY + 1_000)),
        made.batch(made.reading(1, made.DAY + 2_000), snapshot=b"old", unacknowledged=b"x"),
        made.batch(made.pause(made.DAY + 9_000, 7_000), snapshot=b"new"),
        made.batch(made.reading(0, made.DAY + 9_001, float("inf"))),
        made.batch(),
        made.batch(made.tick(made.DAY + 10_000), clock=made.DAY + 10_000, unacknowledged=b"y"),
    ]
    for batch in batches:
        store.commit(batch)
    store.close()
    loaded = again(place)
    assert (loaded.snapshot, loaded.unacknowledged, loaded.clock) == (b"new", b"y", made.DAY + 10_000)
    assert len(loaded.inputs_after) == 2
    assert same(loaded.inputs_after[0], batches[3].inputs)
    assert same(loaded.inputs_after[1], batches[5].inputs)


def test_what_is_open_comes_back_with_all_that_hangs_on_it(place: Place, store: Store) -> None:
    writes = Writes(
        alerts=made.by_id(
            made.alert("open", hazard_id="h"),
            made.alert("cleared of an open hazard", open=False, hazard_id="h", cleared_at=made.DAY + 1),
            made.alert("cleared of an open ticket", open=False, ticket_id="t", cleared_at=made.DAY + 1),
            made.alert("over", open=False, hazard_id="closed", cleared_at=made.DAY + 1),
        ),
        hazards=made.by_id(
            made.hazard("h", alerts=("open", "cleared of an open hazard"), plan='{"steps": [["陈"]]}'),
            made.hazard("closed", phase="closed", closed_at=made.DAY + 5),
        ),
        tickets=made.by_id(made.ticket("t"), made.ticket("done", state="closed")),
        notices=made.by_id(
            made.notice("answered", "h", state="answered", answered_at=made.DAY + 9),
            made.notice("of a ticket", "t", state="sent"),
            made.notice("still to be sent", "closed"),
            made.notice("finished", "closed", state="sent"),
        ),
        timers=made.by_id(made.timer("t1", due=made.DAY + 2), made.timer("t2", due=made.DAY + 1)),
    )
    store.commit(made.batch(writes=writes))
    store.close()
    loaded = again(place)
    expected = {
        "alerts": ["cleared of an open hazard", "cleared of an open ticket", "open"],
        "hazards": ["h"],
        "tickets": ["t"],
        "notices": ["answered", "of a ticket", "still to be sent"],
        "timers": ["t2", "t1"],
    }
    for name, ids in expected.items():
        assert [row.id for row in getattr(loaded, name)] == ids
        assert all(row == getattr(writes, name)[row.id] for row in getattr(loaded, name))


def test_rows_are_replaced_and_timers_dropped(store: Store) -> None:
    store.commit(
        made.batch(
            writes=Writes(
                hazards=made.by_id(made.hazard("h")), timers=made.by_id(made.timer("fired"), made.timer("moved"))
            )
        )
    )
    moved = made.timer("moved", due=made.DAY + 60_000)
    store.commit(
        made.batch(
            writes=Writes(
                hazards=made.by_id(made.hazard("h", phase="arrive", owner="o-1", result="true")),
                timers=made.by_id(moved),
                dropped_timers={"fired", "moved", "never there"},
            )
        )
    )
    loaded = store.load()
    assert [(hazard.phase, hazard.owner, hazard.result) for hazard in loaded.hazards] == [("arrive", "o-1", "true")]
    assert loaded.timers == [moved]


def test_a_repeated_event_or_step_is_kept_once_and_the_first_stands(store: Store, reader: Reader) -> None:
    store.commit(made.batch(events=[made.event(1), made.event(1, "cleared")], writes=Writes(steps=[made.step("s")])))
    assert [(event.id, event.event) for event in store.added] == [("e-1", "raised"), ("e-1", "cleared")]
    once_more = [made.event(1), made.event(2), made.event(1, "cleared"), made.event(1, at=made.DAY + 1)]
    store.commit(made.batch(events=once_more, writes=Writes(steps=[made.step("s", at=made.DAY + 9), made.step("s2")])))
    assert store.added == [once_more[1], once_more[3]]
    assert [(event["id"], event["event"]) for event in reader.export("events")] == [
        ("e-1", "raised"),
        ("e-1", "cleared"),
        ("e-2", "raised"),
        ("e-1", "raised"),
    ]
    assert reader.steps_of("h") == [made.step("s"), made.step("s2")]


def test_events_not_known_to_have_left_come_back(store: Store) -> None:
    events = [made.event(number) for number in range(4)]
    store.commit(made.batch(events=events[:3]))
    assert store.load().unpublished == events[:3]
    store.commit(made.batch(events=events[3:], totals={PUBLISHED: 2}))
    assert store.load().unpublished == events[2:]


def test_what_was_announced_of_the_new_ones_is_counted_in_the_order_of_the_table(store: Store) -> None:
    """A count that took in copies would pass over events that never left."""
    announced = 0
    rounds = [[1, 2], [2, 1, 1], [3, 1, 3, 4], [], [4], [5]]
    for numbers in rounds:
        events = {number: made.event(number) for number in numbers}
        store.commit(made.batch(events=[events[number] for number in numbers], totals={PUBLISHED: announced}))
        announced += len(store.added)
    assert announced == 5
    assert [event.id for event in store.load().unpublished] == ["e-5"]


def test_a_commit_that_failed_adds_nothing(store: Store) -> None:
    store.commit(made.batch(events=[made.event(1)]))
    wrong = made.batch(events=[made.event(2)], totals={"received": 2**70})
    with pytest.raises((OverflowError, StoreError)):
        store.commit(wrong)
    assert [event.id for event in store.added] == ["e-1"]
    store.commit(made.batch(events=[made.event(2)]))
    assert [event.id for event in store.added] == ["e-2"]


def test_an_idle_road_moves_its_clock_and_leaves_the_log_as_it_is(place: Place, store: Store, reader: Reader) -> None:
    def idle(second: int) -> None:
        at = made.DAY + second * 1_000
        store.commit(made.batch(made.tick(at), clock=at, totals={"second": second}))

    def times() -> list[list[int]]:
        return [inputs.at.tolist() for inputs in store.inputs()]

    seen = [reader.change()]
    store.commit(made.batch(made.reading(0, made.DAY), devices=["D1"], snapshot=b"rules"))
    for second in (1, 2, 3):
        idle(second)
        seen.append(reader.change())
    assert times() == [[made.DAY], [made.DAY + 3_000]]
    # A reading in that same second has no tick of its own: the log must have it, or a restart judges otherwise.
    store.commit(made.batch(made.reading(0, made.DAY + 3_500)))
    idle(4)
    idle(5)
    seen.append(reader.change())
    assert times() == [[made.DAY], [made.DAY + 3_000], [made.DAY + 3_500], [made.DAY + 5_000]]
    assert seen == sorted(set(seen))
    assert (reader.clock(), reader.totals()) == (made.DAY + 5_000, {"second": 5})
    store.close()
    loaded = again(place)
    assert [int(inputs.at[-1]) - made.DAY for inputs in loaded.inputs_after] == [3_000, 3_500, 5_000]


def test_what_is_more_than_a_tick_is_never_written_over(place: Place, store: Store) -> None:
    """Each of these stands for something that a restart needs."""
    at = made.DAY + 1_000
    more: list[dict[str, Any]] = [
        {"messages": [made.message("D1", at)]},
        {"events": [made.event(1)]},
        {"writes": Writes(steps=[made.step("s")])},
        {"snapshot": b"rules"},
    ]
    for parts in more:
        store.commit(made.batch(made.tick(at), **parts))
    store.commit(made.batch(made.pause(at, 500), made.tick(at)))
    store.commit(made.batch(made.tick(at)))
    store.commit(made.batch())
    store.commit(made.batch(made.tick(at)))
    assert len(list(store.inputs())) == len(more) + 3
    store.close()
    assert len(again(place).inputs_after) == 3


def test_readings_are_kept_but_for_duplicates_and_ticks(store: Store, reader: Reader) -> None:
    store.commit(
        made.batch(
            made.tick(made.DAY),
            made.reading(0, made.DAY, 1.0),
            made.reading(0, made.DAY, 1.0),
            made.reading(0, made.DAY - 5, 2.0),
            made.reading(0, made.DAY + 5, 32.0, metric=0),
            fates=[3, NEW, DUPLICATE, LATE, NEW],
            devices=["D1"],
        )
    )
    kept = reader.readings("D1", 0, made.DAY + 1_000)
    assert [(row.metric, row.value, row.fate) for row in kept] == [
        ("smoke", 2.0, LATE),
        ("smoke", 1.0, NEW),
        ("flags", 32.0, NEW),
    ]
    assert kept[2].flags == ("isolated",)
    assert [row.value for row in reader.readings("D1", made.DAY, made.DAY + 5, "smoke")] == [1.0]
    assert reader.readings("D?", 0, made.DAY * 2) == []


texts = st.text(max_size=40)
longs = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.builds(Message, texts, st.binary(max_size=60), longs), max_size=5), longs)
def test_messages_come_back_byte_for_byte(messages: list[Message], at: int) -> None:
    row = log_row(1, made.batch(made.reading(3, at, seq=NO_SEQ), messages=messages))
    assert unpack_messages(row[4]) == messages
    assert unpack(row[3]).at.tolist() == [at]
    assert row[1] <= at <= row[2]
