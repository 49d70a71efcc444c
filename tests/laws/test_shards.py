"""Any number of shards gives the same events, through the bytes in which inputs travel."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.packets import Packet, pack_packet, unpack_packet
from ingest.shards import Splitter, devices_of
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.engine import Engine
from rules.events import Event
from rules.rulebook import Rulebook
from tests.laws.inputs import columns, feeds
from tests.laws.running import engine_run, in_order
from tests.laws.town import PLACES, TIMINGS, rulebooks, vocabulary


@given(drawn=st.data(), timing=st.sampled_from(TIMINGS), rulebook=rulebooks(), shards=st.sampled_from([1, 2, 3, 16]))
def test_any_number_of_shards_gives_the_same_events(
    drawn: st.DataObject, timing: Timing, rulebook: Rulebook, shards: int
) -> None:
    rows = drawn.draw(feeds(rulebook, timing))
    words = vocabulary()
    words.device("stranger")
    splitter = Splitter(PLACES, words.devices, shards)
    events: list[Event] = []
    packets = [[pack_packet(Packet("", 1, part), words) for part in splitter.split(columns([row]))] for row in rows]
    for number in range(shards):
        own = Vocabulary()  # its numbers are its own
        own.register(devices_of(number, PLACES, shards))
        engine = Engine(rulebook, PLACES, own, timing)
        for packet in packets:
            events += engine.judge(unpack_packet(packet[number], own).inputs).events
    assert in_order(events) == in_order(engine_run(rulebook, timing, [rows]))
