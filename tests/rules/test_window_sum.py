"""Stories of rain: minutes that roll, limbs of which one suffices, and levels left at the end of a minute.

Minute m ends at 60·m seconds; the lateness is 30 s, so a tick shows the end of a minute 30 s later.
"""

from tests.rules.world import World, proof, shown

RAIN = """
[[rule]]
id = "rain"
kind = "window_sum"
metric = "rain"
clear_after = "2m"
[rule.level.blue]
any = [{ within = "3m", amount = 1.0 }, { within = "10m", amount = 2.0 }]
[rule.level.red]
any = [{ within = "3m", amount = 5.0 }]
"""


def rain(*readings: tuple[float, float]) -> World:
    world = World(RAIN)
    for ts, mm in readings:
        world.reading("rain", mm, ts)
    return world


def test_exactly_the_amount_raises_at_the_reading() -> None:
    world = rain((60, 0.4), (120, 0.599))
    assert world.told() == []
    world = rain((60, 0.4), (120, 0.6))
    assert world.told() == ["rain raised blue 120"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (1.0, 1.0)
    assert proof(world.last) == [("120", 0.6)]


def test_amounts_are_summed_exactly() -> None:
    assert rain(*((60 * minute, 0.1) for minute in range(1, 11)), (661, 0.0)).told() == []
    assert rain(*((60 + second, 0.1) for second in range(10))).told() == ["rain raised blue 69"]


def test_what_fell_before_the_window_is_gone() -> None:
    assert rain((60, 0.6), (180, 0.4)).told() == ["rain raised blue 180"]
    assert rain((60, 0.6), (180.001, 0.4)).told() == []


def test_the_second_limb_suffices_and_is_shown() -> None:
    world = rain((60, 0.9), (240, 0.9), (420, 0.2))
    assert world.told() == ["rain raised blue 420"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (2.0, 2.0)


def test_the_higher_level_wins_at_once() -> None:
    assert rain((60, 7.0)).told() == ["rain raised red 60"]


def test_a_tick_shows_the_end_of_the_minute_that_leaves() -> None:
    world = rain((60, 1.0))  # held in minutes 1 to 3 by the first limb: left at the end of minute 5
    world.tick(330)
    assert world.told() == ["rain raised blue 60"]
    world.tick(331)
    assert world.events[0].received == world.events[0].at + 31_000
    assert world.events[0].reason == "time"
    assert world.told() == ["rain cleared blue 300"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold, world.last.evidence) == (0.0, 1.0, ())


def test_one_tick_far_ahead_says_the_same() -> None:
    world = rain((60, 1.0))
    world.tick(86_400)
    assert [shown(event.received) for event in world.events] == ["60", "331"]


def test_a_reading_past_the_minute_shows_it_first() -> None:
    world = rain((60, 1.0))
    world.reading("rain", 0.0, 300, at=300)
    assert world.told() == ["rain raised blue 60"]
    world.reading("rain", 9.0, 300.5, at=301)
    assert [(event.event, shown(event.received)) for event in world.events] == [("cleared", "301"), ("raised", "301")]


def test_levels_are_left_one_by_one() -> None:
    world = rain((60, 4.0), (120, 1.0))  # red in minutes 2 and 3, blue (2 mm in 10 minutes) up to minute 10
    world.tick(3600)
    assert world.told() == [
        "rain raised blue 60",
        "rain upgraded red 120",
        "rain downgraded blue 300",
        "rain cleared blue 720",
    ]


def test_the_shown_limb_going_down_is_the_one_that_held_last() -> None:
    world = rain((60, 4.0))
    world.tick(3600)
    assert world.told() == ["rain raised blue 60", "rain cleared blue 720"]
    assert world.last is not None
    assert (world.last.value, world.last.threshold) == (0.0, 2.0)


def test_a_late_reading_may_raise_at_the_newest_time() -> None:
    world = rain((60, 0.6), (150, 0.0))
    world.reading("rain", 0.4, 100, at=155)
    assert world.told() == ["rain raised blue 150"]
    assert proof(world.last) == [("100", 0.4)]


def test_a_late_reading_lands_in_its_minute_and_passes_none() -> None:
    world = rain((60, 1.0), (240, 0.0))
    world.reading("rain", 5.0, 60, at=245)  # outside the 3 minutes, inside the 10
    assert world.told() == ["rain raised blue 60"]
    world.tick(3600)
    assert world.told() == ["rain cleared blue 720"]


def test_time_that_has_passed_is_the_end_of_the_windows() -> None:
    world = rain((60, 0.6))
    world.tick(600)  # has passed minute 9: the reading of minute 2 comes too late for the 3 minutes
    world.reading("rain", 0.4, 120, at=600)
    assert world.told() == []
    world.reading("rain", 1.0, 121, at=601)
    assert world.told() == ["rain raised blue 121"]
    assert world.last is not None
    assert world.last.threshold == 2.0


def test_an_event_is_never_before_the_one_before_it() -> None:
    world = rain((60, 1.0))
    world.tick(400)
    world.reading("rain", 3.0, 200, at=401)
    assert world.told() == ["rain raised blue 60", "rain cleared blue 300", "rain raised blue 300"]


def test_rain_older_than_the_longest_window_is_dropped() -> None:
    world = rain((1200, 0.0))
    world.reading("rain", 99.0, 600, at=1201)
    assert world.told() == []
    world.reading("rain", 99.0, 601, at=1202)
    assert world.told() == ["rain raised blue 1200"]


def test_many_gauges_have_their_own_sums() -> None:
    world = rain()
    for number in range(100):
        world.reading("rain", 1.0 if number % 2 else 0.9, 60, device=f"g{number}")
    assert len(world.told()) == 50


def test_a_day_without_rain_forgets_the_ring() -> None:
    assert rain((60, 0.9), (86_400, 0.9), (86_401, 0.05)).told() == []
