"""The five boards: city, township, device with its thresholds, rain against its limbs, and the road's health."""

from dataclasses import dataclass
from itertools import pairwise

from alerts.words import FLAG_ZH
from dashboards.grafana import alert_panels as alert
from dashboards.grafana import flux, reading_flux
from dashboards.grafana.alert_panels import Names
from dashboards.grafana.flux import IN_DISTRICT, IN_TOWNSHIP, OF_DEVICE
from dashboards.grafana.frame import DEVICE, DISTRICT, METRIC, ONE_TOWNSHIP, TOWNSHIP, TYPE, Board
from dashboards.grafana.look import LEVEL_COLOUR, fixed, name_mappings, thresholds, unit
from dashboards.grafana.panels import LINES, Json, Panel, bar_gauge, level_line, limits_drawn, table, time_series
from ingest.metrics import FLAG_BIT, FLAGS_METRIC, METRICS
from rules.levels import LEVELS, NONE
from rules.rulebook import Rulebook

MINUTE = 60_000
STEPS = 48
"""A moving window is at most so many steps long."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the boards are drawn from: the rulebook in force, and what people call its rules and hazards."""

    rulebook: Rulebook
    hazards: dict[str, str]

    @property
    def names(self) -> Names:
        return Names(self.hazards, {rule.id: rule.zh or rule.id for rule in self.rulebook.rules})


def all_boards(subjects: Subjects, duty_board: str) -> dict[str, Json]:
    """Every board by its uid."""
    boards = (city(subjects), township(subjects), device(subjects), rain(subjects), health())
    return {board.uid: board.json(duty_board) for board in boards}


def city(subjects: Subjects) -> Board:
    where = flux.NO_DEVICE_TICKETS + IN_DISTRICT
    rows = (
        (alert.city_map(where), alert.open_counts(where, width=12, height=16)),
        (alert.open_table(where, subjects.names),),
        (
            alert.raised(where),
            alert.open_by("未解除告警·区县", "district", where),
            alert.open_by("未解除告警·隐患", "hazard", where, subjects.hazards),
        ),
    )
    return Board("fengshao-city", "枫哨·全市总览", rows, (DISTRICT,), where=where, refresh="30s")


def township(subjects: Subjects) -> Board:
    where = IN_TOWNSHIP
    types = {"_time": "时间", "device": "设备", "type": "类型", "_field": "读数", "_value": "数值"}
    metrics = {"读数": {"mappings": name_mappings({row.name: row.zh for row in METRICS})}, "数值": {"decimals": 2}}
    newest = table("各设备最近读数", reading_flux.newest_readings(where), types, named=metrics, width=16)
    low = [(None, LEVELS.index("blue")), (20.0, NONE)]
    weakest = bar_gauge(
        "电量最低的设备",
        reading_flux.weakest_batteries(where),
        defaults={"unit": unit("battery"), "min": 0, "max": 100, "thresholds": thresholds(low)},
        width=8,
    )
    rows = (
        (
            alert.open_counts(where),
            alert.open_by("未解除告警·隐患", "hazard", where, subjects.hazards),
            alert.raised(where),
        ),
        (alert.open_table(where, subjects.names),),
        (alert.level_history(where, subjects.names),),
        (newest, weakest),
    )
    return Board("fengshao-township", "枫哨·镇街", rows, (DISTRICT, ONE_TOWNSHIP), where=where)


def device(subjects: Subjects) -> Board:
    chart = time_series(
        "${metric}",
        reading_flux.readings("max"),
        reading_flux.readings("min"),
        reading_flux.limits(subjects.rulebook),
        custom=LINES,
        named=_metrics_named() | _limits_named(),
        repeat="metric",
        width=12,
        note="虚线为规则的告警阈值;每一时段画出最高与最低读数",
    )
    rows = (
        (chart,),
        (alert.level_history(OF_DEVICE, subjects.names, width=12), _flags_declared()),
        (alert.events(OF_DEVICE),),
    )
    variables = (DISTRICT, TOWNSHIP, DEVICE, TYPE, METRIC)
    return Board("fengshao-device", "枫哨·设备", rows, variables, where=OF_DEVICE)


def _metrics_named() -> dict[str, Json]:
    """Each metric's two lines by its name and in its unit."""
    named: dict[str, Json] = {}
    for row in METRICS[FLAGS_METRIC + 1 :]:
        for function, word in (("max", "最高"), ("min", "最低")):
            named[f"{row.name} {function}"] = {"unit": unit(row.name), "displayName": f"{row.zh}{word}"}
    return named


