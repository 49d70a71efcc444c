"""The words of notices: levels, flags, and those that rain texts must not use."""

import re

LEVEL_ZH = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}

FLAG_ZH = {
    "fire": "报火警",
    "fault": "报故障",
    "test": "测试",
    "tamper": "被拆动",
    "low_battery": "电量低",
    "isolated": "被屏蔽",
    "supervisory": "报监管",
    "started": "已启动",
    "feedback": "有联动反馈",
    "power_fault": "电源故障",
}
FLAG_EN = {
    "fire": "declares fire",
    "fault": "reports a fault",
    "test": "under test",
    "tamper": "tampered with",
    "low_battery": "battery low",
    "isolated": "isolated",
    "supervisory": "supervisory",
    "started": "has started",
    "feedback": "feedback",
    "power_fault": "power fault",
}

_FORBIDDEN = re.compile(
    r"预警|信号|红色|橙色|黄色|蓝色|\b(?:warnings?|signals?|red|orange|yellow|blue)\b", re.IGNORECASE
)


def is_rain(kind: str) -> bool:
    """Rain is 雨情监测告警: only meteorological stations may publish 预警信号."""
    return kind.startswith("rain")


def forbidden_in_rain(text: str) -> str | None:
    """The first word that a rain text may not say, if there is one."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else None


WHY = {
    "raised": ("新告警", "new alert"),
    "upgraded": ("级别上升", "level raised"),
    "escalated": ("下级未签收", "no answer below"),
    "not_arrived": ("下级未到场", "not on scene"),
    "repeated": ("再叫应", "called again"),
    "substitute": ("转替班", "substitute"),
    "late": ("补录", "late"),
    "reopened": ("再次告警", "alarm again"),
    "cleared": ("读数恢复", "recovered"),
}
"""Why a message was sent, in a word of a table, Chinese and English."""

# Why a message was sent, in its first words; ``{step}`` is who did not answer, ``{n}`` a number of minutes or times.
REASON_ZH = {
    "raised": "",
    "upgraded": "级别上升:",
    "escalated": "{step}超时未签收,逐级叫应:",
    "not_arrived": "{step}签收后未到场,逐级叫应:",
    "repeated": "超时未签收,第{n}次再叫应:",
    "substitute": "在岗人员转替班,请您接手:",
    "late": "补录,迟到{n}分钟:",
    "reopened": "解除后再次告警:",
    "cleared": "读数已恢复,仍须核实:",
}
REASON_EN = {
    "raised": "",
    "upgraded": "Up to ",
    "escalated": "{step} silent: ",
    "not_arrived": "{step} not on the spot: ",
    "repeated": "Call {n}: ",
    "substitute": "Handed over to you: ",
    "late": "Late by {n} min: ",
    "reopened": "Again after lifting: ",
    "cleared": "Readings back: ",
}
