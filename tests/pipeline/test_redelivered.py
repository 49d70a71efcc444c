"""What a broker delivers again is recognised: the picture of its docstring, equal messages, and any kill at all."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ingest.redelivered import Redelivered, entry_of


def name(number: object, mid: int = 1) -> bytes:
    return entry_of(mid, "t", str(number).encode(), "")


def remembered(*numbers: object) -> Redelivered:
    """After a reconnect, with these stored and not known to be acknowledged, under the packet ids 1, 2, 3 …"""
    road = Redelivered(b"".join(name(number, mid) for mid, number in enumerate(numbers, 1)))
    road.reconnected(True)
    return road


def again(road: Redelivered, numbers: str) -> str:
    """From a broker that counts packet ids anew; a letter per message: ``r`` delivered again, ``n`` new."""
    return "".join("r" if road.again(name(number, mid), False) else "n" for mid, number in enumerate(numbers, 1))


def flagged(road: Redelivered, numbers: str, mid: int) -> str:
    """From a broker that keeps packet ids and flags what it has sent before; these begin with id ``mid``."""
    return "".join("r" if road.again(name(number, mid + place), True) else "n" for place, number in enumerate(numbers))


def fresh(road: Redelivered, numbers: str, mid: int) -> str:
    """The same, of what it sends for the first time."""
    return "".join("r" if road.again(name(number, mid + place), False) else "n" for place, number in enumerate(numbers))


def test_the_picture() -> None:
    assert again(remembered(*"abcde"), "def") == "rrn"


def test_after_the_first_that_differs_nothing_is_compared_any_more() -> None:
    assert again(remembered(*"abc"), "bxc") == "rnn"


def test_without_a_reconnect_everything_is_new() -> None:
    road = Redelivered()
    road.stored([name("a")])
    assert again(road, "a") == "n"


def test_equal_messages_are_told_apart_by_their_place() -> None:
    assert again(remembered(*"aabaa"), "baac") == "rrrn"
    assert again(remembered(*"abab"), "ababx") == "rrnnn", "without a DUP flag a list that matched to its end is over"


def test_packet_ids_tell_an_equal_old_message_from_an_equal_new_one() -> None:
    road = remembered(*"aa")
    assert flagged(road, "aa", 1) + fresh(road, "a", 3) == "rrn"
    road = remembered(*"aa")
    assert flagged(road, "a", 2) + fresh(road, "a", 3) == "rn"


def test_what_was_on_its_way_but_never_stored_is_new_though_it_is_flagged() -> None:
    road = remembered(*"aaaa")
    assert flagged(road, "aaaaa", 3) + fresh(road, "a", 8) == "rrnnnn"


def test_with_packet_ids_that_go_on_the_first_that_is_not_flagged_is_new_however_equal() -> None:
    assert fresh(remembered(*"aaaa"), "aa", 5) == "nn"


def test_an_entry_is_of_packet_id_topic_payload_and_property() -> None:
    of = {
        entry_of(1, "t", b"p", ""),
        entry_of(1, "u", b"p", ""),
        entry_of(1, "t", b"q", ""),
        entry_of(1, "t", b"p", "1"),
    }
    assert len(of | {entry_of(2, "t", b"p", "")}) == 5
    assert entry_of(1, "t", b"p", "1") == entry_of(1, "t", b"p", "1")


def test_a_confirmed_fence_forgets_what_it_stands_behind_and_nothing_newer() -> None:
    road = Redelivered()
    road.stored([name("a"), name("b")])
    mark = road.mark()
    road.stored([name("c")])
    road.acknowledged(mark)
    assert road.pack() == name("c")


def test_a_fence_says_nothing_of_what_the_broker_has_yet_to_deliver_again() -> None:
    road = remembered(*"abc")
    assert again(road, "a") == "r"
    road.acknowledged(road.mark())
    assert road.pack() == name("b", 2) + name("c", 3)
    assert road.again(name("b", 2), False)
    assert road.again(name("c", 3), False)
    road.acknowledged(road.mark())
    assert road.pack() == b""


letters = st.text("ab", min_size=1, max_size=8)


@given(letters, st.data(), st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_with_packet_ids_even_equal_messages_are_counted_exactly(
    old: str, data: st.DataObject, under_way: str, new: str
) -> None:
    first = data.draw(st.integers(0, len(old)))
    road = remembered(*old)
    assert flagged(road, old[first:], first + 1) == "r" * (len(old) - first)
    assert flagged(road, under_way, len(old) + 1) == "n" * len(under_way)
    assert fresh(road, new, len(old) + len(under_way) + 2) == "n" * len(new)


@given(st.integers(0, 30), st.data(), st.integers(0, 10), st.booleans())
def test_any_suffix_of_distinct_messages_is_recognised_and_nothing_new_is_lost(
    count: int, data: st.DataObject, new: int, flags: bool
) -> None:
    first = data.draw(st.integers(0, count))
    road = remembered(*range(count))
    kept = 0 if flags else first  # where packet ids go on, or begin with 1
    old = [road.again(name(number, number + 1 - kept), flags) for number in range(first, count)]
    later = [road.again(name(number, number + 1 - kept), False) for number in range(count, count + new)]
    assert old == [True] * (count - first)
    assert later == [False] * new


def test_a_broker_that_lost_our_session_delivers_nothing_again() -> None:
    road = remembered(*"ab")
    road.reconnected(False)
    assert again(road, "ab") == "nn"
    assert road.pack() == b""


@dataclass
class Life:
    """A broker that sends distinct messages, and a road that is cut off and killed anywhere between them.

    ``flags``: it keeps packet ids and flags what it sends again; or else it counts them anew with each connection.
    """

    flags: bool
    sent: int = 0
    unacknowledged: list[int] = field(default_factory=list)
    stream: list[int] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)
    packed: bytes = b""
    delivered: set[int] = field(default_factory=set)
    fence: int | None = None
    ids: dict[int, int] = field(default_factory=dict)
    next_id: int = 1

    def __post_init__(self) -> None:
        self.road = Redelivered()

    def send(self, count: int) -> None:
        new = list(range(self.sent, self.sent + count))
        self.sent += count
        self.unacknowledged += new
        self.stream += new

    def reconnect(self, killed: bool) -> None:
        if killed:
            self.road = Redelivered(self.packed)
        self.road.reconnected(True)
        self.stream = list(self.unacknowledged)
        self.fence = None
        self.next_id = 1

    def take(self, count: int, die: str, reached: int) -> None:
        """One look: sort, commit, acknowledge, fence; ``die`` names where the road ends instead."""
        looked, self.stream = self.stream[:count], self.stream[count:]
        fresh = []
        for number in looked:
            known = self.flags and number in self.delivered
            self.delivered.add(number)
            self.ids[number] = number + 1 if self.flags else self.next_id
            self.next_id += 1
            if not self.road.again(name(number, self.ids[number]), known):
                fresh.append(number)
        if die == "before commit":
            return self.reconnect(killed=True)
        self.road.stored([name(number, self.ids[number]) for number in fresh])
        self.packed = self.road.pack()
        self.counted += fresh
        told = looked if die != "in acknowledgements" else looked[:reached]
        self.unacknowledged = [number for number in self.unacknowledged if number not in told]
        if die:
            return self.reconnect(killed=die != "cut off")
        if looked and self.fence is None:
            self.fence = self.road.mark()
        return None

    def confirm(self) -> None:
        if self.fence is not None:
            self.road.acknowledged(self.fence)
            self.fence = None


looks = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 4),
        st.sampled_from(["", "", "", "before commit", "in acknowledgements", "after acknowledgements", "cut off"]),
        st.integers(0, 4),
        st.booleans(),
    ),
    max_size=25,
)


@given(looks, st.booleans())
def test_whenever_the_road_dies_each_message_is_counted_exactly_once(
    looks: list[tuple[int, int, str, int, bool]], flags: bool
) -> None:
    life = Life(flags)
    for sent, taken, die, reached, confirmed in looks:
        life.send(sent)
        life.take(taken, die, reached)
        if confirmed:
            life.confirm()
    life.confirm()
    life.send(1)
    life.take(len(life.stream), "", 0)
    assert life.counted == list(range(life.sent))
    life.confirm()
    assert life.road.pack() == b""