def _limits_named() -> dict[str, Json]:
    """A threshold is a dashed line in its level's colour."""
    dashed = {"fill": "dash", "dash": [10, 10]}
    return {
        f"/ {level}$/": {"color": fixed(LEVEL_COLOUR[level]), "custom.lineStyle": dashed, "custom.showPoints": "never"}
        for level in LEVELS[NONE + 1 :]
    }


def _flags_declared() -> Panel:
    words = {"0": "无"} | {str(bit): FLAG_ZH[name] for name, bit in FLAG_BIT.items()}
    note = "数字为同时报出的几种状态之和"
    return level_line("状态", reading_flux.flags(), name_mappings(words), width=12, height=10, note=note)


def rain(subjects: Subjects) -> Board:
    rows = [
        (
            bar_gauge(
                f"近{_window_zh(within)}雨量",
                reading_flux.rain_sums(_duration(within), IN_TOWNSHIP),
                defaults={"unit": unit("rain"), "min": 0, "thresholds": thresholds(steps)},
                width=8,
                height=10,
            ),
            time_series(
                f"{_window_zh(within)}滑动雨量与阈值",
                reading_flux.rain_windows(
                    _duration(within), _duration(_step(within)), within // _step(within), IN_TOWNSHIP
                ),
                custom=limits_drawn(),
                defaults={"unit": unit("rain"), "min": 0, "thresholds": thresholds(steps)},
                named={"/.*/": {"displayName": "${__field.labels.device}"}},
                width=16,
                height=10,
            ),
        )
        for within, steps in rain_limbs(subjects.rulebook).items()
    ]
    note = "雨情监测,不是气象部门发布的信号"
    where = ' and r.hazard == "rain"' + IN_TOWNSHIP
    return Board("fengshao-rain", "枫哨·雨情", rows, (DISTRICT, TOWNSHIP), where=where, note=note)


def rain_limbs(rulebook: Rulebook) -> dict[int, list[tuple[float | None, int]]]:
    """The thresholds of each window by its length in ms: of several rules the first that names it."""
    found: dict[int, list[tuple[float | None, int]]] = {}
    for rule in rulebook.rules:
        windows: dict[int, list[tuple[float | None, int]]] = {}
        if rule.kind == "window_sum" and rule.metric == "rain":
            for tier in rule.tiers:
                for limb in tier.limbs:
                    windows.setdefault(limb.within, [(None, NONE)]).append((limb.amount, tier.level))
        found = windows | found
    return dict(sorted(found.items()))


def _step(within: int) -> int:
    """The smallest round step of which at most ``STEPS`` make up the window."""
    rounds = (1, 5, 10, 15, 30, 60, 180, 360, 720, 1440)
    fits = (minutes * MINUTE for minutes in rounds if within % (minutes * MINUTE) == 0)
    return next((step for step in fits if within // step <= STEPS), within)


def _duration(ms: int) -> str:
    return f"{ms // MINUTE}m"


def _window_zh(ms: int) -> str:
    hours, minutes = divmod(ms // MINUTE, 60)
    return f"{hours}小时" if not minutes else f"{ms // MINUTE}分钟"


def health() -> Board:
    """The road itself; the figures are those that its roles write to ``pipeline``."""
    named = {"/.*/": {"displayName": "${__field.labels.role} ${__field.labels.shard}"}}
    steps = [(None, NONE), (10.0, LEVELS.index("yellow")), (60.0, LEVELS.index("red"))]
    still = bar_gauge(
        "距上次处理",
        flux.standing_still(),
        defaults={"unit": "s", "min": 0, "thresholds": thresholds(steps)},
        width=12,
    )
    charts = (
        ("读数(每时段)", "readings", "sum", "short"),
        ("收到至入库的时延", "delay_ms", "max", "ms"),
        ("积压的消息", "lag", "max", "short"),
        ("拒收(每时段)", "rejected", "sum", "short"),
        ("告警事件(每时段)", "events", "sum", "short"),
    )
    panels = [
        time_series(
            title, flux.figures(field, function), defaults={"unit": unit_, "min": 0}, named=named, interval="1m"
        )
        for title, field, function, unit_ in charts
    ]
    shown = [still, *panels]
    rows = [pair for number, pair in enumerate(pairwise(shown)) if number % 2 == 0]
    return Board("fengshao-health", "枫哨·运行状况", rows, hours=6, refresh="30s")
