"""What is refused goes through Kafka and into the store, however large the message and however much of it is wrong."""

from itertools import groupby

import pytest

from alerts.ledger import Ledger
from alerts.store.batch_rows import rejected_rows
from ingest.decode import Decoder
from ingest.message import Message
from ingest.rejected import Rejected
from ingest.topics import UP
from ingest.vocabulary import Vocabulary
from pipeline.clocks import NO_ROWS
from pipeline.cluster.intake import Record
from pipeline.cluster.order import Order
from pipeline.cluster.recording import Recording
from pipeline.cluster.refusals import MOST_BYTES, pack_refusal, unpack_refusal
from pipeline.cluster.topics import LARGEST
from pipeline.site import Site, example_site, load_site
from pipeline.stepping import Arrived

AT = 1_785_823_200_000
MANY = 100


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(example_site())


class Waiting:
    """Stands for the intake: what it is given, once."""

    def __init__(self, values: list[bytes]) -> None:
        self._values = values

    def take(self) -> list[Record]:
        return [Record("fengshao.rejected", 0, place, value) for place, value in enumerate(self._values)]


def refused(site: Site, *payloads: bytes, topic: str = f"{UP}T1") -> list[list[Rejected]]:
    """What the decoder says of each message."""
    messages = [Message(topic, payload, AT) for payload in payloads]
    found = Decoder(Vocabulary(), site.timing).decode(messages).rejected
    return [list(of_one) for _, of_one in groupby(found, key=lambda one: one.message)]


def wrong(note: bytes) -> bytes:
    """A message of which a hundred values are refused."""
    return b'{"note": "' + note + b'", "values": {' + b", ".join(b'"m%d": "x"' % n for n in range(MANY)) + b"}}"


@pytest.mark.parametrize("topic", [f"{UP}T1", "\x01" * 65_535])
def test_the_largest_message_is_a_record_that_kafka_takes_with_its_beginning(site: Site, topic: str) -> None:
    payload = bytes(range(256)) * (32 << 12)
    ((found,),) = refused(site, payload, topic=topic)
    packed = pack_refusal(found)
    assert len(packed) < LARGEST // 4
    (back,) = unpack_refusal(packed)
    assert (back.reason, back.mqtt_topic, back.at) == (found.reason, topic, AT)
    assert back.payload == payload[:MOST_BYTES]
    assert back.detail == f"{found.detail}; the first 100000 bytes are kept"


def test_a_payload_goes_and_is_stored_once_however_often_it_is_refused(site: Site) -> None:
    payloads = [wrong(b"a" * 90_000), wrong(b"b"), wrong(b"b")]
    found = refused(site, *payloads)
    assert [len(of_one) for of_one in found] == [MANY] * 3
    packed = [pack_refusal(*of_one) for of_one in found]
    assert sum(map(len, packed)) < 2 * sum(map(len, payloads)) + 100_000
    ledger = Ledger(site.plan, site.places, site.timing.stale)
    order = Order("fengshao.alert-events", 1, False, {})
    step = Recording(ledger, Waiting([*packed, b"poison"]), order, {}, list)  # type: ignore[arg-type]
    decoded = step(Arrived((), NO_ROWS, NO_ROWS, AT)).decoded
    assert decoded.messages == 4
    said = [(one.message, one.reason, one.payload, one.detail) for one in decoded.rejected[:-1]]
    assert said == [(one.message, one.reason, one.payload, one.detail) for of_one in found for one in of_one]
    kept = [row[4] for row in rejected_rows(1, decoded.rejected)]
    assert kept == [row for payload in payloads for row in [payload, *[None] * (MANY - 1)]] + [b"poison"]
