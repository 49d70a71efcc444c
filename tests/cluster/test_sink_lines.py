"""What the sink makes of a record: lines for what can be read, a reason for what cannot, and its own figures."""

import numpy as np
import pytest

from ingest.inputs import COLUMN_TYPES, Inputs, inputs_of
from ingest.packets import Packet, pack_packet
from ingest.vocabulary import UNKNOWN_DEVICES, Vocabulary
from pipeline.cluster import sink_figures
from pipeline.cluster.sink_figures import Figures
from pipeline.cluster.sink_lines import LineMaker, RecordLines
from pipeline.cluster.told import pack_told
from pipeline.site import example_site, load_site
from rules.events import Event, Subject

EVENT = Event(
    id="an-id",
    event="raised",
    rule="gas-lel",
    hazard="gas_leak",
    subject=Subject("device", "D1"),
    level="yellow",
    at=1_785_000_000_123,
    received=1_785_000_001_000,
    value=31.25,
    threshold=25.0,
    reason="reading",
    evidence=(),
    basis="a basis",
    site="S1",
    township="330602001",
    version="1",
)


@pytest.fixture(scope="module")
def maker() -> LineMaker:
    return LineMaker(load_site(example_site()))


def rows(words: Vocabulary, names: list[str]) -> Inputs:
    """A reading of each, and a tick."""
    blank = inputs_of({name: [0.0] * (len(names) + 1) for name in COLUMN_TYPES})
    device = np.array([*(words.device(name) for name in names), -1], np.int32)
    metric = np.array([*[words.metric("smoke")] * len(names), -1], np.int16)
    return blank.with_columns(device=device, metric=metric)


def packed(names: list[str]) -> bytes:
    words = Vocabulary()
    return pack_packet(Packet("field", 1, rows(words, names)), words)


def test_a_packet_is_its_readings_and_a_telling_its_events(maker: LineMaker) -> None:
    made = maker.of_packet(packed(["X1", "X2"]))
    assert (made.readings, made.events, len(made.lines)) == (2, 0, 2)
    made = maker.of_told(pack_told(0, 1, [EVENT]))
    assert (made.readings, made.events, len(made.lines)) == (0, 1, 2)


@pytest.mark.parametrize("value", [b"", b"poison", b"\x01\xff\xff\xff\x7f", packed(["X"])[:-3]])
def test_bytes_that_are_no_packet_have_a_reason(maker: LineMaker, value: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        maker.of_packet(value)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b'{"version": 1',
        pack_told(0, 1, []).replace(b"1", b"9", 1),
        pack_told(0, 1, [EVENT]).replace(b"yellow", b"mauve"),
    ],
)
def test_bytes_that_are_no_telling_have_a_reason(maker: LineMaker, value: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        maker.of_told(value)


def test_there_is_always_room_for_the_names_of_devices_that_no_file_knows(maker: LineMaker) -> None:
    for start in range(0, UNKNOWN_DEVICES + 20_000, 10_000):
        made = maker.of_packet(packed([f"N{number}" for number in range(start, start + 10_000)]))
        assert made.readings == len(made.lines) == 10_000
        assert made.lines[-1].startswith(b"reading,device=N%d," % (start + 9_999))


def test_figures_are_a_point_for_each_shard_that_moved_and_then_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink_figures, "EVERY_SECONDS", 0.0)
    figures = Figures()
    figures.count(3, RecordLines([], readings=500), 40, lag=9)
    figures.count(3, RecordLines([], events=2), 20, lag=8)
    figures.count(1, None, 7, lag=0)
    figures.refused(4)
    assert figures.lines(1_000) == [
        b"pipeline,role=sink,shard=1 readings=0.0,events=0.0,rejected=1.0,delay_ms=7.0,lag=0.0 1000",
        b"pipeline,role=sink,shard=3 readings=500.0,events=2.0,rejected=0.0,delay_ms=40.0,lag=8.0 1000",
        b"pipeline,role=sink,shard=- rejected=4.0 1000",
    ]
    assert figures.lines(2_000) == []


def test_figures_are_written_now_and_then_only() -> None:
    figures = Figures()
    figures.count(0, RecordLines([], readings=1), 0, lag=0)
    assert figures.lines(1_000) == []
