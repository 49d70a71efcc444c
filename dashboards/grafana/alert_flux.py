"""Questions about alerts: what is open, what happened, how the levels went."""

from dashboards.grafana.flux import BEFORE, NO_DEVICE_TICKETS, ROWS, back, source
from rules.levels import LEVEL_NUMBER, LEVELS, NONE


def open_alerts(where: str) -> str:
    """A row for each alert that is open when the board's time ends."""
    return f"""import "date"

{source("level", where, back(BEFORE))}
  |> last()
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> filter(fn: (r) => exists r.level and r.level > {NONE})"""


def open_table(where: str) -> str:
    """The worst first, then the newest."""
    columns = ["_time", "level", "hazard", "rule", "district", "township", "place", "value", "threshold", "id"]
    return f"""{open_alerts(where)}
  |> keep(columns: [{_texts([*columns, "lat", "lon"])}])
  |> sort(columns: ["level", "_time"], desc: true)
  |> limit(n: {ROWS})"""


def open_counts(where: str) -> str:
    """One row: how many are open of each level, the reds first."""
    levels = [name for name in reversed(LEVELS) if LEVEL_NUMBER[name] != NONE]
    start = ", ".join(f"{name}: 0" for name in levels)
    add = ", ".join(
        f"{name}: if r.level == {LEVEL_NUMBER[name]} then accumulator.{name} + 1 else accumulator.{name}"
        for name in levels
    )
    return f"""{open_alerts(where)}
  |> reduce(identity: {{{start}}}, fn: (r, accumulator) => ({{{add}}}))"""


def open_by(column: str, where: str) -> str:
    """How many are open by a tag."""
    return f"""{open_alerts(where)}
  |> group(columns: ["{column}"])
  |> count(column: "level")
  |> group()
  |> sort(columns: ["level"], desc: true)
  |> limit(n: 30)"""


def raised_over_time(where: str) -> str:
    """New alerts and rises in level by the level that they reached."""
    rise = ' and r._field == "level" and (r.event == "raised" or r.event == "upgraded")'
    return f"""{source("event", rise + where)}
  |> group(columns: ["reached"])
  |> aggregateWindow(every: v.windowPeriod, fn: count, createEmpty: false)
  |> keep(columns: ["_time", "_value", "reached"])
  |> pivot(rowKey: ["_time"], columnKey: ["reached"], valueColumn: "_value")"""


def level_history(where: str) -> str:
    """How the level of each rule on each subject went, of those that changed in the board's time."""
    return f"""{source("level", ' and r._field == "level"' + where)}
  |> keep(columns: ["_time", "_value", "rule", "subject"])
  |> limit(n: {ROWS})"""


def events(where: str) -> str:
    """What happened, the newest first."""
    text = ' and (r._field == "text" or r._field == "id")'
    return f"""{source("event", text + where)}
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group()
  |> keep(columns: ["_time", "event", "reached", "text", "id"])
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: {ROWS})"""


def regions(where: str) -> str:
    """Each alert from its raise to its end; what began earlier or goes on is cut at the board's time."""
    text = ' and (r._field == "text" or r._field == "id")'
    return f"""{source("event", text + NO_DEVICE_TICKETS + where)}
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group(columns: ["id"])
  |> sort(columns: ["_time"])
  |> reduce(
    identity: {{time: v.timeRangeStart, timeEnd: v.timeRangeStop, text: "", tags: ""}},
    fn: (r, accumulator) => ({{
      time: if r.event == "raised" then r._time else accumulator.time,
      timeEnd: if r.event == "cleared" then r._time else accumulator.timeEnd,
      text: if r.event == "cleared" and accumulator.text != "" then accumulator.text else r.text,
      tags: r.reached + "," + r.hazard,
    }}),
  )
  |> group()
  |> limit(n: {ROWS})"""


def _texts(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
