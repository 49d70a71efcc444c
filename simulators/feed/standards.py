"""When the world itself calls for an alert: thresholds with their clause, from the standards, not from any rulebook.

``hold`` minutes are what the standard or practice lets a device wait before it speaks; ``level`` is the colour
that the duty room gives to that clause.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """One threshold of one metric; ``rule`` is the rule that is to notice."""

    rule: str
    level: str
    metric: str
    threshold: float
    clause: str
    hold: float = 0.5
    below: bool = False


GAS = "GB/T 50493-2019 5.5.2: combustible gas, level 1 <= 25 %LEL, level 2 <= 50 %LEL"
CHLORINE = "GB/T 50493-2019 5.5.2: toxic gas, level 1 <= 100 % OEL, level 2 <= 200 % OEL; Cl2 MAC 1 mg/m3 = 0.34 ppm"
LEAKAGE = "GB 50116-2013 9.2.3: set point 300-500 mA, alarm within 30 s"
CABLE = "GB 14287.3 set range 45-140 °C; usual for cables 70-80 °C"
HEAT = "GB 4716: class A1 responds at 54-65 °C"
MAIN = "GB 55036-2022: municipal hydrant main in service >= 0.14 MPa"
LAST_HYDRANT = "GB 50974-2014: >= 0.10 MPa from ground at the worst hydrant"
DUST = "MEM Order 6 (2021) art. 15, trade practice: bag filter below 0.2 kPa"

CRITERIA: dict[str, Criterion] = {
    "gas_1": Criterion("gas-lel", "yellow", "gas", 25, GAS),
    "gas_2": Criterion("gas-lel", "red", "gas", 50, GAS),
    "cl2_1": Criterion("chlorine", "yellow", "cl2", 0.34, CHLORINE),
    "cl2_2": Criterion("chlorine", "red", "cl2", 0.68, CHLORINE),
    "leakage_low": Criterion("residual-current", "yellow", "residual_current", 300, LEAKAGE),
    "leakage_high": Criterion("residual-current", "orange", "residual_current", 500, LEAKAGE),
    "cable": Criterion("cable-temperature", "yellow", "temperature", 80, CABLE, hold=1),
    "heat": Criterion("heat", "orange", "temperature", 65, HEAT),
    "main": Criterion("hydrant-pressure", "yellow", "water_pressure", 0.14, MAIN, hold=3, below=True),
    "last_hydrant": Criterion("hydrant-pressure", "orange", "water_pressure", 0.10, LAST_HYDRANT, hold=3, below=True),
    "dust": Criterion("dust-pressure-low", "yellow", "dust_pressure", 0.2, DUST, hold=1, below=True),
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared fire: what declares it decides how sure one may be."""

    rule: str
    level: str
    clause: str


DETECTOR = Declaration(
    "fire-detector", "orange", "GB 50440-2007 2.0.1: one automatic detector is 待核警 until somebody confirms it"
)
CALL_POINT = Declaration("call-point", "red", "GB/T 26875.3-2011 b1 火警, component 23: pressed by a person")
WATER_FLOW = Declaration("water-flow", "red", "GB/T 26875.3-2011 b1 火警, component 96: a sprinkler has opened")

RAIN_RULE = "rain-gauge"
RAIN_CLAUSE = "county flash-flood table (template): 1 h / 3 h / 6 h / 24 h, any one limb suffices"
RAIN: dict[str, tuple[tuple[int, float], ...]] = {
    "blue": ((60, 35), (180, 55), (360, 70), (1440, 100)),
    "yellow": ((60, 45), (180, 75), (360, 95), (1440, 130)),
    "orange": ((60, 60), (180, 100), (360, 120), (1440, 160)),
    "red": ((60, 80), (180, 120), (360, 150), (1440, 200)),
}
"""Level → (minutes, mm)."""

WHOLE_UPLINK = 1.0
"""Minutes that may pass between a reading and its alert (GB 26875.1: 10 s, GB 25506: 100 s for analogue state)."""
