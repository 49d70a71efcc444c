"""What Kafka keeps is not kept twice: its entries come with positions in the place of a log."""

from alerts.store import Place, Reader, Store
from alerts.store.load import newest_seq
from alerts.writes import Writes
from ingest.rejected import Reason, Rejected
from tests.store import made


def test_what_kafka_keeps_is_kept_without_a_log_row(place: Place, store: Store, reader: Reader) -> None:
    """The positions are of the same transaction as what they stand for; those of other partitions stay."""
    refused = [Rejected(n, Reason.EMPTY, f"up/{n}", b"", made.DAY) for n in range(2)]
    writes = Writes(hazards=made.by_id(made.hazard("h")), steps=[made.step("s")])
    store.commit(made.batch(positions={"events/0": 5, "events/1": 2**40}, events=[made.event(1)], writes=writes))
    store.commit(made.batch(positions={"events/0": 9, "rejected/0": 2}, rejected=refused, clock=made.DAY + 7))
    assert list(store.inputs()) == []
    assert newest_seq(store._connection) == 0
    store._connection.rollback()
    store.close()
    store = Store(place)
    loaded = store.load()
    store.close()
    assert loaded.positions == {"events/0": 9, "events/1": 2**40, "rejected/0": 2}
    assert (loaded.clock, [hazard.id for hazard in loaded.hazards]) == (made.DAY + 7, ["h"])
    assert [row["topic"] for row in reader.export("rejected")] == ["up/0", "up/1"]
    assert (reader.change(), len(list(reader.export("events")))) == (2, 1)
    assert [line.get("end") for line in reader.feed_lines()] == [True]


def test_what_is_recorded_twice_from_kafka_adds_nothing(place: Place, store: Store, reader: Reader) -> None:
    events = [made.event(number) for number in range(1_200)]
    batch = made.batch(
        positions={"events/0": len(events)},
        events=events,
        writes=Writes(alerts=made.by_id(made.alert("a")), hazards=made.by_id(made.hazard("h")), steps=[made.step("s")]),
    )
    store.commit(batch)
    assert store.added == events
    store.close()
    store = Store(place)
    store.commit(batch)
    store.close()
    assert store.added == []
    assert [row["id"] for row in reader.export("events")] == [event.id for event in events]
    assert [len(list(reader.export(kind))) for kind in ("alerts", "hazards")] == [1, 1]
    assert reader.steps_of("h") == [made.step("s")]


def test_events_that_are_stored_are_told_apart_from_new_ones_and_copies(store: Store) -> None:
    old, new, moved = made.event(1), made.event(2), made.event(1, "upgraded", "red")
    store.commit(made.batch(events=[old]))
    assert store.unseen([old, new, new, moved]) == [new, moved]
    assert store.unseen([]) == []
