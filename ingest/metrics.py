"""The metrics and flags that a device may report: fixed names, units and physical ranges.

The row's place is its number in every column of readings, so rows are only ever appended.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured quantity; a value outside ``low``..``high`` is refused as ``out_of_range``."""

    name: str
    unit: str
    low: float
    high: float
    zh: str


FLAGS_METRIC = 0
"""Number of the pseudo-metric that carries what a reading declares (a mask of flags)."""

PPM = (0.0, 1e6)

METRICS: tuple[Metric, ...] = (
    Metric("flags", "", 0.0, 1023.0, "状态"),
    Metric("smoke", "dB/m", 0.0, 30.0, "烟雾"),
    Metric("temperature", "°C", -60.0, 1200.0, "温度"),
    Metric("residual_current", "mA", 0.0, 30000.0, "剩余电流"),
    Metric("water_pressure", "MPa", -0.1, 10.0, "水压"),
    Metric("water_level", "m", -5.0, 100.0, "水位"),
    Metric("gas", "%LEL", -10.0, 1000.0, "可燃气体"),
    Metric("co", "ppm", *PPM, "一氧化碳"),
    Metric("h2s", "ppm", *PPM, "硫化氢"),
    Metric("nh3", "ppm", *PPM, "氨"),
    Metric("cl2", "ppm", *PPM, "氯"),
    Metric("so2", "ppm", *PPM, "二氧化硫"),
    Metric("no2", "ppm", *PPM, "二氧化氮"),
    Metric("hcl", "ppm", *PPM, "氯化氢"),
    Metric("oxygen", "%VOL", 0.0, 100.0, "氧"),
    Metric("dust", "mg/m³", 0.0, 1e6, "粉尘"),
    Metric("dust_pressure", "kPa", -10.0, 100.0, "除尘压差"),
    Metric("oil_fume", "mg/m³", 0.0, 1e4, "油烟"),
    Metric("rain", "mm", 0.0, 200.0, "雨量"),
    Metric("rain_total", "mm", 0.0, 1e6, "累计雨量"),
    Metric("battery", "%", 0.0, 100.0, "电量"),
    Metric("rssi", "dBm", -150.0, 0.0, "信号"),
)

METRIC_NUMBER: dict[str, int] = {metric.name: number for number, metric in enumerate(METRICS)}

GAS_CEILING = 100.0
"""A combustible gas reading above 100 %LEL counts as 100 %LEL."""

FLAGS: tuple[str, ...] = (
    "fire",
    "fault",
    "test",
    "tamper",
    "low_battery",
    "isolated",
    "supervisory",
    "started",
    "feedback",
    "power_fault",
)

FLAG_BIT: dict[str, int] = {name: 1 << place for place, name in enumerate(FLAGS)}


def flag_names(mask: int) -> list[str]:
    """The flags declared in ``mask``, in the order of ``FLAGS``."""
    return [name for name, bit in FLAG_BIT.items() if mask & bit]
