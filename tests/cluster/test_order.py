"""The order in which the shards' events are recorded, and from where a restart reads."""

import random

import pytest
from msgspec.structs import replace

from pipeline.cluster.order import Order
from pipeline.cluster.positions import next_of
from pipeline.cluster.told import VERSION, Told, ToldFault, pack_told, unpack_told
from rules.events import Event
from tests.store.made import event

SHARDS = 3
TOPIC = "fengshao.alert-events"


def event_at(number: int, received: int) -> Event:
    return replace(event(number), received=received)


def stream(chance: random.Random) -> list[tuple[int, int, Told]]:
    """(shard, offset, what it tells): each shard's time goes on, its events are received before it."""
    records, clocks, offsets = [], [0] * SHARDS, [0] * SHARDS
    for number in range(60):
        shard = chance.randrange(SHARDS)
        events = []
        for extra in range(chance.randrange(3)):
            clocks[shard] += chance.randrange(3)
            events.append(event_at(number * 10 + extra, clocks[shard]))
        clocks[shard] += chance.randrange(3)
        offsets[shard] += chance.randrange(1, 3)
        records.append((shard, offsets[shard], Told(VERSION, shard, clocks[shard], events)))
    return [*records, *((shard, offsets[shard] + 1, Told(VERSION, shard, 1000, [])) for shard in range(SHARDS))]


def times(events: list[Event]) -> list[int]:
    return [one.received for one in events]


@pytest.mark.parametrize("seed", range(20))
def test_on_feed_time_all_come_in_the_order_of_time_whatever_comes_first(seed: int) -> None:
    records = stream(random.Random(seed))
    order = Order(TOPIC, SHARDS, True, {})
    released = []
    for shard, offset, told in records:
        order.add(told, shard, offset)
        released += list(order.released())
    assert times(released) == sorted(times(released))
    assert len(released) == sum(len(told.events) for _, _, told in records)
    assert order.clock == 1000


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("waits", [True, False])
def test_a_restart_anywhere_loses_nothing_and_keeps_the_order(seed: int, waits: bool) -> None:
    chance = random.Random(seed)
    records = stream(chance)
    cut = chance.randrange(len(records))
    order = Order(TOPIC, SHARDS, waits, {})
    first: list[Event] = []
    for shard, offset, told in records[:cut]:
        order.add(told, shard, offset)
        first += list(order.released())
    positions = order.positions()
    again = Order(TOPIC, SHARDS, waits, positions)
    second: list[Event] = []
    for shard, offset, told in records:
        if offset >= positions[next_of(TOPIC, shard)]:
            again.add(told, shard, offset)
            second += list(again.released())
    everything = {one.id for _, _, told in records for one in told.events}
    assert {one.id for one in [*first, *second]} == everything
    if waits:
        fresh = [one for one in second if one.id not in {old.id for old in first}]
        assert times([*first, *fresh]) == sorted(times([*first, *fresh]))


def test_on_the_wall_clock_nothing_waits_for_another_shard() -> None:
    order = Order(TOPIC, SHARDS, False, {})
    order.add(Told(VERSION, 1, 50, [event_at(1, 40)]), 1, 0)
    assert times(list(order.released())) == [40]
    assert order.positions()[next_of(TOPIC, 1)] == 1


def test_what_is_told_comes_back_as_it_was_and_noise_is_named() -> None:
    told = unpack_told(pack_told(2, 7, [event(1)]))
    assert (told.shard, told.clock, told.events) == (2, 7, [event(1)])
    for noise in (b"", b"{}", b"\xff", b"[" * 5000, b'{"version":9,"shard":0,"clock":0,"events":[]}'):
        with pytest.raises(ToldFault):
            unpack_told(noise)
    for strange in (replace(event(1), level="purple"), replace(event(1), level="none"), replace(event(1), at=10**18)):
        with pytest.raises(ToldFault, match=r"found level|found the time"):
            unpack_told(pack_told(2, 7, [strange]))
    with pytest.raises(ToldFault, match="found the time"):
        unpack_told(pack_told(2, 10**18, []))


def test_positions_of_another_log_are_not_ours() -> None:
    order = Order(TOPIC, SHARDS, True, {})
    for shard in range(SHARDS):
        order.add(Told(VERSION, shard, 50, []), shard, 6)
    assert Order("other.alert-events", SHARDS, True, order.positions()).clock == 0
    assert Order(TOPIC, SHARDS, True, order.positions()).clock == 50
