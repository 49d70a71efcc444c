"""A tiny town for the laws: four devices, few rules, thresholds that small inputs hit often."""

from hypothesis import strategies as st

from ingest.places import Device, Places
from ingest.timing import Timing
from ingest.vocabulary import Vocabulary
from rules.levels import BLUE, RED
from rules.rulebook import Limb, Rule, Rulebook, Tier

TIMINGS = (Timing(), Timing(lateness=2_500, skew=1_000, max_age=3_600_000, stale=20_000))
DEVICES = (
    Device("smoke-1", "smoke", "site-1", "330681005", "", 60_000, "smoke detector 1"),
    Device("smoke-2", "smoke", "site-1", "330681005", "", 0, "smoke detector 2"),
    Device("heat-1", "heat", "site-2", "330681109", "", 90_500, "heat detector"),
)
NAMES = (*(device.device_id for device in DEVICES), "stranger")
"""The last one stands in no file: only rules for every device are about it."""
PLACES = Places(devices={device.device_id: device for device in DEVICES})
LADDER_METRICS = ("smoke", "gas")
RAISES = {"above": (10.0, 20.0, 30.0, 40.0), "below": (40.0, 30.0, 20.0, 10.0)}
SPANS = (0, 0, 1_000, 1_000, 3_000, 30_000, 60_000, 90_500)


def vocabulary() -> Vocabulary:
    """The town's devices in their order; with the stranger, once he speaks, a number is a place in ``NAMES``."""
    words = Vocabulary()
    words.register(PLACES.devices)
    return words


def levels(most: int = 4) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(BLUE, RED), min_size=1, max_size=most, unique=True).map(sorted)


def device_types() -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([(), (), ("smoke",), ("heat",), ("smoke", "heat")])


@st.composite
def ladders(draw: st.DrawFn, name: str = "ladder") -> Rule:
    direction = draw(st.sampled_from(["above", "below"]))
    tiers = []
    for level in draw(levels()):
        raise_at = RAISES[direction][level - 1]
        margin = draw(st.sampled_from([0.0, 5.0, 15.0]))
        reset = raise_at - margin if direction == "above" else raise_at + margin
        tiers.append(Tier(level, raise_at, reset, draw(st.sampled_from(SPANS))))
    return Rule(
        name,
        "ladder",
        "gas_leak",
        "law",
        devices=draw(device_types()),
        metric=draw(st.sampled_from(LADDER_METRICS)),
        direction=direction,
        clear_after=draw(st.sampled_from(SPANS)),
        tiers=tuple(tiers),
    )


@st.composite
def window_sums(draw: st.DrawFn, name: str = "rain") -> Rule:
    limb = st.builds(
        Limb,
        st.sampled_from([60_000, 120_000, 180_000, 300_000, 3_600_000]),
        st.sampled_from([0.1, 0.3, 0.5, 1.0, 1.2]),
    )
    return Rule(
        name,
        "window_sum",
        "rain",
        "law",
        devices=draw(device_types()),
        metric="rain",
        clear_after=draw(st.sampled_from([0, 60_000, 90_000, 180_000])),
        tiers=tuple(
            Tier(level, limbs=tuple(draw(st.lists(limb, min_size=1, max_size=3)))) for level in draw(levels(3))
        ),
    )


@st.composite
def flags(draw: st.DrawFn, name: str = "flag") -> Rule:
    return Rule(
        name,
        "flag",
        "fire",
        "law",
        devices=draw(device_types()),
        flag=draw(st.sampled_from(["fire", "fire", "test", "fault"])),
        clear_after=draw(st.sampled_from(SPANS)),
        tiers=(Tier(draw(st.integers(BLUE, RED))),),
    )


@st.composite
def absences(draw: st.DrawFn, name: str = "quiet") -> Rule:
    tiers = (Tier(draw(st.integers(BLUE, RED))),)
    return Rule(
        name, "absence", "device_quiet", "law", draw(device_types()), misses=draw(st.integers(1, 3)), tiers=tiers
    )


KINDS = {"ladder": ladders, "window_sum": window_sums, "flag": flags, "absence": absences}
RULES = {kind: rule() for kind, rule in KINDS.items()}


@st.composite
def rulebooks(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(KINDS), most: int = 6) -> Rulebook:
    """Rules of the kinds, several of one kind too, in any order."""
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most))
    return Rulebook("law-1", tuple(draw(KINDS[kind](f"{kind}-{place}")) for place, kind in enumerate(chosen)))


VALUES: dict[str, tuple[float, ...]] = {
    "flags": (0.0, 0.0, 1.0, 1.0, 2.0, 4.0, 5.0),
    "smoke": (0.0, 5.0, 10.0, 10.5, 15.0, 20.0, 25.0, 30.0, 40.0, 55.0),
    "gas": (0.0, 5.0, 9.5, 10.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 100.0),
    "rain": (0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 2.5),
    "battery": (87.0, 86.0),
}
