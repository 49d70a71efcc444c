"""One shard of the worker: numbered packets, and a state from which another goes on as if nothing had happened."""

from pathlib import Path

import pytest

from ingest.decode import Decoder
from ingest.message import Message
from ingest.packets import Packet, PacketFault, pack_packet
from ingest.vocabulary import Vocabulary
from pipeline.cluster.shard import OtherRules, PacketMissing, Shard, kept_of
from pipeline.site import Site, load_site
from tests.parts.small_site import write_small_site

NOON = 1_785_816_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return load_site(write_small_site(tmp_path_factory.mktemp("site")))


def packet(site: Site, number: int, payload: bytes = b'{"flags": ["fire"]}', source: str = "field") -> bytes:
    words = Vocabulary()
    device = next(name for name, one in site.places.devices.items() if one.type == "smoke")
    message = Message(f"fengshao/v1/up/{device}", payload, NOON + number * 1000)
    return pack_packet(Packet(source, number, Decoder(words, site.timing).decode([message]).inputs), words)


def test_a_packet_is_judged_once_however_often_it_is_read(site: Site) -> None:
    shard = Shard(0, site, 1)
    first = packet(site, 1)
    assert [event.event for event in shard.take(first, 10)] == ["raised"]
    assert shard.take(first, 10) == []
    assert shard.take(packet(site, 2), 12) == [], "offsets may have gaps"
    assert shard.clock == NOON + 2000


@pytest.mark.parametrize("number", [1, 3])
def test_a_packet_that_is_not_the_next_stops_the_shard(site: Site, number: int) -> None:
    shard = Shard(0, site, 1)
    shard.take(packet(site, 1), 0)
    with pytest.raises(PacketMissing, match=f"offset 5: found packet {number} of 'field'; expected 2"):
        shard.take(packet(site, number), 5)
    assert shard.take(packet(site, 1, source="other"), 5) == []


def test_a_shard_without_a_state_begins_with_the_first_packet(site: Site) -> None:
    with pytest.raises(PacketMissing, match="found packet 7 of 'field'; expected 1"):
        Shard(0, site, 1).take(packet(site, 7), 100)


def test_without_a_state_a_log_that_was_cut_is_taken_from_where_it_begins(site: Site) -> None:
    shard = Shard(0, site, 1)
    with pytest.raises(PacketMissing, match="found packet 9 of 'field'; expected 1"):
        shard.take(packet(site, 9), 104, earliest=100)
    assert [event.event for event in shard.take(packet(site, 7), 101, earliest=100)] == ["raised"]
    with pytest.raises(PacketMissing, match="found packet 9 of 'field'; expected 8"):
        shard.take(packet(site, 9), 102, earliest=100)


def test_what_is_kept_goes_on_and_is_the_same_again(site: Site) -> None:
    shard = Shard(0, site, 1)
    shard.take(packet(site, 1), 3)
    state = shard.keep()
    other = Shard(0, site, 1, kept_of(state))
    assert other.keep() == state
    assert other.take(packet(site, 1), 3) == []
    for one in (shard, other):
        assert one.take(packet(site, 2, b'{"flags": []}'), 4) == []
    assert other.keep() == shard.keep()


def test_bytes_that_are_no_packet_are_told_and_change_nothing(site: Site) -> None:
    shard = Shard(0, site, 1)
    before = shard.keep()
    with pytest.raises(PacketFault, match="expected 01"):
        shard.take(b"poison", 0)
    assert shard.keep() == before


def test_a_state_of_other_rules_is_not_taken(site: Site, tmp_path: Path) -> None:
    other = write_small_site(tmp_path)
    rules = other / "rulebook.toml"
    rules.write_text(rules.read_text().replace("clear_after", "# clear_after", 1))
    with pytest.raises(OtherRules, match="shard 0"):
        Shard(0, load_site(other), 1, kept_of(Shard(0, site, 1).keep()))
