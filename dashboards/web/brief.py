"""A row's second line, short enough for its column: what it is, and value/threshold where something was measured."""

from alerts.measured import HOUR, measured, number, window
from alerts.model import Alert
from alerts.plan import HazardKind
from alerts.words import is_rain
from ingest.metrics import METRIC_NUMBER, METRICS
from rules.rulebook import Rule


def brief(kind: HazardKind, alert: Alert | None, rule: Rule | None) -> dict[str, str]:
    """In both languages. Chinese names the kind, English the metric, which is the shorter of its two."""
    if alert is None:
        return {"zh": kind.zh, "en": kind.en}
    if alert.value is None or alert.threshold is None:
        zh, en = measured(alert, rule)
        return {"zh": f"{kind.zh} · {zh}", "en": f"{kind.en} · {en}"}
    figures = f"{number(alert.value)}/{number(alert.threshold)}"
    if is_rain(alert.hazard):
        within = window(alert, rule)
        zh, en = (f"{within / HOUR:g}小时", f"in {within / HOUR:g} h ") if within else ("累计", "")
        return {"zh": f"{zh}雨量 {figures} mm", "en": f"rain {en}{figures} mm"}
    name = alert.evidence[-1].metric if alert.evidence else ""
    unit = METRICS[METRIC_NUMBER[name]].unit if name in METRIC_NUMBER else ""
    said = f"{figures} {unit}".strip()
    return {"zh": f"{kind.zh} {said}", "en": f"{name.replace('_', ' ') or kind.en} {said}"}
