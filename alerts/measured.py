"""What an alert measured or declared, in words with units: value against threshold, and how sure that is."""

from alerts.model import Alert
from alerts.words import FLAG_EN, FLAG_ZH, is_rain
from ingest.metrics import METRIC_NUMBER, METRICS
from rules.levels import LEVEL_NUMBER
from rules.rulebook import Rule

Words = tuple[str, str]
"""Chinese and English."""

MINUTE = 60_000
HOUR = 60 * MINUTE


def number(value: float) -> str:
    """A value as a person reads it: at most two decimals, no exponent."""
    return f"{round(value, 2):.10g}"


def measured(alert: Alert, rule: Rule | None) -> Words:
    """What the alert is about."""
    if alert.value is None:
        return _declared(alert)
    if (rule and rule.kind == "absence") or alert.hazard == "device_quiet":
        return _quiet(alert)
    if is_rain(alert.hazard) or (rule and rule.kind == "window_sum"):
        return _rain(alert, rule)
    return _value(alert)


def how_sure(alert: Alert, devices: int) -> Words:
    """Several devices agree, a person or the water flow declares it, it is measured, or one detector says so."""
    if not devices:
        return "读数已恢复,仍须核实", "recovered"
    if is_rain(alert.hazard) or alert.hazard.startswith("device_"):
        return "", ""
    if devices > 1:
        return f"{devices}个设备同时告警,把握高", f"{devices} devices"
    if alert.value is not None:
        return "实测值,待核实", ""
    if alert.level == "red":
        return "把握高", "sure"
    return ("1个探测器,待核实", "one detector") if alert.hazard == "fire" else ("待核实", "verify")


def _declared(alert: Alert) -> Words:
    flags = [flag for entry in alert.evidence for flag in entry.flags if flag in FLAG_ZH]
    shown = list(dict.fromkeys(flags))[:2] or ["fire"] * (alert.hazard == "fire")
    return "、".join(FLAG_ZH[flag] for flag in shown) or "告警", ", ".join(FLAG_EN[flag] for flag in shown) or "alert"


def _quiet(alert: Alert) -> Words:
    minutes = number((alert.value or 0.0) // 60)
    worst = max(alert.evidence, key=lambda entry: LEVEL_NUMBER.get(entry.level, 0), default=None)
    if not worst or not worst.level or worst.value is None:
        return f"已离线{minutes}分钟", f"quiet for {minutes} min"
    metric = METRICS[METRIC_NUMBER[worst.metric]] if worst.metric in METRIC_NUMBER else None
    name, unit = (metric.zh, metric.unit) if metric else (worst.metric, "")
    value = f"{number(worst.value)} {unit}".strip()
    return (
        f"已离线{minutes}分钟,离线前{name} {value}已达告警",
        f"quiet for {minutes} min, before that {worst.metric} {value} at alert level",
    )


def _rain(alert: Alert, rule: Rule | None) -> Words:
    within = window(alert, rule)
    hours = f"{within / HOUR:g}小时" if within else "累计"
    hours_en = f"in {within / HOUR:g} h" if within else "in total"
    value, limit = number(alert.value or 0.0), alert.threshold
    against, against_en = (f"(限值{number(limit)})", f", limit {number(limit)}") if limit is not None else ("", "")
    return f"{hours}雨量 {value} mm{against}", f"{value} mm of rain {hours_en}{against_en}"


def window(alert: Alert, rule: Rule | None) -> int | None:
    """The window of the limb that was reached: the level's own first, then any of that amount."""
    if not rule:
        return None
    tiers = sorted(rule.tiers, key=lambda tier: tier.level != LEVEL_NUMBER[alert.level])
    return next((limb.within for tier in tiers for limb in tier.limbs if limb.amount == alert.threshold), None)


def _value(alert: Alert) -> Words:
    name = alert.evidence[-1].metric if alert.evidence else ""
    metric = METRICS[METRIC_NUMBER[name]] if name in METRIC_NUMBER else None
    value = f"{number(alert.value or 0.0)} {metric.unit if metric else ''}".strip()
    limit = alert.threshold
    against, against_en = (f"(限值{number(limit)})", f", limit {number(limit)}") if limit is not None else ("", "")
    return f"{metric.zh if metric else name}{value}{against}", f"{name or 'value'} {value}{against_en}".replace(
        "_", " "
    )
