"""Stories of the ladder: reached when held, left when safe for long enough, by readings alone."""

from rules.fates import LATE
from tests.rules.world import World, proof

GAS = """
[[rule]]
id = "gas"
kind = "ladder"
metric = "gas"
clear_after = "60s"
[rule.level.yellow]
raise = 25.0
reset = 20.0
hold = "3s"
[rule.level.red]
raise = 50.0
reset = 45.0
"""
PRESSURE = """
[[rule]]
id = "pressure"
kind = "ladder"
metric = "water_pressure"
direction = "below"
[rule.level.blue]
raise = 0.15
reset = 0.2
[rule.level.orange]
raise = 0.05
reset = 0.1
"""


def gas(*readings: tuple[float, float]) -> World:
    world = World(GAS)
    for ts, value in readings:
        world.reading("gas", value, ts)
    return world


def test_a_hold_exactly_reached_counts() -> None:
    assert gas((0, 25), (2.999, 30)).told() == []
    world = gas((0, 25), (3, 30))
    assert world.told() == ["gas raised yellow 3"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (30.0, 25.0)
    assert proof(world.last) == [("0", 25.0), ("3", 30.0)]


def test_one_reading_under_the_threshold_begins_the_hold_anew() -> None:
    assert gas((0, 25), (2, 24.9), (3, 25), (5.9, 25)).told() == []
    assert gas((0, 25), (2, 24.9), (3, 25), (6, 25)).told() == ["gas raised yellow 6"]


def test_no_hold_needs_one_reading_which_is_the_only_evidence() -> None:
    world = gas((0, 50))
    assert world.told() == ["gas raised red 0"]
    assert proof(world.last) == [("0", 50.0)]


def test_time_alone_proves_no_hold() -> None:
    world = gas((0, 30))
    world.tick(600)
    assert world.told() == []


def test_the_level_goes_up_with_the_evidence_of_the_higher_run() -> None:
    world = gas((0, 30), (3, 30), (5, 55))
    assert world.told() == ["gas raised yellow 3", "gas upgraded red 5"]
    assert world.last is not None
    assert world.last.threshold == 50.0


def test_a_value_equal_to_reset_is_not_safe() -> None:
    assert gas((0, 50), (1, 20), (90, 20)).told() == ["gas raised red 0", "gas downgraded yellow 90"]


def test_clear_after_exactly_reached_leaves() -> None:
    assert gas((0, 50), (1, 10), (60.999, 10)).told() == ["gas raised red 0"]
    world = gas((0, 50), (1, 10), (61, 10))
    assert world.told() == ["gas raised red 0", "gas cleared red 61"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (10.0, 45.0)
    assert proof(world.last) == [("1", 10.0), ("61", 10.0)]


def test_going_down_stops_at_the_level_that_is_not_left() -> None:
    world = gas((0, 50), (1, 30), (61, 30))
    assert world.told() == ["gas raised red 0", "gas downgraded yellow 61"]
    assert world.last is not None
    assert world.last.threshold == 45.0


def test_an_unsafe_reading_begins_the_clearing_anew() -> None:
    assert gas((0, 50), (1, 10), (30, 46), (31, 10), (61, 10)).told() == ["gas raised red 0"]
    assert gas((0, 50), (1, 10), (30, 46), (31, 10), (91, 10)).told()[1:] == ["gas cleared red 91"]


def test_a_later_episode_has_another_id() -> None:
    world = gas((0, 50), (1, 10), (61, 10), (62, 50))
    ids = [event.id for event in world.events]
    assert [event.event for event in world.events] == ["raised", "cleared", "raised"]
    assert ids[0] == ids[1] != ids[2]


def test_below_is_above_mirrored() -> None:
    world = World(PRESSURE)
    for ts, value in enumerate((0.16, 0.15, 0.05, 0.1, 0.11, 0.2, 0.21)):
        world.reading("water_pressure", value, ts)
    assert world.told() == [
        "pressure raised blue 1",
        "pressure upgraded orange 2",
        "pressure downgraded blue 4",
        "pressure cleared blue 6",
    ]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (0.21, 0.2)


def test_a_late_reading_takes_no_part() -> None:
    world = gas((10, 0))
    assert world.reading("gas", 99, 10, at=11) == LATE
    assert world.reading("gas", 99, 5, at=12) == LATE
    assert world.told() == []


def test_only_the_types_that_the_rule_lists_are_judged() -> None:
    world = World(GAS.replace('kind = "ladder"', 'kind = "ladder"\ndevices = ["gas"]'))
    world.reading("gas", 99, 0)
    world.reading("gas", 99, 0, device="stranger")
    assert world.told() == []
