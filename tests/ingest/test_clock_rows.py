"""Feed time's ticks stand where each second begins, and clock rows are what the columns say of them."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.clock_rows import clock_rows, with_ticks
from ingest.decode import Decoder
from ingest.inputs import BREAK, COLUMN_TYPES, NO_SEQ, TICK, join
from ingest.message import Message
from ingest.timing import Timing
from tests.ingest.decoding import AT, message, vocabulary

Told = list[tuple[str, int]]


def sent(rows: int, at: int) -> Message:
    """A message that gives so many rows, none where it is refused."""
    return message(json.dumps([{"flags": []}] * rows), at=at)


def told(batch: list[Message], clock: int) -> Told:
    """What the columns of a batch say: ticks and readings, each with its ``at``."""
    inputs = with_ticks(
        Decoder(vocabulary(), Timing()).decode(batch).inputs,
        np.array([each.at for each in batch], dtype=np.int64),
        clock,
    )
    names = {TICK: "tick", 0: "reading"}
    return [(names[metric], at) for metric, at in zip(inputs.metric.tolist(), inputs.at.tolist(), strict=True)]


def expected(counts_and_times: list[tuple[int, int]], clock: int) -> Told:
    """The same, one message at a time."""
    rows: Told = []
    for count, at in counts_and_times:
        second = at - at % 1000
        if second > clock:
            clock = second
            rows.append(("tick", second))
        rows += [("reading", at)] * count
    return rows


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(AT, AT + 5000)), max_size=12),
    st.sampled_from([0, AT - 1000, AT, AT + 3000]),
)
def test_each_second_is_preceded_by_its_tick(counts_and_times: list[tuple[int, int]], clock: int) -> None:
    assert told([sent(rows, at) for rows, at in counts_and_times], clock) == expected(counts_and_times, clock)


def test_a_refused_message_moves_the_clock() -> None:
    assert told([sent(0, AT + 1000), sent(1, AT + 3500)], AT) == [
        ("tick", AT + 1000),
        ("tick", AT + 3000),
        ("reading", AT + 3500),
    ]


def test_without_a_new_second_the_inputs_are_left_alone() -> None:
    inputs = Decoder(vocabulary(), Timing()).decode([sent(2, AT + 999)]).inputs
    assert with_ticks(inputs, np.array([AT + 999]), AT) is inputs


def test_clock_rows_are_of_no_device_and_no_message() -> None:
    row = clock_rows(BREAK, [AT], 1500)
    named = {name: getattr(row, name).tolist() for name in COLUMN_TYPES}
    assert named == {
        "device": [-1], "metric": [BREAK], "value": [1500.0], "ts": [AT], "sent": [AT], "seq": [NO_SEQ],
        "at": [AT], "message": [-1], "marks": [0],
    }  # fmt: skip


def test_clock_rows_have_the_columns_types() -> None:
    both = join([clock_rows(TICK, [AT, AT + 1000]), Decoder(vocabulary(), Timing()).decode([sent(1, AT)]).inputs])
    assert {name: getattr(both, name).dtype for name in COLUMN_TYPES} == {
        name: np.dtype(kind) for name, kind in COLUMN_TYPES.items()
    }
