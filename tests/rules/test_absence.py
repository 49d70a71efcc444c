"""Stories of silence: a heartbeat of 60 s, three misses allowed, so a device is quiet after 180 s."""

from ingest.inputs import NO_SEQ
from rules.fates import DUPLICATE
from tests.rules.world import World, place, proof, shown

QUIET = """
[[rule]]
id = "quiet"
kind = "absence"
misses = 3
level = "blue"
[[rule]]
id = "gas"
kind = "ladder"
metric = "gas"
[rule.level.red]
raise = 50.0
reset = 45.0
hold = "10s"
"""


def heard_at_zero(device: str = "a", heartbeat: float = 60) -> World:
    world = World(QUIET, [place(device, heartbeat=heartbeat)])
    world.reading("smoke", 0.1, 0, device=device)
    return world


def test_a_tick_must_be_past_the_due_time() -> None:
    world = heard_at_zero()
    world.tick(180)
    assert world.told() == []
    world.tick(181)
    assert world.told() == ["quiet raised blue 180"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold, shown(world.last.received)) == (180.0, 180.0, "181")
    assert proof(world.last) == [("0", 0.1)]
    world.tick(999)
    assert world.told() == []


def test_the_next_message_clears() -> None:
    world = heard_at_zero()
    world.tick(3600)
    world.reading("smoke", 0.1, 4000.5)
    assert world.told() == ["quiet raised blue 180", "quiet cleared blue 4000.5"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold, world.last.evidence) == (4000.5, 180.0, ())


def test_a_reading_exactly_when_due_is_in_time() -> None:
    world = heard_at_zero()
    world.reading("smoke", 0.1, 180)
    assert world.told() == []


def test_a_reading_past_the_due_time_shows_it_and_ends_it() -> None:
    world = heard_at_zero()
    world.reading("gas", 99.0, 180.001)
    assert [(event.event, shown(event.received)) for event in world.events] == [
        ("raised", "180.001"),
        ("cleared", "180.001"),
    ]
    assert world.events[0].evidence[0].metric == "smoke"  # what it last said before, not what broke the silence
    assert world.told() == ["quiet raised blue 180", "quiet cleared blue 180.001"]


def test_silence_is_about_receipt_not_about_the_time_told() -> None:
    world = World(QUIET)
    world.reading("smoke", 0.1, -100, at=0)
    world.tick(180)
    assert world.told() == []


def test_a_late_reading_is_heard_and_a_duplicate_is_not() -> None:
    world = heard_at_zero()
    world.reading("smoke", 0.2, -5, at=100)
    world.tick(280)
    assert world.told() == []
    world = heard_at_zero()
    assert world.reading("smoke", 0.1, 0, at=100) == DUPLICATE
    world.tick(181)
    assert world.told() == ["quiet raised blue 180"]


def test_a_device_never_heard_or_without_a_heartbeat_is_never_quiet() -> None:
    world = World(QUIET, [place("a"), place("b", heartbeat=0)])
    world.reading("smoke", 0.1, 0, device="b")
    world.reading("smoke", 0.1, 0, device="stranger")
    world.tick(86_400)
    assert world.told() == []


def test_a_break_is_nobodys_silence() -> None:
    world = heard_at_zero()
    world.pause(100, 50)
    world.tick(230)
    assert world.told() == []
    world.tick(231)
    assert world.told() == ["quiet raised blue 230"]
    assert world.last is not None
    assert world.last.value == 180.0


def test_a_break_after_the_raise_changes_nothing() -> None:
    world = heard_at_zero()
    world.tick(200)
    world.pause(200, 50)
    world.reading("smoke", 0.1, 300)
    assert world.told() == ["quiet raised blue 180", "quiet cleared blue 300"]
    assert world.last is not None
    assert world.last.value == 300.0


def test_the_end_is_a_tick_between_two_seconds() -> None:
    world = heard_at_zero()
    world.end(180)
    assert world.told() == []
    world.end(180.001)
    assert [shown(event.received) for event in world.events] == ["180.001"]
    assert world.told() == ["quiet raised blue 180"]


def test_the_evidence_tells_how_bad_things_stood() -> None:
    world = World(QUIET)
    world.reading("gas", 60.0, 0)  # at the threshold, not held: no alert, but it counts
    world.tick(181)
    assert [(entry.metric, entry.value, entry.level) for entry in world.events[0].evidence] == [("gas", 60.0, "red")]


def test_one_tick_tells_silences_in_the_order_of_time() -> None:
    world = World(QUIET, [place("slow", heartbeat=100), place("quick", heartbeat=20)])
    for device in ("slow", "quick"):
        world.reading("smoke", 0.1, 0, device=device, seq=NO_SEQ)
    world.tick(86_400)
    assert [event.subject.id for event in world.events] == ["quick", "slow"]
