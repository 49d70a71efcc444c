"""What the board sees: one moment at a time, while the road goes on writing."""

from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from alerts.store import Reader, Store
from alerts.store.look import thinned
from alerts.writes import Writes
from rules.events import Event
from tests.store import made

HOUR = 3_600_000


def test_before_the_first_commit_everything_is_empty(reader: Reader) -> None:
    assert (reader.change(), reader.clock(), reader.totals(), reader.newest_at()) == (0, 0, {}, 0)
    assert not any(
        (reader.wall_rows(10), reader.open_alerts(), reader.recent_alerts(5), reader.newest_readings("D1", 0, made.DAY))
    )
    assert reader.hazard("h") is None
    assert reader.oldest_pending() is None
    assert list(reader.feed_lines()) == list(reader.export("alerts")) == []


def test_a_reader_sees_whole_batches_only_while_the_writer_writes(store: Store, reader: Reader) -> None:
    def write() -> None:
        for number in range(1, 61):
            writes = Writes(
                hazards=made.by_id(made.hazard(f"h{number}", level="red" if number % 2 else "blue")),
                alerts=made.by_id(*(made.alert(f"a{number}-{n}", hazard_id=f"h{number}") for n in range(3))),
                notices=made.by_id(*(made.notice(f"n{number}-{n}", f"h{number}") for n in range(2))),
            )
            store.commit(made.batch(writes=writes, totals={"received": number}, clock=made.DAY + number))

    road = Thread(target=write)
    road.start()
    seen = [0]
    while seen[-1] < 60:
        rows = reader.wall_rows(100)
        assert {(len(row.alerts), len(row.notices)) for row in rows} <= {(3, 2)}
        seen.append(len(rows))
        assert reader.change() >= seen[-1]
    road.join()
    assert seen == sorted(seen)
    assert (reader.change(), reader.totals(), reader.clock()) == (60, {"received": 60}, made.DAY + 60)


def test_a_reader_cannot_write(reader: Reader) -> None:
    with reader._engine.connect() as connection, pytest.raises(DBAPIError, match="readonly"):
        connection.exec_driver_sql("DELETE FROM log")


def test_a_stopped_store_can_still_be_read(path: Path) -> None:
    store = Store(path)
    store.commit(made.batch(clock=made.DAY))
    store.close()
    with Reader(path) as reader:
        assert reader.clock() == made.DAY


def test_the_wall_has_the_worst_first_with_what_hangs_on_it(store: Store, reader: Reader) -> None:
    minute = made.DAY + 60_000
    store.commit(
        made.batch(
            writes=Writes(
                hazards=made.by_id(
                    made.hazard("blue", level="blue"),
                    made.hazard("old red", level="red"),
                    made.hazard("new red", level="red", opened_at=minute),
                    made.hazard("orange"),
                    made.hazard("over", level="red", phase="closed"),
                ),
                alerts=made.by_id(
                    made.alert("first", hazard_id="old red"),
                    made.alert("second", minute, hazard_id="old red"),
                    made.alert("third", minute + 1, hazard_id="old red", open=False),
                ),
                notices=made.by_id(
                    made.notice("n2", "old red", minute), made.notice("n1", "old red"), made.notice("n3", "over")
                ),
            )
        )
    )
    rows = reader.wall_rows(10)
    assert [row.hazard.id for row in rows] == ["new red", "old red", "orange", "blue"]
    assert [row.hazard.id for row in reader.wall_rows(2)] == ["new red", "old red"]
    old = rows[1]
    assert [alert.id for alert in old.alerts] == ["first", "second", "third"]
    assert old.alert == old.alerts[1]
    assert rows[0].alert is None
    assert [notice.id for notice in old.notices] == ["n1", "n2"]
    assert old.alerts == reader.alerts_of("old red")
    assert old.notices == reader.notices_of("old red") == reader.notices(["n2", "n1", "n?"])


def test_the_outbox_gives_what_is_due_oldest_first(store: Store, reader: Reader) -> None:
    notices = [
        made.notice("later", "h", made.DAY, next_try_at=made.DAY + 9_000),
        made.notice("second", "h", made.DAY + 2),
        made.notice("first", "h", made.DAY + 1),
        made.notice("done", "h", made.DAY - 5, state="sent"),
    ]
    store.commit(made.batch(writes=Writes(notices=made.by_id(*notices))))
    assert [notice.id for notice in reader.pending_notices(made.DAY + 10, 10)] == ["first", "second"]
    assert [notice.id for notice in reader.pending_notices(made.DAY + 9_000, 2)] == ["later", "first"]
    assert reader.oldest_pending() == made.DAY
    assert reader.notice("done") == notices[3]


