"""Stories of one notice: sent, delivered, answered, tried again, failed."""

from alerts.model import Receipt
from tests.alerts.town import NOON, TOWNSHIP, Town, fire


def test_sent_delivered_and_answered_are_three_times() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    notice = next(notice for notice in town.notices if notice.person == TOWNSHIP)
    town.do(Receipt(notice_id=notice.id, state="sent", at=NOON + 1), now=NOON + 2)
    town.do(Receipt(notice_id=notice.id, state="delivered", at=NOON + 3), now=NOON + 4)
    town.say("accept", TOWNSHIP, NOON + 5)
    town.do(Receipt(notice_id=notice.id, state="sent", at=NOON + 6), now=NOON + 7)
    after = town.stored["notices"][notice.id]
    assert (after.state, after.sent_at, after.delivered_at, after.answered_at) == (
        "answered",
        NOON + 1,
        NOON + 3,
        NOON + 5,
    )


def test_a_failed_notice_is_tried_again_and_in_the_end_shown_as_failed() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    notice = town.notices[0]
    at = NOON
    for tries in range(1, 8):
        town.do(Receipt(notice_id=notice.id, state="failed", at=at, failure="timeout"), now=at)
        after = town.stored["notices"][notice.id]
        assert (after.state, after.tries, after.failure) == ("pending", tries, "timeout")
        assert after.next_try_at > at
        at = after.next_try_at
    town.do(Receipt(notice_id=notice.id, state="failed", at=at, failure="timeout"), now=at)
    assert town.stored["notices"][notice.id].state == "failed"
    assert [step.kind for step in town.steps][-1] == "undelivered"


def test_a_final_failure_is_not_tried_again() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    refused = Receipt(notice_id=town.notices[0].id, state="failed", at=NOON, failure="http_404", final=True)
    town.do(refused, now=NOON)
    assert town.notices[0].state == "failed"


def test_a_receipt_of_failure_after_it_was_sent_takes_nothing_back() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    notice = town.notices[0]
    town.do(Receipt(notice_id=notice.id, state="sent", at=NOON + 1), now=NOON + 1)
    assert not town.do(Receipt(notice_id=notice.id, state="failed", at=NOON + 2, failure="timeout"), now=NOON + 2)


def test_the_first_answer_of_a_person_is_the_one_that_is_timed() -> None:
    town = Town()
    town.do(fire(), now=NOON)
    for second, answer in enumerate(("accept", "arrive", "true"), 1):
        town.say(answer, TOWNSHIP, NOON + second)
    assert {notice.answered_at for notice in town.notices if notice.person == TOWNSHIP} == {NOON + 1}
