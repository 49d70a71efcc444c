"""A worker that is alive but does not come on asks again, then ends; one that has nothing to do lives on."""

from pipeline.cluster.watchdog import AGAIN_SECONDS, SETTLE_SECONDS, STUCK_SECONDS, Place, Verdict, Watchdog

IDLE = Place(end=10, position=10, fetched=8, taken=8)
UNFETCHED = Place(end=12, position=10, fetched=8, taken=8)
LOST = Place(end=12, position=12, fetched=11, taken=8)


class Story:
    """A look a second."""

    def __init__(self) -> None:
        self.dog = Watchdog()
        self.now = 1000.0

    def passes(self, seconds: float, places: dict[int, Place] | None, changing: bool = False) -> list[Verdict]:
        verdicts = []
        for _ in range(int(seconds)):
            self.now += 1
            verdicts.append(self.dog.look(self.now, places, changing))
        return verdicts


def lives(verdicts: list[Verdict]) -> bool:
    return not any(verdict.stuck for verdict in verdicts)


def asked(verdicts: list[Verdict]) -> list[int]:
    return [shard for verdict in verdicts for shard in verdict.again]


def test_nothing_to_read_is_no_reason() -> None:
    verdicts = Story().passes(1000, {0: IDLE, 1: Place(0, 0, -1, -1)})
    assert lives(verdicts)
    assert asked(verdicts) == []


def test_a_partition_that_is_never_fetched_ends_the_worker() -> None:
    story = Story()
    assert lives(story.passes(5, {0: IDLE, 1: IDLE}))
    assert lives(story.passes(STUCK_SECONDS, {0: IDLE, 1: UNFETCHED}))
    assert story.passes(1, {0: IDLE, 1: UNFETCHED})[0].stuck == (
        "shard 1 stands still for 16 s: judged up to 8, fetched up to 8, reads on at 10 of 12"
    )


def test_what_got_lost_on_its_way_is_asked_for_again_and_not_for_ever() -> None:
    story = Story()
    story.passes(5, {3: IDLE})
    verdicts = story.passes(STUCK_SECONDS, {3: LOST})
    assert lives(verdicts)
    assert asked(verdicts) == [3] * int(STUCK_SECONDS // AGAIN_SECONDS)
    assert not lives(story.passes(1, {3: LOST}))


def test_reading_the_same_again_is_no_progress() -> None:
    story = Story()
    story.passes(5, {3: IDLE})
    back = Place(end=12, position=9, fetched=11, taken=8)
    verdicts = [one for _ in range(10) for one in story.passes(1, {3: LOST}) + story.passes(1, {3: back})]
    assert not lives(verdicts)


def test_what_arrives_when_it_is_asked_for_again_is_all_right() -> None:
    story = Story()
    story.passes(5, {3: IDLE})
    assert asked(story.passes(AGAIN_SECONDS, {3: LOST})) == [3]
    assert lives(story.passes(100, {3: Place(12, 12, 11, 11)}))


def test_one_that_goes_on_however_slowly_is_not_stuck() -> None:
    story = Story()
    for done in range(10):
        assert lives(story.passes(STUCK_SECONDS - 1, {0: Place(1000, 100 + done, 99 + done, 99 + done)}))
        assert lives(story.passes(STUCK_SECONDS - 1, {1: Place(1000, 1000, 998, 100 + done)}))


def test_a_shard_that_comes_back_begins_anew() -> None:
    story = Story()
    story.passes(10, {0: LOST})
    story.passes(1, {})
    assert lives(story.passes(STUCK_SECONDS, {0: UNFETCHED}))


def test_while_shards_change_hands_there_is_more_time_and_nothing_is_asked_for() -> None:
    story = Story()
    verdicts = story.passes(SETTLE_SECONDS, {0: LOST}, changing=True)
    assert lives(verdicts)
    assert asked(verdicts) == []
    assert not lives(story.passes(2, {0: LOST}, changing=True))


def test_a_consumer_that_does_not_answer_is_given_up_after_a_minute() -> None:
    story = Story()
    story.passes(3, {0: UNFETCHED})
    assert lives(story.passes(SETTLE_SECONDS, None))
    assert story.passes(1, None)[0].stuck == "the consumer has not answered for 61 s"


def test_a_kafka_that_is_away_for_a_while_is_no_reason() -> None:
    story = Story()
    story.passes(3, {0: IDLE})
    assert lives(story.passes(30, None))
    assert lives(story.passes(STUCK_SECONDS - 1, {0: UNFETCHED}))
