"""The sums hold: every message is accepted, a duplicate or rejected, exactly once, under its first reason."""

import json
from collections import Counter
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.decode import Decoder
from ingest.message import Message
from ingest.places import Places
from ingest.timing import Timing
from ingest.topics import UP
from ingest.vocabulary import Vocabulary
from pipeline.clocks import NO_ROWS
from pipeline.step import Step
from pipeline.stepping import Arrived
from pipeline.totals import by_prefix, count
from rules.engine import Engine
from rules.rulebook_file import parse_rulebook
from tests.alerts.town import NOON, STALE, Town
from tests.parts.small_site import RULEBOOK


def street() -> Step:
    """The real decoder, engine and ledger over three rules and one known device."""
    rulebook, faults = parse_rulebook(RULEBOOK, "rulebook.toml")
    assert rulebook is not None, faults
    vocabulary = Vocabulary()
    vocabulary.register(["D1"])
    timing = Timing(stale=STALE)
    engine = Engine(rulebook, Places(), vocabulary, timing)
    return Step(vocabulary, Decoder(vocabulary, timing), engine, Town().ledger)


def totals_of(batches: Sequence[Sequence[Message]]) -> Counter[str]:
    step, totals = street(), Counter[str]()
    for batch in batches:
        now = max((message.at for message in batch), default=NOON)
        count(totals, step(Arrived(batch, NO_ROWS, NO_ROWS, now)), redelivered=0)
    return totals


def sent(payload: object, at: int = 0, topic: str = f"{UP}D1") -> Message:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Message(topic, raw, NOON + at)


def one_by_one(*messages: Message) -> Counter[str]:
    return totals_of([[message] for message in messages])


def test_a_message_with_anything_new_is_accepted_and_its_refused_values_are_counted_apart() -> None:
    totals = one_by_one(sent({"values": {"smoke": 0.1, "gas": "much", "rain": -1}}))
    assert (totals["received"], totals["accepted"], totals["rejected"]) == (1, 1, 0)
    assert by_prefix(totals, "refused_values") == {"bad_value": 1, "out_of_range": 1}
    assert totals["readings"] == 1


def test_a_message_with_nothing_new_but_something_known_is_a_duplicate() -> None:
    reading = {"ts": NOON, "seq": 7, "values": {"smoke": 0.1, "gas": "much"}}
    totals = one_by_one(sent(reading), sent(reading, 500))
    assert (totals["accepted"], totals["duplicates"], totals["rejected"], totals["readings"]) == (1, 1, 0, 1)
    assert by_prefix(totals, "refused_values") == {"bad_value": 2}


def test_a_message_with_something_new_beside_a_duplicate_is_accepted_and_no_duplicate() -> None:
    known = {"ts": NOON, "seq": 7, "values": {"smoke": 0.1}}
    totals = one_by_one(sent(known), sent([known, {"ts": NOON + 400, "seq": 8, "values": {"smoke": 0.1}}], 500))
    assert (totals["received"], totals["accepted"], totals["duplicates"], totals["rejected"]) == (2, 2, 0, 0)


def test_a_message_with_neither_is_rejected_once_under_its_first_reason() -> None:
    totals = one_by_one(sent([{"values": {"smoke": "much", "gas": -99}}, 5, {}]))
    assert by_prefix(totals, "rejected") == {"bad_value": 1}
    assert (totals["rejected"], totals["accepted"], totals["duplicates"]) == (1, 0, 0)


def test_a_late_reading_is_accepted_and_counted_as_late() -> None:
    totals = one_by_one(
        sent({"ts": NOON, "values": {"smoke": 0.1}}), sent({"ts": NOON - 5, "values": {"smoke": 0.2}}, 1)
    )
    assert (totals["accepted"], totals["late"], totals["readings"]) == (2, 1, 2)


def test_events_are_counted_by_kind() -> None:
    totals = one_by_one(sent({"flags": ["fire"]}), sent({"flags": []}, 1_000), sent({"flags": []}, 9_000))
    assert by_prefix(totals, "events") == {"cleared": 1, "raised": 1}


def test_a_prefix_takes_whole_names() -> None:
    assert by_prefix({"rejected": 3, "rejected.empty": 1, "rejectedly.x": 2}, "rejected") == {"empty": 1}


numbers = st.floats(-50, 50) | st.sampled_from([0.1, 0.3, 2.0]) | st.text(max_size=3) | st.none() | st.booleans()
readings = st.fixed_dictionaries(
    {},
    optional={
        "ts": st.integers(NOON - 20_000, NOON + 20_000) | st.text(max_size=4),
        "seq": st.integers(0, 3) | st.text(max_size=2),
        "values": st.dictionaries(st.sampled_from(["smoke", "gas", "rain", "unheard", ""]), numbers, max_size=3)
        | st.none(),
        "flags": st.lists(st.sampled_from(["fire", "test", "odd"]), max_size=2) | st.integers(),
    },
)
payloads = st.binary(max_size=12) | readings | st.lists(readings | st.integers(), max_size=3)
messages = st.lists(
    st.tuples(payloads, st.sampled_from([f"{UP}D1", f"{UP}D2", UP, "elsewhere"]), st.booleans()), max_size=12
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages, st.integers(1, 5))
def test_the_sums_hold_for_arbitrary_messages_whatever_the_batch(
    drawn: list[tuple[object, str, bool]], size: int
) -> None:
    stream: list[Message] = []
    for place, (payload, topic, twice) in enumerate(drawn):
        stream += [sent(payload, place * 700, topic)] * (1 + twice)
    batches = [stream[start : start + size] for start in range(0, len(stream), size)]
    totals = totals_of(batches)
    assert totals["received"] == len(stream)
    assert totals["received"] == totals["accepted"] + totals["duplicates"] + totals["rejected"]
    assert sum(by_prefix(totals, "rejected").values()) == totals["rejected"]
    assert totals == totals_of([stream])
