"""Questions about readings: a device's metric with its thresholds, the newest of all, rain over its windows."""

from dashboards.grafana.flux import ROWS, back, source
from rules.levels import LEVELS
from rules.rulebook import Rulebook


def newest_readings(where: str) -> str:
    """What each device said last."""
    return f"""{source("reading", " and r._field !~ /^flag/" + where)}
  |> last()
  |> group()
  |> keep(columns: ["_time", "device", "type", "_field", "_value"])
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: {ROWS})"""


def weakest_batteries(where: str) -> str:
    """The ten devices whose batteries are lowest."""
    return f"""{source("reading", ' and r._field == "battery"' + where)}
  |> last()
  |> group()
  |> keep(columns: ["device", "_value"])
  |> sort(columns: ["_value"])
  |> limit(n: 10)"""


def readings(function: str) -> str:
    """The chosen device's metric; the highest and the lowest of each step, for a mean would hide the peak."""
    return f"""{source("reading", ' and r.device == "${device}" and r._field == "${metric}"')}
  |> aggregateWindow(every: v.windowPeriod, fn: {function}, createEmpty: false)
  |> group()
  |> keep(columns: ["_time", "_value"])
  |> rename(columns: {{_value: "${{metric}} {function}"}})"""


def flags() -> str:
    """What the chosen device declared."""
    return f"""{source("reading", ' and r.device == "${device}" and r._field == "flags"')}
  |> group()
  |> keep(columns: ["_time", "_value"])
  |> limit(n: {ROWS})"""


def limits(rulebook: Rulebook) -> str:
    """The rulebook's thresholds for the chosen device's type and metric, as lines across the board's time."""
    rows = [
        f'  {{type: "{type_}", metric: "{rule.metric}", name: "{rule.id} {LEVELS[tier.level]}", at: {tier.raise_at}}},'
        for rule in rulebook.rules
        if rule.kind == "ladder"
        for type_ in rule.devices or ("*",)
        for tier in rule.tiers
    ]
    listed = "\n".join(rows)
    return f"""import "array"

limits = array.from(rows: [
{listed}
])
  |> filter(fn: (r) => r.metric == "${{metric}}" and (r.type == "${{type}}" or r.type == "*"))
line = (time) => limits |> map(fn: (r) => ({{_time: time, name: r.name, _value: r.at}}))

union(tables: [line(time: v.timeRangeStart), line(time: v.timeRangeStop)])
  |> pivot(rowKey: ["_time"], columnKey: ["name"], valueColumn: "_value")"""


def rain_sums(within: str, where: str) -> str:
    """The wettest gauges over a window that ends with the board's time."""
    return f"""import "date"

{source("reading", ' and r._field == "rain"' + where, back(within))}
  |> sum()
  |> group()
  |> keep(columns: ["device", "township", "_value"])
  |> sort(columns: ["_value"], desc: true)
  |> limit(n: 15)"""


def rain_windows(within: str, step: str, steps: int, where: str) -> str:
    """The sum over a window that moves along, of the ten wettest gauges: one pass over steps, not one a window."""
    return f"""import "date"

rain = {source("reading", ' and r._field == "rain"' + where, back(within, "v.timeRangeStart"))}
wettest = rain
  |> sum()
  |> group()
  |> sort(columns: ["_value"], desc: true)
  |> limit(n: 10)
  |> findColumn(fn: (key) => true, column: "device")

rain
  |> filter(fn: (r) => contains(value: r.device, set: wettest))
  |> aggregateWindow(every: {step}, fn: sum, createEmpty: true)
  |> fill(value: 0.0)
  |> keep(columns: ["_time", "_value", "device"])
  |> group(columns: ["device"])
  |> movingAverage(n: {steps})
  |> map(fn: (r) => ({{r with _value: r._value * {float(steps)}}}))
  |> filter(fn: (r) => r._time >= v.timeRangeStart)"""
