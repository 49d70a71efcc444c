"""The list of what is open: its order, what it is narrowed to, what folds, and that counts speak of the same rows."""

import random
from collections.abc import Sequence
from typing import Any

from alerts.model import Alert, Hazard
from alerts.store import Listed, OpenCount, Place, Reader, Store, Wanted
from alerts.writes import Writes
from dashboards.web.rows import leading
from tests.store.made import DAY, alert, batch, hazard, ticket

NOW = DAY + 60_000
TOWNS = ("330681005", "330604001", "")


def kept(place: Place, hazards: Sequence[Hazard], alerts: Sequence[Alert], tickets: Writes | None = None) -> Reader:
    """A store with these rows, written in another order than given."""
    shuffled = random.Random(5).sample(list(hazards), len(hazards))
    rows = {"hazards": {one.id: one for one in shuffled}, "alerts": {one.id: one for one in alerts}}
    store = Store(place)
    store.commit(batch(clock=NOW, writes=Writes(hazards=rows["hazards"], alerts=rows["alerts"])))  # type: ignore[arg-type]
    if tickets is not None:
        store.commit(batch(clock=NOW, writes=tickets))
    store.close()
    return Reader(place)


def ids(listed: Sequence[Listed]) -> list[str]:
    return [one.hazard.id for one in listed]


def taken(name: str, **more: Any) -> Hazard:
    return hazard(name, owner="o-1", answered_at=DAY, **more)


def test_the_order_is_a_waiting_red_then_overdue_then_level_then_age_and_the_cleared_last(place: Place) -> None:
    rows = [
        hazard("red", level="red"),
        hazard("red that rings again", level="red", owner="o-1", opened_at=DAY + 1),
        hazard("red cleared, nobody has it", level="red"),
        hazard("blue overdue", level="blue", answer_by=NOW - 1),
        taken("red taken", level="red"),
        hazard("orange", answer_by=NOW),
        hazard("orange, as old"),
        hazard("orange younger", opened_at=DAY + 1),
        hazard("yellow", level="yellow"),
        hazard("blue", level="blue"),
        taken("red taken and cleared", level="red"),
        hazard("orange cleared"),
    ]
    alerts = [alert(f"a {one.id}", hazard_id=one.id, open="cleared" not in one.id) for one in rows]
    closed = hazard("closed", level="red", phase="closed", closed_at=DAY)
    with kept(place, [*rows, closed], alerts) as reader:
        found = ids(reader.open_list(NOW, 100))
        assert found[0] == "red"
        assert found[1] == "red that rings again"
        assert found[2] == "red cleared, nobody has it"
        assert found == [one.id for one in rows]
        assert ids(reader.open_list(NOW, 5)) == found[:5]
        assert reader.count_open() == len(rows)


def test_the_list_is_narrowed_to_level_kind_and_the_beginning_of_a_township(place: Place) -> None:
    rows = [
        hazard("1", level="red", township=TOWNS[0]),
        hazard("2", kind="gas_leak", township=TOWNS[0]),
        hazard("3", township=TOWNS[1]),
        hazard("4", township=TOWNS[2]),
    ]
    wanted = {
        Wanted(): {"1", "2", "3", "4"},
        Wanted(level="red"): {"1"},
        Wanted(kind="gas_leak"): {"2"},
        Wanted(area="330681"): {"1", "2"},
        Wanted(area="330604001"): {"3"},
        Wanted(area="330681", level="orange"): {"2"},
        Wanted(area="%"): set(),
        Wanted(kind="no\0kind"): set(),
    }
    with kept(place, rows, []) as reader:
        for narrowed, expected in wanted.items():
            assert set(ids(reader.open_list(NOW, 9, narrowed))) == expected
            assert reader.count_open(narrowed) == len(expected)


def test_rows_of_one_township_and_kind_fold_into_the_first_and_none_is_lost(place: Place) -> None:
    rows = [
        hazard(f"{place}", kind="fire" if place % 2 else "rain", township=TOWNS[place % 3], opened_at=DAY + place)
        for place in range(12)
    ]
    with kept(place, rows, []) as reader:
        folded = reader.open_list(NOW, 100, fold=True)
        assert ids(folded) == ["0", "1", "2", "3", "4", "5", "8", "11"]
        assert [one.folded for one in folded] == [2, 2, 1, 2, 2, 1, 1, 1]
        assert ids(reader.open_list(NOW, 3, fold=True)) == ["0", "1", "2"]
        assert {one.folded for one in reader.open_list(NOW, 100)} == {1}


def test_the_alert_that_speaks_for_a_hazard_is_the_one_of_its_page(place: Place) -> None:
    alerts = [
        alert("closed red", level="red", open=False, hazard_id="h"),
        alert("young orange", DAY + 5, hazard_id="h"),
        alert("b", hazard_id="h"),
        alert("a", hazard_id="h"),
        alert("blue", DAY - 5, level="blue", hazard_id="h"),
        alert("of another", level="red", hazard_id="other"),
    ]
    with kept(place, [hazard("h"), hazard("bare")], alerts) as reader:
        spoken = {one.hazard.id: one for one in reader.open_list(NOW, 9)}
        assert spoken["h"].alert == leading(alerts[:5])
        assert (spoken["h"].alert.id if spoken["h"].alert else "", spoken["h"].alerts) == ("a", 4)
        assert (spoken["bare"].alert, spoken["bare"].alerts) == (None, 0)


def test_what_is_alike_is_counted_together(place: Place) -> None:
    rows = [hazard("1"), hazard("2"), taken("3"), hazard("4", answer_by=NOW - 1), hazard("5"), hazard("6", owner="o")]
    alerts = [alert(f"a{one.id}", hazard_id=one.id) for one in rows if one.id != "5"]
    tickets = [
        ticket("t"),
        ticket("u"),
        ticket("v", kind="device_fault", state="repaired"),
        ticket("w", state="closed"),
    ]
    more = Writes(tickets={one.id: one for one in tickets})
    with kept(place, rows, alerts, more) as reader:

        def alike(cleared: bool, held: bool, overdue: bool, count: int) -> OpenCount:
            return OpenCount("orange", "fire", TOWNS[0], cleared, held, overdue, count)

        assert set(reader.open_counts(NOW)) == {
            alike(False, False, False, 3),
            alike(False, True, False, 1),
            alike(False, False, True, 1),
            alike(True, False, False, 1),
        }
        assert sorted(reader.ticket_counts()) == [("device_fault", TOWNS[0], 1), ("device_quiet", TOWNS[0], 2)]
