"""A worker that is alive but reads nothing ends; one that has nothing to read, or whose Kafka is away, does not."""

import asyncio
from typing import Any, NamedTuple

import pytest

from pipeline.cluster import watchdog
from pipeline.cluster.watchdog import STUCK_SECONDS, Watchdog


class Where(NamedTuple):
    topic: str
    partition: int


class Consumer:
    """Its places and ends are the story's."""

    def __init__(self) -> None:
        self.places = {Where("readings", 0): 5, Where("readings", 1): 9, Where("other", 0): 0}
        self.ends = {Where("readings", 0): 5, Where("readings", 1): 9, Where("other", 0): 100}
        self.away = False

    def assignment(self) -> set[Where]:
        return set(self.places)

    async def position(self, where: Where) -> int:
        return self.places[where]

    async def highwaters(self, *wanted: Where) -> dict[Where, int]:
        if self.away:
            raise ConnectionError
        return {where: self.ends[where] for where in wanted}


class Story:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.consumer = Consumer()
        self.now = 0.0
        self.ended: list[int] = []
        patch.setattr(watchdog.time, "monotonic", lambda: self.now)
        patch.setattr(watchdog.os, "_exit", self.ended.append)
        app: Any = type("App", (), {"consumer": self.consumer})
        self.dog = Watchdog(app, "readings")

    def passes(self, seconds: float) -> bool:
        """Whether the worker still lives."""
        for _ in range(int(seconds)):
            self.now += 1
            asyncio.run(self.dog.look())
        return not self.ended


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    return Story(monkeypatch)


def test_nothing_to_read_is_no_reason(story: Story) -> None:
    assert story.passes(100)


def test_a_partition_that_is_never_fetched_ends_the_worker(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    story.consumer.ends[Where("readings", 1)] = 10
    assert story.passes(STUCK_SECONDS)
    assert not story.passes(3)
    assert story.ended[0] == 1
    assert "stuck: partition 1 stands at 9 of 10 for" in capsys.readouterr().out


def test_one_that_goes_on_however_slowly_is_not_stuck(story: Story) -> None:
    story.consumer.ends[Where("readings", 0)] = 1000
    for _ in range(10):
        assert story.passes(STUCK_SECONDS - 1)
        story.consumer.places[Where("readings", 0)] += 1


def test_a_kafka_that_is_away_is_no_reason(story: Story) -> None:
    story.consumer.ends[Where("readings", 1)] = 10
    story.passes(10)
    story.consumer.away = True
    assert story.passes(100)
    story.consumer.away = False
    assert story.passes(STUCK_SECONDS - 1)
