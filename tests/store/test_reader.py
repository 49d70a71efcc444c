"""What the board sees: one moment at a time, while the road goes on writing."""

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from alerts.store import Place, Reader, Store, schema
from alerts.store.load import load_numbers, load_setting
from alerts.store.look import thinned
from alerts.writes import Writes
from tests.store import made

HOUR = 3_600_000


def test_before_the_first_commit_everything_is_empty(reader: Reader) -> None:
    assert (reader.change(), reader.clock(), reader.totals(), reader.newest_at()) == (0, 0, {}, 0)
    assert not any((reader.open_alerts(), reader.recent_alerts(5), reader.readings("D1", 0, made.DAY)))
    assert reader.hazard("h") is None
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
        alerts, hazards = reader.open_alerts(), reader.open_hazards()
        assert len(alerts) % 3 == 0
        assert len(alerts) // 3 <= len(hazards)
        assert {len(reader.notices_of(hazard.id)) for hazard in hazards[-3:]} <= {2}
        seen.append(len(hazards))
        assert reader.change() >= seen[-1]
    road.join()
    assert seen == sorted(seen)
    assert (reader.change(), reader.totals(), reader.clock()) == (60, {"received": 60}, made.DAY + 60)


def test_a_question_of_several_parts_is_answered_from_one_moment(store: Store, reader: Reader) -> None:
    with reader._engine.begin() as connection:
        before = load_setting(connection, schema.CHANGE)
        store.commit(made.batch(totals={"received": 1}))
        assert (load_setting(connection, schema.CHANGE), load_numbers(connection, schema.totals)) == (before, {})
    assert (reader.change(), reader.totals()) == (before + 1, {"received": 1})


def test_text_that_one_of_the_databases_refuses_stops_nothing(store: Store, reader: Reader) -> None:
    said = replace(made.step("s"), text="pasted\0text")
    store.commit(made.batch(writes=Writes(steps=[said])))
    (kept,) = reader.steps_of("h")
    assert kept.text in ("pasted\0text", "pasted\N{REPLACEMENT CHARACTER}text")
    assert reader.hazard("h\0") is None


def test_a_reader_cannot_write(reader: Reader) -> None:
    with reader._engine.connect() as connection, pytest.raises(DBAPIError, match=r"read-?only"):
        connection.exec_driver_sql("DELETE FROM log")


def test_a_stopped_store_can_still_be_read(place: Place) -> None:
    store = Store(place)
    store.commit(made.batch(clock=made.DAY))
    store.close()
    with Reader(place) as reader:
        assert reader.clock() == made.DAY


def test_a_hazard_with_what_hangs_on_it(store: Store, reader: Reader) -> None:
    minute = made.DAY + 60_000
    alerts = [made.alert("first", hazard_id="h"), made.alert("second", minute, hazard_id="h", open=False)]
    notices = [made.notice("n1", "h", step=2), made.notice("n2", "h"), made.notice("n3", "h", minute, step=1)]
    store.commit(
        made.batch(
            writes=Writes(
                hazards=made.by_id(made.hazard("h"), made.hazard("over", phase="closed")),
                alerts=made.by_id(alerts[1], made.alert("other", hazard_id="over"), alerts[0]),
                notices=made.by_id(*notices[::-1], made.notice("other", "over")),
                steps=[made.step("s1"), made.step("s2", "over"), made.step("s3")],
            )
        )
    )
    assert reader.hazard("h") == made.hazard("h")
    assert [hazard.id for hazard in reader.open_hazards()] == ["h"]
    assert reader.alerts_of("h") == alerts
    assert reader.notices_of("h") == notices
    assert reader.notice("n2") == notices[1]
    assert reader.steps_of("h") == [made.step("s1"), made.step("s3")]


def test_the_pulse_of_the_town(store: Store, reader: Reader) -> None:
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
                tickets=made.by_id(made.ticket("t"), made.ticket("u", state="closed"), made.ticket("v")),
            ),
        )
    )
    assert reader.raised_per_quarter(made.DAY, made.DAY + quarter + 1) == [
        (made.DAY, "orange", 2),
        (made.DAY, "red", 1),
        (made.DAY + quarter, "orange", 1),
    ]
    assert reader.raised_per_quarter(made.DAY + quarter, made.DAY + 2 * quarter) == [(made.DAY + quarter, "orange", 1)]
    assert reader.newest_at() == made.DAY + 4
    assert [alert.id for alert in reader.recent_alerts(1)] == ["b"]
    assert [ticket.id for ticket in reader.open_tickets()] == ["t", "v"]


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
    assert [row.value for row in reader.readings("D1", made.DAY, made.DAY + HOUR, "temperature")] == [55.0]


points_in_time = st.lists(st.tuples(st.integers(0, 999), st.floats(-50, 50)), min_size=1, max_size=200).map(sorted)


@given(points_in_time, st.integers(2, 40))
def test_a_thinned_line_keeps_the_extremes_the_order_and_the_limit(line: list[tuple[int, float]], points: int) -> None:
    thin = thinned(line, 0, 1_000, points)
    places = [line.index(point) for point in thin]
    assert places == sorted(places)
    assert len(thin) <= max(points, 2)
    assert {min(value for _, value in line), max(value for _, value in line)} <= {value for _, value in thin}
    assert len(line) > points or thin == line
