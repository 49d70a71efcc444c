"""The boards' Flux: every query names its bucket by the data source, its time by the board, and an end to its rows.

Filters on tags and fields come straight after ``range``, so that InfluxDB applies them where it reads.
"""

BEFORE = "30d"
"""How far before the end of the board's time an open alert may have changed last."""
ROWS = 500
IN_DISTRICT = " and r.district =~ /^${district:regex}$/"
IN_TOWNSHIP = IN_DISTRICT + " and r.township =~ /^${township:regex}$/"
OF_DEVICE = ' and r.subject == "${device}"'
NO_DEVICE_TICKETS = " and r.hazard !~ /^device_/"
AFTER = "|> range(start: v.timeRangeStart, stop: v.timeRangeStop)"


def source(measurement: str, where: str = "", range_: str = AFTER) -> str:
    """What is read: a measurement in a time, filtered."""
    return (
        f'from(bucket: v.defaultBucket)\n  {range_}\n  |> filter(fn: (r) => r._measurement == "{measurement}"{where})'
    )


def back(duration: str, end: str = "v.timeRangeStop") -> str:
    """The time that ends with the board's, or begins so much before its start."""
    return f"|> range(start: date.sub(d: {duration}, from: {end}), stop: v.timeRangeStop)"


def tag_values(tag: str, where: str) -> str:
    """What a variable offers: the values of a tag among the readings of the board's time."""
    return f"""import "influxdata/influxdb/schema"

schema.tagValues(
  bucket: v.defaultBucket,
  tag: "{tag}",
  predicate: (r) => r._measurement == "reading"{where},
  start: v.timeRangeStart,
  stop: v.timeRangeStop,
)"""


def metrics_of_device() -> str:
    """The metrics that the chosen device reports."""
    return """import "influxdata/influxdb/schema"

schema.fieldKeys(
  bucket: v.defaultBucket,
  predicate: (r) => r._measurement == "reading" and r.device == "${device}",
  start: v.timeRangeStart,
  stop: v.timeRangeStop,
)
  |> filter(fn: (r) => r._value !~ /^flag/)"""


def figures(field: str, function: str) -> str:
    """One of the road's own figures over time, by role and shard."""
    return f"""{source("pipeline", f' and r._field == "{field}"')}
  |> group(columns: ["role", "shard"])
  |> aggregateWindow(every: v.windowPeriod, fn: {function}, createEmpty: false)
  |> keep(columns: ["_time", "_value", "role", "shard"])"""


def standing_still() -> str:
    """Seconds since each role and shard last moved, when the board's time ends."""
    return f"""import "date"

{source("pipeline", ' and r._field == "readings"', back("1d"))}
  |> group(columns: ["role", "shard"])
  |> last()
  |> map(fn: (r) => ({{r with _value: float(v: int(v: v.timeRangeStop) - int(v: r._time)) / 1000000000.0}}))
  |> group()
  |> keep(columns: ["role", "shard", "_value"])
  |> sort(columns: ["_value"], desc: true)
  |> limit(n: 100)"""
