"""The road's two clocks: what they stamp, and which ticks and breaks they put into the input."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.inputs import BREAK, END, TICK, Inputs, join
from pipeline.clocks import NO_ROWS, FeedClock, WallClock
from tests.pipeline.deliveries import delivery

NOON = 1_785_816_000_000
"""2026-08-04 12:00:00 at +08:00."""
NAMES = {TICK: "tick", BREAK: "break", END: "end"}

Row = tuple[str, int] | tuple[str, int, int]


def rows(parts: Sequence[Inputs]) -> list[Row]:
    """(kind, at), and for a break its length."""
    told = join([*parts, NO_ROWS])
    found: list[Row] = []
    for kind, at, value in zip(told.metric.tolist(), told.at.tolist(), told.value.tolist(), strict=True):
        found.append((NAMES[kind], at, int(value)) if kind == BREAK else (NAMES[kind], at))
    return found


class Wall:
    """A wall clock and a monotonic one that the story turns."""

    def __init__(self, since: int = 0, wall: int = NOON) -> None:
        self.wall = wall
        self.steady = 5_000
        self.clock = WallClock(lambda: self.wall, lambda: self.steady, since)

    def passes(self, milliseconds: int, connected: bool = True) -> list[Row]:
        """Real time goes by; then the road looks."""
        self.wall += milliseconds
        self.steady += milliseconds
        return rows(self.clock.idle(connected))

    def is_set(self, milliseconds: int) -> None:
        """Somebody (or NTP) sets the wall clock."""
        self.wall += milliseconds


def test_the_wall_ticks_once_a_second_at_the_whole_second() -> None:
    wall = Wall()
    seen = [row for _ in range(12) for row in wall.passes(250)]
    assert seen == [("tick", NOON), ("tick", NOON + 1000), ("tick", NOON + 2000), ("tick", NOON + 3000)]


def test_one_tick_stands_for_the_seconds_that_were_not_looked_at() -> None:
    wall = Wall()
    assert wall.passes(10) == [("tick", NOON)]
    assert wall.passes(2_000) == [("tick", NOON + 2_000)]


def test_a_road_that_stood_still_heard_nobody_and_that_is_a_break() -> None:
    wall = Wall()
    assert wall.passes(10) == [("tick", NOON)]
    assert wall.passes(5_300) == [("break", NOON + 5_310, 5_300), ("tick", NOON + 5_000)]
    assert wall.passes(700) == [("tick", NOON + 6_000)]


def test_a_stop_and_a_jump_meanwhile_are_two_breaks_that_make_up_both() -> None:
    wall = Wall()
    wall.passes(0)
    wall.is_set(600_000)
    assert wall.passes(5_000) == [("break", NOON + 5_000, 5_000), ("tick", NOON + 5_000)]
    for _ in range(9):
        wall.passes(1_000)
    assert wall.passes(1_000) == [("break", NOON + 615_000, 600_000), ("tick", NOON + 615_000)]


def test_a_message_is_stamped_with_the_receipt_whatever_it_says() -> None:
    wall = Wall(wall=NOON + 123)
    assert wall.clock.stamp(delivery("{}", at="2099-01-01T00:00:00Z")) == NOON + 123


def test_the_wall_never_goes_back_and_goes_on_at_the_pace_of_the_monotonic_clock() -> None:
    wall = Wall()
    wall.passes(700)
    wall.is_set(-3_600_000)
    assert wall.passes(500) == [("tick", NOON + 1_000)]
    assert wall.clock.stamp(delivery("{}")) == NOON + 1_200
    assert wall.passes(900) == [("tick", NOON + 2_000)]


def test_when_the_wall_comes_forward_again_to_where_we_are_nothing_is_missed() -> None:
    wall = Wall()
    wall.passes(500)
    wall.is_set(-3_600_000)
    wall.passes(1_000)
    wall.is_set(3_600_000)
    assert wall.passes(1_000) == [("tick", NOON + 2_000)]


def test_a_start_after_a_stop_is_a_break_as_long_as_the_stop() -> None:
    wall = Wall(since=NOON - 90_000, wall=NOON + 250)
    assert wall.passes(0) == [("break", NOON + 250, 90_250), ("tick", NOON)]
    assert wall.passes(1_000) == [("tick", NOON + 1_000)]


def test_a_store_from_the_future_is_where_time_goes_on() -> None:
    wall = Wall(since=NOON + 60_000)
    assert wall.clock.stamp(delivery("{}")) == NOON + 60_000
    assert wall.passes(1_500) == [("break", NOON + 61_500, 1_500), ("tick", NOON + 61_000)]


def test_a_first_start_is_no_break() -> None:
    assert Wall().passes(0) == [("tick", NOON)]


def test_nothing_ticks_while_not_connected_and_what_was_missed_is_one_break() -> None:
    wall = Wall()
    assert wall.passes(0) == [("tick", NOON)]
    assert [row for _ in range(5) for row in wall.passes(1_000, connected=False)] == []
    assert wall.passes(300) == [("break", NOON + 5_300, 5_300), ("tick", NOON + 5_000)]
    assert wall.passes(700) == [("tick", NOON + 6_000)]


def test_before_the_first_connection_ever_nothing_is_missed() -> None:
    wall = Wall()
    assert wall.passes(4_000, connected=False) == []
    assert wall.passes(0) == [("tick", NOON + 4_000)]


def test_a_jump_of_the_wall_that_stays_is_a_break_as_long_as_the_jump() -> None:
    wall = Wall()
    wall.passes(0)
    wall.is_set(600_000)
    doubted = [row for _ in range(10) for row in wall.passes(1_000)]
    assert doubted == [("tick", NOON + second * 1_000) for second in range(1, 11)]
    assert wall.passes(1_000) == [("break", NOON + 611_000, 600_000), ("tick", NOON + 611_000)]
    assert wall.passes(1_000) == [("tick", NOON + 612_000)]


def test_a_moment_of_a_wrong_clock_changes_nothing() -> None:
    wall = Wall()
    wall.passes(0)
    wall.is_set(86_400_000)
    assert wall.clock.stamp(delivery("{}")) == NOON
    assert wall.passes(2_000) == [("tick", NOON + 2_000)]
    wall.is_set(-86_400_000)
    assert wall.passes(1_000) == [("tick", NOON + 3_000)]
    wall.is_set(86_400_000)
    assert wall.passes(2_000) == [("tick", NOON + 5_000)], "each jump is doubted anew"


def test_a_jump_seen_first_by_a_message_is_not_lost() -> None:
    wall = Wall()
    wall.passes(0)
    wall.is_set(600_000)
    wall.clock.stamp(delivery("{}"))
    wall.wall += 10_000
    wall.steady += 10_000
    assert wall.clock.stamp(delivery("{}")) == NOON + 610_000
    assert ("break", NOON + 610_100, 600_000 + 10_100) in wall.passes(100)


def test_a_step_of_the_wall_within_two_seconds_is_no_break() -> None:
    wall = Wall()
    wall.passes(0)
    wall.is_set(1_900)
    assert wall.passes(200) == [("tick", NOON + 2_000)]


def test_a_jump_while_away_is_part_of_the_one_break() -> None:
    wall = Wall()
    wall.passes(0)
    wall.is_set(600_000)
    for _ in range(12):
        wall.passes(1_000, connected=False)
    assert wall.passes(1_000) == [("break", NOON + 613_000, 613_000), ("tick", NOON + 613_000)]


def test_nobody_elses_tick_moves_the_wall() -> None:
    wall = Wall()
    assert rows([wall.clock.tick(b'{"at": "2099-01-01T00:00:00Z", "end": true}')]) == []
    assert not wall.clock.ended


moves = st.lists(
    st.tuples(st.integers(0, 5_000), st.integers(-10_000_000, 10_000_000) | st.just(0), st.booleans(), st.booleans()),
    max_size=30,
)


@given(moves, st.integers(-100_000, 100_000))
def test_whatever_the_wall_does_stamps_and_rows_never_go_back(
    moves: list[tuple[int, int, bool, bool]], since: int
) -> None:
    wall = Wall(since=NOON + since)
    seen, ticks = [], []
    for passed, step, connected, message in moves:
        wall.is_set(step)
        told = wall.passes(passed, connected)
        assert connected or told == []
        ticks += [row[1] for row in told if row[0] == "tick"]
        seen.append(wall.clock.now)
        if message:
            seen.append(wall.clock.stamp(delivery("{}")))
    assert seen == sorted(seen)
    assert ticks == sorted(set(ticks))
    assert all(tick % 1000 == 0 for tick in ticks)


@pytest.mark.parametrize("at", ["2026-08-04T12:00:00.120+08:00", "2026-08-04T04:00:00.120Z", str(NOON + 120)])
def test_feed_time_is_the_property_in_either_form(at: str) -> None:
    clock = FeedClock(NOON, False)
    assert clock.stamp(delivery("{}", at=at)) == NOON + 120
    assert clock.now == NOON + 120


@pytest.mark.parametrize("at", ["", "yesterday", "²", "--5", "1" * 5_000, "-", "2026-08-04T12:00:00", "9" * 15, "0x10"])
def test_a_property_that_is_no_time_counts_as_now(at: str) -> None:
    assert FeedClock(NOON, False).stamp(delivery("{}", at=at)) == NOON


def test_feed_time_never_goes_back() -> None:
    clock = FeedClock(NOON, False)
    assert clock.stamp(delivery("{}", at="2026-08-04T11:00:00+08:00")) == NOON
    assert rows([clock.tick(b'{"at": "2026-08-04T11:00:00+08:00"}')]) == [("tick", NOON)]


def test_a_replay_that_pauses_tells_the_whole_second_and_one_that_ends_its_very_time() -> None:
    clock = FeedClock(NOON, False)
    assert rows([clock.tick(b'{"at": "2026-08-04T12:00:01.700+08:00"}')]) == [("tick", NOON + 1_000)]
    assert not clock.ended
    end = b'{"at": %d, "end": true}' % (NOON + 2_345)
    assert rows([clock.tick(end)]) == [("end", NOON + 2_345)]
    assert clock.ended


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"at": "\xff"}',
        b'{"at": "soon"}',
        b'{"at": 1e300}',
        b'{"at": 99999999999999999999}',
        b'{"at": true}',
        b'{"at": 1, "end": "yes"}',
        b"[" * 100_000,
    ],
)
def test_a_tick_that_cannot_be_read_moves_nothing(payload: bytes) -> None:
    clock = FeedClock(NOON, False)
    assert rows([clock.tick(payload)]) == []
    assert (clock.now, clock.ended) == (NOON, False)


@given(st.binary(max_size=40), st.text(max_size=40))
def test_no_bytes_and_no_text_can_stop_feed_time(payload: bytes, at: str) -> None:
    clock = FeedClock(NOON, False)
    clock.tick(payload)
    assert clock.stamp(delivery(payload, at=at)) >= NOON


def test_feed_time_stands_still_while_nothing_comes() -> None:
    assert FeedClock(NOON, False).idle(True) == ()
