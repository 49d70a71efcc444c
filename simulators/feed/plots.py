"""The day's plots: what each episode's devices show, minute by minute. Shapes vary a little with the seed."""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.feed.cast import Cast, Stage
from simulators.feed.chance import Chance
from simulators.feed.episodes import Claim, Episode, end, expectations, messages_of
from simulators.feed.moments import MINUTE, SECOND
from simulators.feed.standards import CALL_POINT, DETECTOR, WATER_FLOW
from simulators.feed.tracks import Declared, Line, Pace, Track, stretched


@dataclass(frozen=True, slots=True)
class Plot:
    """A row of the day: where, when (``earliest``..``latest``, HH:MM:SS), and the tracks with what they claim."""

    id: str
    scene: str
    zh: str
    en: str
    hazard: str
    earliest: str
    latest: str
    tell: Callable[[Stage, Chance], list[Claim]]
    demo: str = ""


QUICK = (Pace(0, 20), Pace(14, 60), Pace(26, 150))
"""A device reports faster while its value moves."""
STEADY = (Pace(0, 30), Pace(14, 90))
SLOW = (Pace(0, 60), Pace(60, 120))


def _mill(stage: Stage, chance: Chance) -> list[Claim]:
    """Smoke first, one detector, the next, a hand on the call point, water in the pipe."""
    east, west, *_ = stage.of("smoke")
    (exit_,), (pipe,) = stage.of("call_point"), stage.of("water_flow")
    slower = chance.between(0.92, 1.08)
    thick = ((0, 0.03), (1.2, 0.1), (3, 0.27), (5, 0.62), (8, 1.1), (20, 1.4), (28, 0.8), (36, 0.2), (42, 0.03))
    thin = ((0, 0.03), (3, 0.05), (5, 0.11), (8, 0.15), (25, 0.15), (35, 0.06), (42, 0.03))
    first, second, hand, water = (slower * minute for minute in (2.2, 4.4, 6.1, 9.2))
    return [
        Claim(
            Track(
                east.id,
                62,
                (Line("smoke", stretched(thick, slower), 0.006),),
                (Declared("fire", first, 40),),
                paces=QUICK,
            ),
            declared=DETECTOR,
        ),
        Claim(
            Track(
                west.id,
                62,
                (Line("smoke", stretched(thin, slower), 0.004),),
                (Declared("fire", second, 38),),
                paces=QUICK,
            ),
            declared=DETECTOR,
        ),
        Claim(Track(exit_.id, 64, flags=(Declared("fire", hand, 45),), paces=(Pace(0, 240),)), declared=CALL_POINT),
        Claim(Track(pipe.id, 62, flags=(Declared("fire", water, 34),), paces=(Pace(0, 180),)), declared=WATER_FLOW),
    ]


def _chlorine(stage: Stage, chance: Chance) -> list[Claim]:
    """A valve of the liquid chlorine store leaks; the cloud drifts to the west side."""
    east, west, _ = stage.of("cl2")
    slower, higher = chance.between(0.9, 1.15), chance.between(1.0, 1.2)
    near = ((0, 0.02), (4, 0.24), (6, 0.52), (9, 1.2), (15, 1.6), (22, 0.6), (30, 0.1), (45, 0.02))
    far = ((0, 0.02), (7, 0.2), (10, 0.45), (16, 0.52), (24, 0.3), (32, 0.06), (45, 0.02))
    return [
        Claim(
            Track(east.id, 52, (Line("cl2", stretched(near, slower, higher), 0.006),), paces=QUICK), ("cl2_1", "cl2_2")
        ),
        Claim(Track(west.id, 52, (Line("cl2", stretched(far, slower), 0.005),), paces=QUICK), ("cl2_1",)),
    ]


def _restaurant(stage: Stage, chance: Chance) -> list[Claim]:
    """A hose at the stove comes off; some of it reaches the bottle room."""
    stove, bottles = stage.of("lpg")
    slower, higher = chance.between(0.9, 1.2), chance.between(1.0, 1.25)
    near = ((0, 1), (3, 12), (5, 28), (7, 45), (9, 58), (14, 64), (18, 40), (24, 15), (32, 2), (40, 1))
    far = ((0, 1), (6, 8), (9, 22), (12, 34), (16, 36), (21, 18), (28, 3), (40, 1))
    return [
        Claim(
            Track(stove.id, 48, (Line("gas", stretched(near, slower, higher), 0.5),), paces=QUICK), ("gas_1", "gas_2")
        ),
        Claim(Track(bottles.id, 48, (Line("gas", stretched(far, slower), 0.4),), paces=QUICK), ("gas_1",)),
    ]


def _dust(stage: Stage, chance: Chance) -> list[Claim]:
    """A bag tears: the pressure difference falls away while the fans run."""
    torn, _ = stage.of("dust_collector")
    slower = chance.between(0.9, 1.2)
    fall = ((0, 1.0), (3, 0.55), (6, 0.16), (8, 0.07), (24, 0.06), (28, 0.4), (33, 1.0), (45, 1.05))
    return [
        Claim(Track(torn.id, 56, (Line("dust_pressure", stretched(fall, slower), 0.008),), paces=STEADY), ("dust",))
    ]


