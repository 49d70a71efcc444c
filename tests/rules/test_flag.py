"""Stories of flags: declared, lacking for long enough, and the late fire."""

from rules.fates import LATE
from tests.rules.world import World, proof

FIRE = """
[[rule]]
id = "fire"
kind = "flag"
flag = "fire"
level = "orange"
clear_after = "10m"
[[rule]]
id = "fault"
kind = "flag"
flag = "fault"
level = "blue"
clear_after = "0s"
"""


def test_a_declared_flag_raises_once_with_the_reading_as_evidence() -> None:
    world = World(FIRE)
    world.flags("fire test", 0)
    world.flags("fire", 1)
    assert [event.evidence[0].flags for event in world.events] == [("fire", "test")]
    assert world.told() == ["fire raised orange 0"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (None, None)


def test_clear_after_exactly_reached_clears() -> None:
    world = World(FIRE)
    for ts in (0, 1, 600.999):
        world.flags("fire" if ts == 0 else "", ts)
    assert world.told() == ["fire raised orange 0"]
    world.flags("", 601)
    assert world.told() == ["fire cleared orange 601"]
    assert proof(world.last) == [("1", None), ("601", None)]


def test_declaring_again_ends_the_lacking_run() -> None:
    world = World(FIRE)
    for ts, names in ((0, "fire"), (1, ""), (300, "fire"), (301, ""), (700, "")):
        world.flags(names, ts)
    assert world.told() == ["fire raised orange 0"]


def test_without_clear_after_one_reading_clears() -> None:
    world = World(FIRE)
    world.flags("fault", 0)
    world.flags("", 1)
    assert world.told() == ["fault raised blue 0", "fault cleared blue 1"]


def test_a_reading_that_does_not_speak_of_flags_changes_nothing() -> None:
    world = World(FIRE)
    world.flags("fault", 0)
    world.reading("smoke", 0.1, 1)
    assert world.told() == ["fault raised blue 0"]


def test_a_late_fire_counts_as_declared_at_the_newest_time_of_the_flags() -> None:
    world = World(FIRE)
    world.flags("", 1000)
    assert world.flags("fire", 200, at=1100) == LATE
    assert world.told() == ["fire raised orange 1000"]
    assert proof(world.last) == [("200", None)]


def test_a_late_fire_ends_a_lacking_run() -> None:
    world = World(FIRE)
    for ts, names in ((0, "fire"), (1, ""), (500, "")):
        world.flags(names, ts)
    world.flags("fire", 400, at=501)
    world.flags("", 601)
    world.flags("", 1200)
    assert world.told() == ["fire raised orange 0"]
    world.flags("", 1201)
    assert world.told() == ["fire cleared orange 1201"]


def test_a_fire_older_than_stale_and_any_other_late_flag_do_nothing() -> None:
    world = World(FIRE)
    world.flags("", 1000)
    world.flags("fire", 100, at=1000.001)
    world.flags("fault", 999, at=1001)
    assert world.told() == []
    world.flags("fire", 100.001, at=1000.001)
    assert world.told() == ["fire raised orange 1000"]
