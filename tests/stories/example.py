"""The example of DESIGN 3 as rules, and a street to play them in."""

from ingest.places import Device, Places
from rules.levels import BLUE, ORANGE, RED, YELLOW
from rules.rulebook import Limb, Rule, Rulebook, Tier
from tests.stories.timeline import Town

MINUTES = 60_000
HOURS = 60 * MINUTES

GAS = Rule(
    "gas-lel",
    "ladder",
    "gas_leak",
    "GB/T 50493-2019 5.5.2",
    metric="gas",
    clear_after=60_000,
    tiers=(Tier(YELLOW, 25.0, 20.0, 3_000), Tier(RED, 50.0, 45.0, 3_000)),
)
PRESSURE = Rule(
    "hydrant-pressure",
    "ladder",
    "water_pressure",
    "GB 50974",
    metric="water_pressure",
    direction="below",
    tiers=(Tier(BLUE, 0.14, 0.15), Tier(YELLOW, 0.07, 0.10)),
)
RAIN = Rule(
    "rain-gauge",
    "window_sum",
    "rain",
    "county table",
    metric="rain",
    clear_after=60 * MINUTES,
    tiers=(
        Tier(BLUE, limbs=(Limb(HOURS, 35.0), Limb(24 * HOURS, 100.0))),
        Tier(YELLOW, limbs=(Limb(HOURS, 50.0), Limb(24 * HOURS, 150.0))),
    ),
)
FIRE = Rule(
    "fire-detector",
    "flag",
    "fire",
    "GB 25201",
    devices=("smoke", "heat"),
    flag="fire",
    clear_after=10 * MINUTES,
    tiers=(Tier(ORANGE),),
)
QUIET = Rule("quiet", "absence", "device_quiet", "site practice", misses=3, tiers=(Tier(BLUE),))

PLACES = Places(
    devices={
        name: Device(name, kind, "S1", "330681005", "", heartbeat, name)
        for name, kind, heartbeat in (
            ("smoke-1", "smoke", 0),
            ("smoke-2", "smoke", 10 * MINUTES),
            ("gas-1", "gas", 10 * MINUTES),
            ("gas-2", "gas", 0),
            ("hydrant-1", "hydrant", 0),
            ("gauge-1", "rain_gauge", 0),
        )
    }
)
STREET = Town(Rulebook("example", (GAS, PRESSURE, RAIN, FIRE, QUIET)), PLACES)
