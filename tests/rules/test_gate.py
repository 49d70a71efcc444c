"""Stories of the gate: what is new, late or a duplicate."""

import math

import pytest

from ingest.timing import Timing
from rules.compile import interpreted
from rules.fates import CLOCK, DUPLICATE, LATE, NEW
from rules.hashed import Key, first_place
from tests.rules.world import BEGIN, World, ms

NOTHING = """
[[rule]]
id = "gas"
kind = "ladder"
metric = "gas"
[rule.level.red]
raise = 50.0
reset = 45.0
"""


def test_without_a_number_time_and_value_make_the_duplicate() -> None:
    world = World(NOTHING)
    assert world.reading("gas", 1.0, 10) == NEW
    assert world.reading("gas", 1.0, 10, at=11) == DUPLICATE
    assert world.reading("gas", 2.0, 10, at=11) == LATE
    assert world.reading("gas", 2.0, 10, at=12) == DUPLICATE
    assert world.reading("smoke", 1.0, 10) == NEW
    assert world.reading("gas", 1.0, 10, device="b") == NEW


def test_with_a_number_the_sent_time_and_the_number_do() -> None:
    world = World(NOTHING)
    assert world.reading("gas", 1.0, 10, seq=7) == NEW
    assert world.reading("gas", 2.0, 11, sent=10, seq=7) == DUPLICATE
    assert world.reading("gas", 1.0, 11, sent=10, seq=8) == NEW
    assert world.reading("gas", 1.0, 11) == LATE


def test_minus_zero_is_zero() -> None:
    world = World(NOTHING)
    assert world.reading("gas", 0.0, 10) == NEW
    assert world.reading("gas", -0.0, 10) == DUPLICATE


def test_equal_or_older_is_late() -> None:
    world = World(NOTHING)
    assert [world.reading("gas", value, ts) for value, ts in ((1, 10), (2, 10), (3, 9.999), (4, 10.001))] == [
        NEW,
        LATE,
        LATE,
        NEW,
    ]


def test_a_duplicate_is_remembered_for_stale_and_lateness_and_not_refreshed() -> None:
    world = World(NOTHING, timing=Timing(lateness=1_000, stale=9_000))
    assert world.reading("gas", 1.0, 0, at=0) == NEW
    assert world.reading("gas", 1.0, 0, at=10) == DUPLICATE
    assert world.reading("gas", 1.0, 0, at=10.001) == LATE
    assert world.reading("gas", 1.0, 0, at=20) == DUPLICATE


def test_a_duplicate_changes_nothing() -> None:
    world = World(NOTHING)
    world.reading("gas", 60.0, 0)
    before = world.engine.snapshot()
    assert world.reading("gas", 60.0, 0) == DUPLICATE
    assert world.engine.snapshot() == before


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_takes_no_part(value: float) -> None:
    world = World(NOTHING)
    assert world.reading("gas", value, 0) == LATE
    assert world.flags("", 0) == NEW
    assert world.reading("gas", 60.0, 0) == NEW
    assert world.told() == ["gas raised red 0"]


def test_clock_rows_have_a_fate_of_their_own_and_move_the_clock() -> None:
    world = World(NOTHING)
    assert world.tick(5) == CLOCK
    assert world.engine.clock == BEGIN + 5_000
    assert world.tick(3) == CLOCK
    assert world.engine.clock == BEGIN + 5_000
    assert world.end(7.5) == CLOCK
    assert world.engine.clock == BEGIN + 7_500
    world.reading("gas", 1.0, 9)
    assert world.engine.clock == ms(9)


def test_a_device_that_has_no_name_is_a_bug_of_the_caller() -> None:
    world = World(NOTHING)
    row = {"device": 10_000, "metric": 6, "value": 1.0, "ts": 0, "sent": 0, "seq": 0, "at": 0, "message": 0, "marks": 0}
    with pytest.raises(IndexError, match="no device 10000"):
        world.judge(row)


def test_the_memory_grows_and_forgets_without_a_trace() -> None:
    world = World(NOTHING)
    for number in range(20_000):
        assert world.reading("gas", 1.0, number) == NEW
    assert world.reading("gas", 1.0, 19_999) == DUPLICATE
    assert world.reading("gas", 1.0, 19_999 - 930, at=19_999) == DUPLICATE
    assert world.reading("gas", 1.0, 19_999 - 931, at=19_999) == LATE


def test_keys_are_spread_over_the_places() -> None:
    first = interpreted(first_place)
    keys = [Key((device << 17) | (6 << 1), ms(second), 0) for device in range(32) for second in range(64)]
    places = {first(key, 1 << 12) for key in keys}
    assert len(places) > 1_500  # 2,048 keys thrown at random on 4,096 places meet about 1,610 of them
