"""What looks like danger and is none: each kind is a row with the devices it befalls, its hours and its shape.

``quota`` is how many of a full day's hundred are of the kind. ``allowed`` is the highest level that the cited
clause justifies: a detector that declares fire is orange until somebody looks, a passing value is nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.feed.chance import Chance
from simulators.feed.rhythms import RHYTHMS, SPEAKS, Life
from simulators.feed.standards import DETECTOR
from simulators.feed.tracks import Curve, Declared, Line, Pace, Track

Shape = Callable[[Life, Chance], Track]


@dataclass(frozen=True, slots=True)
class Annoyance:
    """``hours`` are windows of the day (from, to) in which it may begin; ``rule`` may notice it, or none should."""

    kind: str
    quota: int
    types: tuple[str, ...]
    shape: Shape
    allowed: str
    clause: str
    rule: str | None = None
    kinds: tuple[str, ...] = ()
    hours: tuple[tuple[float, float], ...] = ((0.3, 23.0),)


def declares(peak: tuple[float, float], minutes: tuple[float, float]) -> Shape:
    """Smoke or steam thick enough that the detector declares fire, then an open window; it clears by itself."""

    def shape(life: Life, chance: Chance) -> Track:
        top, stays = chance.between(*peak), chance.between(*minutes)
        curve: Curve = ((0, 0.02), (1.5, top * 0.7), (2.5, top), (2 + stays, top * 0.8), (4 + stays, 0.03))
        fire = Declared("fire", 2.0, 2.6 + stays)
        paces = (Pace(0, 40), Pace(4 + stays, 150))
        return Track(life.sensor.id, stays + 16, (Line("smoke", curve, 0.004),), (fire,), paces=paces)

    return shape


def passing(
    metric: str, peak: tuple[float, float], rise: float, stays: tuple[float, float], every: float = 60, after: float = 4
) -> Shape:
    """A value that goes up (or down) to ``peak`` and comes back, seen by several readings, ``after`` minutes more."""

    def shape(life: Life, chance: Chance) -> Track:
        rest, top, length = life.level, chance.between(*peak), chance.between(*stays)
        curve: Curve = ((0, rest), (1, rest), (1 + rise, top), (1 + rise + length, top), (2 + 2 * rise + length, rest))
        line = Line(metric, curve, abs(top) * 0.005)
        lasts = 2 + 2 * rise + length + after
        return Track(life.sensor.id, lasts, (line,), (), life.sensor.type in SPEAKS, (Pace(0, every),))

    return shape


def single(metric: str, peak: tuple[float, float]) -> Shape:
    """One reading far off, the ones before and after it normal."""

    def shape(life: Life, chance: Chance) -> Track:
        rest, top = life.level, chance.between(*peak)
        curve: Curve = ((0, rest), (1.6, rest), (1.7, top), (2.3, top), (2.4, rest))
        return Track(life.sensor.id, 8, (Line(metric, curve),), (), life.sensor.type in SPEAKS, (Pace(0, 60),))

    return shape


def flagged(flag: str, minutes: tuple[float, float]) -> Shape:
    """A flag that is no fire, for a while."""

    def shape(life: Life, chance: Chance) -> Track:
        stays = chance.between(*minutes)
        rhythms = RHYTHMS[life.sensor.type][:1]
        lines = tuple(Line(rhythm.metric, ((0, life.level),), rhythm.noise) for rhythm in rhythms)
        return Track(life.sensor.id, stays + 10, lines, (Declared(flag, 1, 1 + stays),), paces=(Pace(0, 150),))

    return shape


def stuck(life: Life, chance: Chance) -> Track:
    """The same value to the last digit for hours."""
    rhythm = RHYTHMS[life.sensor.type][0]
    curve: Curve = ((0, round(life.level, 3)),)
    return Track(life.sensor.id, 60 * chance.between(3, 5), (Line(rhythm.metric, curve),), paces=(Pace(0, 20 * 60),))


def sinking(low: tuple[float, float], changed: tuple[float, float]) -> Shape:
    """All day: the battery goes below its limit around the hours ``low`` and is changed around ``changed``."""

    def shape(life: Life, chance: Chance) -> Track:
        rhythm = RHYTHMS[life.sensor.type][0]
        below, new = 60 * chance.between(*low), 60 * chance.between(*changed)
        battery: Curve = ((0, 22.0), (below, 20.0), (new - 1, 18.6), (new, 99.0), (2000, 98.9))
        lines = (Line(rhythm.metric, ((0, life.level),), rhythm.noise), Line("battery", battery))
        return Track(life.sensor.id, 60 * 23.5, lines, (), life.sensor.type in SPEAKS, (Pace(0, 50 * 60),))

    return shape


MEALS = ((6.0, 7.6), (10.3, 12.6), (17.0, 19.4))
WORK = ((7.8, 11.2), (15.3, 16.8))
DWELL = "practice: 3 samples or 10-30 s above the point to raise; one reading proves nothing"
LOW = "site practice: 20 %"
BELOW = "below every set point"
FIRE_HOMES = ("restaurant", "home", "hotel", "shop", "care_home", "school")

ANNOYANCES: tuple[Annoyance, ...] = (
    Annoyance("cooking", 16, ("smoke",), declares((0.3, 0.9), (1.5, 4)), "orange", DETECTOR.clause, DETECTOR.rule,
              FIRE_HOMES, MEALS),
    Annoyance("steam", 10, ("smoke",), declares((0.22, 0.5), (1, 3)), "orange", DETECTOR.clause, DETECTOR.rule,
              ("hotel", "hospital", "care_home", "home"), ((5.5, 8.5), (19.0, 22.5))),
    Annoyance("welding", 6, ("smoke",), declares((0.4, 1.2), (2, 5)), "orange", DETECTOR.clause, DETECTOR.rule,
              ("machinery", "textile", "warehouse"), WORK),
    Annoyance("panel_test", 6, ("panel",), flagged("test", (4, 12)), "blue",
              "GB/T 26875.3 b0 = 0 and no other bit set: a test", None, (), WORK),
    Annoyance("spike", 8, ("smoke",), single("smoke", (0.8, 2.5)), "blue", DWELL),
    Annoyance("gas_spike", 6, ("gas", "lpg"), single("gas", (55, 90)), "blue", DWELL),
    Annoyance("inrush", 8, ("electric",), single("residual_current", (380, 620)), "blue",
              "GB 50116-2013 9.2.3: alarm within 30 s above the set point; an inrush is over before"),
    Annoyance("kettle", 8, ("smoke",), passing("smoke", (0.08, 0.13), 2, (3, 8)), "blue",
              BELOW + " but the response threshold of the detector, which declared nothing"),
    Annoyance("whiff", 5, ("gas", "lpg"), passing("gas", (9, 18), 2, (2, 5)), "blue",
              "GB/T 50493-2019 5.5.2: below level 1"),
    Annoyance("door_open", 5, ("heat",), passing("temperature", (43, 47), 4, (4, 9)), "blue",
              "GB 4716: below 54 °C, a door of the dryer stood open", None, (), WORK),
    Annoyance("pressure_dip", 6, ("sprinkler",), single("water_pressure", (0.07, 0.09)), "blue",
              "a pump starts: over within a minute"),
    Annoyance("supervisory", 3, ("panel",), flagged("supervisory", (6, 12)), "blue",
              "GB/T 26875.3 b4 监管: a valve closed for maintenance", "supervisory", (), WORK),
    Annoyance("oil_fume", 3, ("oil_fume",), passing("oil_fume", (2.3, 2.8), 4, (34, 42), 300, 18), "blue",
              "GB 18483-2001: above 2.0 mg/m3; for a duty room a hint, not an emission case", "oil_fume", (), MEALS),
    Annoyance("refill", 2, ("tank",), passing("water_level", (1.7, 1.9), 5, (10, 15), after=14), "blue",
              "GB 50974-2014: below 80 % of the effective volume while it refills", "tank-low", (), WORK),
    Annoyance("tamper", 3, ("smoke",), flagged("tamper", (3, 8)), "blue", "a cover was opened", "tamper", (), WORK),
    Annoyance("isolated", 2, ("panel",), flagged("isolated", (8, 15)), "blue",
              "GB/T 26875.3 b3 屏蔽: shown, and over by itself", "isolated", (), WORK),
    Annoyance("power_fault", 2, ("panel",), flagged("power_fault", (5, 10)), "blue", "GB/T 26875.3 b8", "power-fault"),
    Annoyance("stuck", 3, ("nh3", "oxygen"), stuck, "blue", "a value that never moves is a fault of the device"),
    Annoyance("low_battery", 1, ("lpg",), sinking((9, 11), (15.5, 16.5)), "blue", LOW, "low-battery",
              ("restaurant",), ((0.02, 0.1),)),
    Annoyance("low_battery", 1, ("lpg",), sinking((18, 19), (24, 25)), "blue", LOW, "low-battery",
              ("restaurant",), ((0.02, 0.1),)),
)  # fmt: skip
