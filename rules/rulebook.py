"""A rulebook as the engine takes it: every rule with its thresholds, checked, durations in milliseconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limb:
    """One condition of a window sum: at least ``amount`` (mm) within ``within`` milliseconds (whole minutes)."""

    within: int
    amount: float


@dataclass(frozen=True, slots=True)
class Tier:
    """One level of a rule. A ladder uses ``raise_at``, ``reset`` and ``hold`` (ms); a window sum ``limbs``."""

    level: int
    raise_at: float = 0.0
    reset: float = 0.0
    hold: int = 0
    limbs: tuple[Limb, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """``devices`` lists device types; empty means every device that reports the metric (or has a heartbeat).

    ``tiers`` is in rising order of level; a flag or absence rule has one tier that carries its level.
    """

    id: str
    kind: str
    hazard: str
    basis: str
    devices: tuple[str, ...] = ()
    metric: str = ""
    direction: str = "above"
    clear_after: int = 0
    flag: str = ""
    misses: int = 0
    tiers: tuple[Tier, ...] = ()
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """``version`` is carried by every event."""

    version: str
    rules: tuple[Rule, ...] = ()