def test_everything_is_counted(store: Store, reader: Reader) -> None:
    quarter = 15 * 60_000
    events = [
        made.event(1),
        made.event(2, at=made.DAY + quarter - 1),
        made.event(3, level="red", at=made.DAY + quarter - 1),
        made.event(4, at=made.DAY + quarter),
        made.event(5, "upgraded", at=made.DAY),
        made.event(6, "cleared", at=made.DAY),
    ]
    store.commit(
        made.batch(
            made.reading(0, made.DAY + 3),
            made.reading(0, made.DAY + 4),
            events=events,
            writes=Writes(
                alerts=made.by_id(made.alert("a"), made.alert("b", open=False, peak="red")),
                hazards=made.by_id(made.hazard("h"), made.hazard("i", phase="closed")),
                tickets=made.by_id(made.ticket("t"), made.ticket("u", state="closed"), made.ticket("v")),
                notices=made.by_id(made.notice("n", "h"), made.notice("m", "h", state="answered")),
                steps=[made.step("s1"), made.step("s2", "i")],
            ),
        )
    )
    assert reader.raised_per_quarter(made.DAY, made.DAY + quarter + 1) == [
        (made.DAY, "orange", 2),
        (made.DAY, "red", 1),
        (made.DAY + quarter, "orange", 1),
    ]
    assert reader.raised_per_quarter(made.DAY + quarter, made.DAY + 2 * quarter) == [(made.DAY + quarter, "orange", 1)]
    counts = reader.counts()
    assert counts.events == {"cleared": 1, "raised": 4, "upgraded": 1}
    assert (counts.alerts, counts.open_alerts) == ({"orange": 1, "red": 1}, {"orange": 1})
    assert (counts.hazards, counts.open_hazards) == (2, {"orange": 1})
    assert (counts.tickets, counts.open_tickets) == (3, 2)
    assert counts.notices == {"answered": 1, "pending": 1}
    assert reader.newest_at() == made.DAY + 4
    assert [step.id for step in reader.recent_steps(5)] == ["s2", "s1"]
    assert [alert.id for alert in reader.recent_alerts(1)] == ["b"]
    assert reader.ticket("t") == made.ticket("t")
    assert reader.alert("a") == made.alert("a")


def test_a_device_over_time(store: Store, reader: Reader) -> None:
    rows = [made.reading(0, made.DAY + n * 1_000, float(n % 10)) for n in range(1_000)]
    rows[503]["value"] = 30.0
    other = made.reading(1, made.DAY, 29.0), made.reading(0, made.DAY, 55.0, metric=2)
    store.commit(made.batch(*rows, *other, devices=["D1", "D2"]))
    line = reader.series("D1", "smoke", made.DAY, made.DAY + 1_000_000, 100)
    assert (made.DAY + 503_000, 30.0) in line
    assert len(line) == 100
    assert line == sorted(line)
    assert reader.series("D1", "smoke", made.DAY, made.DAY + 3_000, 100) == [
        (made.DAY + n * 1_000, n) for n in range(3)
    ]
    assert reader.series("D1", "no such metric", made.DAY, made.DAY + HOUR, 100) == []
    newest = reader.newest_readings("D1", made.DAY, made.DAY + HOUR)
    assert [(row.metric, row.value, row.ts) for row in newest] == [
        ("smoke", 9.0, made.DAY + 999_000),
        ("temperature", 55.0, made.DAY),
    ]


points_in_time = st.lists(st.tuples(st.integers(0, 999), st.floats(-50, 50)), min_size=1, max_size=200).map(sorted)


@given(points_in_time, st.integers(2, 40))
def test_a_thinned_line_keeps_the_extremes_the_order_and_the_limit(line: list[tuple[int, float]], points: int) -> None:
    thin = thinned(line, 0, 1_000, points)
    places = [line.index(point) for point in thin]
    assert places == sorted(places)
    assert len(thin) <= max(points, 2)
    assert {min(value for _, value in line), max(value for _, value in line)} <= {value for _, value in thin}
    assert len(line) > points or thin == line


def test_events_survive_whole(store: Store, reader: Reader) -> None:
    events: list[Event] = [made.event(1), made.event(2, "cleared", "red")]
    store.commit(made.batch(events=events))
    assert reader.events(made.DAY, made.DAY + 1) == events
    assert reader.events(made.DAY + 1, made.DAY + 2) == []
