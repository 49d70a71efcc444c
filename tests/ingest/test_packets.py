"""Inputs in bytes: what goes in comes out under any numbering, and bytes that are none are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.inputs import COLUMN_TYPES, NO_SEQ, TICK, Inputs, inputs_of
from ingest.packets import HEAD, Packet, PacketFault, pack_packet, unpack_packet
from ingest.places import Device, Places
from ingest.shards import Splitter, shard_of
from ingest.vocabulary import UNKNOWN_DEVICES, Vocabulary

NAMES = ["a", "设备", "c", "d"]


def sender() -> Vocabulary:
    words = Vocabulary()
    for name in NAMES:
        words.device(name)
    return words


def rows(*listed: tuple[int, int, float]) -> Inputs:
    return inputs_of(
        {
            name: [
                {"device": device, "metric": metric, "value": value, "seq": NO_SEQ}.get(name, 7)
                for device, metric, value in listed
            ]
            for name in COLUMN_TYPES
        }
    )


def packed(inputs: Inputs) -> bytes:
    return pack_packet(Packet("field", 1, inputs), sender())


def spoken(inputs: Inputs, words: Vocabulary) -> list[tuple[str, str, float]]:
    return [
        (words.devices[device] if device >= 0 else "", words.metrics[metric] if metric >= 0 else str(metric), value)
        for device, metric, value in zip(
            inputs.device.tolist(), inputs.metric.tolist(), inputs.value.tolist(), strict=True
        )
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, len(NAMES) - 1), st.integers(0, 12), st.floats(allow_nan=False))
        | st.just((-1, TICK, 0.0)),
        max_size=20,
    )
)
def test_what_goes_in_comes_out_under_the_receivers_numbers(listed: list[tuple[int, int, float]]) -> None:
    words, theirs = sender(), Vocabulary()
    theirs.device("somebody else")
    inputs = rows(*listed)
    found = unpack_packet(pack_packet(Packet("field", 7, inputs), words), theirs)
    assert (found.source, found.number) == ("field", 7)
    assert spoken(found.inputs, theirs) == spoken(inputs, words)
    for name in COLUMN_TYPES.keys() - {"device", "metric"}:
        assert np.array_equal(getattr(found.inputs, name), getattr(inputs, name))


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda packet: b"", "found version of nothing; expected 01"),
        (lambda packet: b"\x09" + packet[1:], "found version 09"),
        (lambda packet: packet[:HEAD], "Input data was truncated"),
        (lambda packet: packet[:-1], "buffer"),
        (lambda packet: b"{}", "found version 7b"),
        (lambda packet: packet.replace(b"\x01\x91\xa1a", b"\x01\x91\xc0", 1), "Expected `str`"),
    ],
)
def test_bytes_that_are_no_packet_are_named(broken: object, why: str) -> None:
    packet = packed(rows((0, 1, 1.0)))
    with pytest.raises(PacketFault, match=why):
        unpack_packet(broken(packet), Vocabulary())  # type: ignore[operator]


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_do_more_than_be_refused(noise: bytes, place: int) -> None:
    packet = packed(rows((0, 1, 1.0), (1, 2, 3.0)))
    for bad in (noise, b"\x01" + noise, packet[:place] + noise[:4] + packet[place + 4 :]):
        try:
            unpack_packet(bad, Vocabulary())
        except PacketFault:
            continue


def test_rows_of_names_that_there_is_no_room_for_are_left_out() -> None:
    full = Vocabulary()
    for number in range(UNKNOWN_DEVICES - 1):
        full.device(str(number))
    found = unpack_packet(packed(rows((0, 1, 1.0), (-1, TICK, 0.0), (1, 1, 2.0))), full)
    assert spoken(found.inputs, full) == [("a", full.metrics[1], 1.0), ("", str(TICK), 0.0)]


def test_a_shard_is_a_townships_whoever_asks_and_a_stranger_goes_by_its_name() -> None:
    devices = {name: Device(name, "smoke", "s", township, "", 0, name) for name, township in (("a", "1"), ("b", "1"))}
    places = Places(devices=devices)
    assert shard_of("a", places, 16) == shard_of("b", places, 16) == 7
    assert {shard_of(f"stranger-{number}", places, 4) for number in range(50)} == {0, 1, 2, 3}


def test_the_clock_goes_to_every_shard_and_a_reading_to_one() -> None:
    words = sender()
    parts = Splitter(Places(), words.devices, 3).split(rows((0, 1, 1.0), (-1, TICK, 0.0), (1, 1, 2.0)))
    assert sum(int((part.device >= 0).sum()) for part in parts) == 2
    assert [int((part.device < 0).sum()) for part in parts] == [1, 1, 1]