def _chemical_store(stage: Stage, chance: Chance) -> list[Claim]:
    """Solvent vapour, then heat, then smoke."""
    vapour, (hot,), (smoky, _) = stage.of("gas")[0], stage.of("heat"), stage.of("smoke")
    slower = chance.between(0.9, 1.1)
    gas = ((0, 2), (6, 14), (9, 30), (13, 40), (18, 58), (26, 54), (34, 16), (42, 3), (60, 2))
    heat = ((0, 32), (8, 44), (14, 60), (18, 71), (26, 74), (36, 50), (48, 34), (60, 33))
    smoke = ((0, 0.02), (10, 0.06), (16, 0.15), (26, 0.16), (36, 0.05), (44, 0.02))
    paces = (Pace(0, 40), Pace(28, 150))
    return [
        Claim(Track(vapour.id, 62, (Line("gas", stretched(gas, slower), 0.4),), paces=paces), ("gas_1", "gas_2")),
        Claim(Track(hot.id, 62, (Line("temperature", stretched(heat, slower), 0.3),), (), True, paces), ("heat",)),
        Claim(
            Track(
                smoky.id,
                62,
                (Line("smoke", stretched(smoke, slower), 0.004),),
                (Declared("fire", 15, 36),),
                paces=paces,
            ),
            declared=DETECTOR,
        ),
    ]


def _wiring(stage: Stage, chance: Chance) -> list[Claim]:
    """An old main box: leakage grows, the joint heats up."""
    box, _ = stage.of("electric")
    slower = chance.between(0.9, 1.15)
    leakage = ((0, 110), (10, 270), (14, 350), (25, 540), (36, 610), (48, 560), (54, 120), (65, 90))
    cable = ((0, 40), (18, 68), (28, 92), (38, 97), (50, 78), (60, 52), (72, 42))
    lines = (
        Line("residual_current", stretched(leakage, slower), 4),
        Line("temperature", stretched(cable, slower), 0.4),
    )
    return [Claim(Track(box.id, 92, lines, paces=SLOW), ("leakage_low", "leakage_high", "cable"))]


def _hydrant(stage: Stage, chance: Chance) -> list[Claim]:
    """The main is dug into: the corner hydrant runs dry, the next one only sags."""
    corner, opposite, _ = stage.of("hydrant")
    slower = chance.between(0.95, 1.1)
    dry = ((0, 0.29), (3, 0.22), (6, 0.115), (9, 0.06), (45, 0.05), (52, 0.2), (57, 0.29))
    sag = ((0, 0.29), (6, 0.22), (10, 0.19), (45, 0.19), (54, 0.28))
    return [
        Claim(
            Track(corner.id, 72, (Line("water_pressure", stretched(dry, slower), 0.002),), paces=STEADY),
            ("main", "last_hydrant"),
        ),
        Claim(Track(opposite.id, 72, (Line("water_pressure", stretched(sag, slower), 0.003),), paces=(Pace(0, 180),))),
    ]


PLOTS: tuple[Plot, ...] = (
    Plot(
        "wiring", "wiring", "老宅线路过热", "Overheated wiring in old houses", "wiring", "02:00:00", "04:20:00", _wiring
    ),
    Plot("chlorine", "chlorine", "化工园区氯气泄漏", "Chlorine leak", "toxic_gas", "08:10:00", "09:20:00", _chlorine),
    Plot("dust", "dust", "除尘器压差丢失", "Dust collector loses pressure", "dust", "09:50:00", "10:40:00", _dust),
    Plot(
        "lpg",
        "restaurant",
        "餐馆液化气泄漏",
        "LPG leak in a restaurant",
        "gas_leak",
        "11:15:00",
        "12:20:00",
        _restaurant,
    ),
    Plot(
        "mill-fire",
        "mill",
        "织造厂阴燃起火",
        "Smouldering fire in a mill",
        "fire",
        "14:05:00",
        "14:05:40",
        _mill,
        "visitor",
    ),
    Plot(
        "hydrant",
        "hydrant",
        "消火栓失压",
        "Hydrant loses pressure",
        "water_pressure",
        "14:20:00",
        "14:24:00",
        _hydrant,
        "unanswered",
    ),
    Plot(
        "chemical-store",
        "chemical_store",
        "危化品仓库险情",
        "Chemical store: vapour, heat, smoke",
        "fire",
        "15:40:00",
        "16:10:00",
        _chemical_store,
    ),
)


def told(plots: tuple[Plot, ...], cast: Cast, dawn: int, chance: Chance) -> list[Episode]:
    """The episodes whose places the folder has."""
    stages = [(plot, cast.scene(plot.scene)) for plot in plots]
    return [_episode(plot, stage, dawn, chance.of(plot.id)) for plot, stage in stages if stage is not None]


def _episode(plot: Plot, stage: Stage, dawn: int, chance: Chance) -> Episode:
    begins = dawn + chance.whole(seconds(plot.earliest), seconds(plot.latest)) * SECOND
    claims = plot.tell(stage, chance)
    tracks = [claim.track for claim in claims]
    return Episode(
        id=plot.id,
        zh=f"{stage.scene.name}{plot.zh}",
        en=plot.en,
        hazard=plot.hazard,
        site=stage.scene.site_id,
        township=stage.scene.township,
        devices=tuple(track.device for track in tracks),
        begins=begins,
        ends=end(tracks, begins),
        expected=expectations(claims, begins),
        messages=messages_of(tracks, begins, chance),
        demo=plot.demo,
    )


def seconds(clock: str) -> int:
    """``"14:05:40"`` as seconds of the day."""
    hours, minutes, rest = map(int, clock.split(":"))
    return (hours * 60 + minutes) * MINUTE // SECOND + rest
