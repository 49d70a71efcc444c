"""What holds for every message, however strange."""

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.decode import Decoder
from ingest.decode.depth import DEEPEST, is_too_deep
from ingest.decode.refusals import MOST
from ingest.inputs import Inputs, join
from ingest.message import Message
from ingest.metrics import METRICS
from ingest.timing import Timing
from ingest.topics import UP
from tests.ingest.decoding import AT, decode, message, vocabulary

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from([AT, "2026-08-04T14:03:05+08:00", "fire", "smoke", -(2**63), 2**63]),
)
names = st.one_of(st.sampled_from(["ts", "seq", "values", "flags", "smoke", "gas"]), st.text())
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4))
)
flag_words = st.sampled_from(["fire", "test", "fault", "Fire"])
metric_values = st.dictionaries(st.sampled_from([metric.name for metric in METRICS] + ["radon"]), scalars, max_size=4)
loose_readings = st.fixed_dictionaries(
    {},
    optional={
        "ts": scalars,
        "seq": scalars,
        "values": st.one_of(metric_values, anything),
        "flags": st.one_of(st.lists(flag_words, max_size=3), anything),
        "x": anything,
    },
)
loose_json = st.one_of(anything, loose_readings, st.lists(loose_readings, max_size=4))


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """JSON with a few of its bytes cut out or replaced."""
    payload = json.dumps(draw(loose_json), ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    start = draw(st.integers(0, len(payload)))
    return payload[:start] + draw(st.binary(max_size=3)) + payload[start + draw(st.integers(0, 4)) :]


payloads = st.one_of(
    st.binary(),
    broken(),
    loose_json.map(lambda value: json.dumps(value).encode()),
)
topics = st.one_of(st.sampled_from(["dev-1", "dev-1", "dev-2"]).map(UP.__add__), st.text())
messages = st.builds(Message, topics, payloads, st.integers(AT - 10_000, AT + 10_000))


@given(st.lists(messages, max_size=5))
def test_no_message_raises_and_none_is_lost(batch: list[Message]) -> None:
    decoded = decode(*batch)
    accounted = set(decoded.inputs.message.tolist()) | {rejected.message for rejected in decoded.rejected}
    assert accounted == set(range(len(batch)))
    assert decoded.messages == len(batch)
    assert np.isfinite(decoded.inputs.value).all()
    assert (decoded.inputs.value[decoded.inputs.metric == 0] % 1 == 0).all()
    assert all(len(rejected.detail.encode()) < 1000 for rejected in decoded.rejected)


@given(st.lists(messages, max_size=5))
def test_rows_and_refusals_stand_in_the_order_of_messages(batch: list[Message]) -> None:
    decoded = decode(*batch)
    assert (np.diff(decoded.inputs.message) >= 0).all()
    places = [rejected.message for rejected in decoded.rejected]
    assert places == sorted(places)
    assert all(places.count(place) <= MOST for place in places)
    for rejected in decoded.rejected:
        sent = batch[rejected.message]
        assert (rejected.mqtt_topic, rejected.payload, rejected.at) == (sent.mqtt_topic, sent.payload, sent.at)


@given(st.lists(messages, max_size=6), st.integers(0, 6))
def test_where_a_batch_is_cut_makes_no_difference(batch: list[Message], cut: int) -> None:
    whole = decode(*batch)
    decoder = Decoder(vocabulary(), Timing())
    first, second = decoder.decode(batch[:cut]), decoder.decode(batch[cut:])
    second.inputs.message[:] += first.messages
    assert same(whole.inputs, join([first.inputs, second.inputs]))
    reasons = [(rejected.reason, rejected.detail) for rejected in first.rejected + second.rejected]
    assert reasons == [(rejected.reason, rejected.detail) for rejected in whole.rejected]


@given(payloads)
def test_the_short_road_and_the_exact_one_agree(payload: bytes) -> None:
    # A byte order mark is refused by the strict parser and skipped by the tolerant one.
    short, exact = decode(message(payload)), decode(message(b"\xef\xbb\xbf" + payload))
    if not payload.startswith(b"\xef\xbb\xbf"):
        assert same(short.inputs, exact.inputs)
        assert [rejected.reason for rejected in short.rejected] == [rejected.reason for rejected in exact.rejected]


@given(st.lists(st.tuples(st.integers(AT - 5, AT + 5), st.floats(0, 30)), min_size=1, max_size=8))
def test_elements_are_sorted_by_time_and_stay_in_place_where_equal(elements: list[tuple[int, float]]) -> None:
    batch = [{"ts": ts, "values": {"smoke": value}} for ts, value in elements]
    inputs = decode(message(json.dumps(batch))).inputs
    found = list(zip(inputs.ts.tolist(), inputs.value.tolist(), strict=True))
    assert found == sorted(elements, key=lambda element: element[0])


def depth(value: Any) -> int:
    """How deep a JSON value nests, one level at a time."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(anything, st.integers(0, DEEPEST + 2))
def test_depth_counts_levels_and_no_brackets_in_texts(inner: Any, more: int) -> None:
    for level in range(more):
        inner = [inner, "]}"] if level % 2 else {"[{\\": inner}
    assert is_too_deep(json.dumps(inner).encode()) == (depth(inner) > DEEPEST)


def same(one: Inputs, other: Inputs) -> bool:
    """Whether all columns are equal."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Inputs.__slots__)
