"""What Kafka does not take is named and not tried for ever, and no part of it is in the log."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cluster.log import Log, LogRefused, SourceState
from pipeline.cluster.topics import LARGEST, READINGS, REJECTED
from pipeline.site import example_site
from tests.cluster.roles import Roles
from tests.parts.kafka import Kafka as KafkaServer

pytestmark = pytest.mark.part("kafka")


@pytest.fixture
def roles(kafka: KafkaServer, tmp_path: Path) -> Iterator[Roles]:
    with Roles(kafka, example_site(), "mqtt://127.0.0.1:1", 2, tmp_path) as running:
        yield running


@pytest.fixture
def log(roles: Roles) -> Iterator[Log]:
    made = Log(roles.kafka, "field")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("refusal", "unacknowledged"),
    [(b"x" * (LARGEST + 1), b""), (b"x", b"y" * (2 << 20))],
    ids=["our own client refuses it", "the topic refuses it"],
)
def test_what_is_too_large_is_named_and_nothing_of_its_transaction_is_there(
    roles: Roles, log: Log, refusal: bytes, unacknowledged: bytes
) -> None:
    first = SourceState(1, 1000, packets=[1, 0])
    assert log.open() == SourceState()
    log.write([(0, b"good")], [b"good"], first)
    with pytest.raises(LogRefused, match=r"MessageSizeTooLargeError.*max\.message\.bytes"):
        log.write([(1, b"lost")], [refusal], SourceState(2, 2000, unacknowledged=unacknowledged))
    assert log.open() == first
    assert roles.records(READINGS) == [(0, b"good")]
    assert roles.records(REJECTED) == [(0, b"good")]


def test_a_user_that_is_not_let_in_is_named(roles: Roles, kafka: KafkaServer) -> None:
    wrong = replace(
        roles.kafka, bootstrap=kafka.guarded, user=kafka.login, password="wrong", authority=str(kafka.authority)
    )
    log = Log(wrong, "field")
    with pytest.raises(LogRefused, match="this user is not let in"):
        log.open()
    log.close()
