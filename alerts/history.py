"""The lines of a history: kept in Chinese, read in Chinese or English, both from one table."""

import re
from collections.abc import Mapping

from alerts.incident import ANSWER_ZH
from alerts.plan import STEP_EN, STEP_ZH
from alerts.words import LEVEL_ZH, WHY

Words = tuple[str, str]

LINES: Mapping[str, Words] = {
    "raised": ("{device} {level}告警{late}", "{device}: {level} alert{late}"),
    "upgraded": ("{device} 升至{level}{late}", "{device}: up to {level}{late}"),
    "downgraded": ("{device} 降至{level}", "{device}: down to {level}"),
    "cleared": ("{device} 读数恢复,{level}告警结束", "{device}: back to normal, {level} alert over"),
    "notified": ("{step} {person}({why})", "{person}, for {step} ({why})"),
    "escalated": ("{step}超时未签收,转叫{next}", "no answer from {step}, now {next}"),
    "not_arrived": ("{step}签收后未到场,转叫{next}", "answered by {step}, nobody on the spot, now {next}"),
    "substitute": ("{step}没有替班,转叫{next}", "no substitute for {step}, now {next}"),
    "repeated": ("{step},第{n}次", "{step}, time {n}"),
    "empty": ("{step}无人可叫应,直接上一级", "nobody to call for {step}, straight to the next step"),
    "exhausted": ("各级均已叫应,仍无人处置", "every step was called and nobody deals with it"),
    "nobody": ("各级均无人可叫应", "no step has anybody to call"),
    "late": ("补录的告警已自行结束,不再叫应", "the late alert is over by itself, nobody is called"),
    "reopened": ("解除后再次告警,重新核警", "alarm again after lifting, to be verified anew"),
    "recovered": ("设备恢复,自动确认", "the device is back, confirmed by itself"),
    "undelivered": ("{person} {channel}未送达:{failure}", "{person}: not delivered by {channel}: {failure}"),
    "answered": ("{person} {answer}({via})", "{person}: {answer} ({via})"),
    "answered_with": ("{person} {answer}({via}):{note}", "{person}: {answer} ({via}): {note}"),
    "unsent": ("已销号:{answer}", "closed: {answer}"),
    "unsent_ticket": ("工单已关闭", "the ticket is closed"),
}
ANSWER_EN = {
    "accept": "got it",
    "decline": "passed to the substitute",
    "arrive": "on the spot",
    "handle": "handling",
    "true": "it is real",
    "false": "false alarm",
    "test": "a test",
    "lift": "incident over",
    "close": "closed",
}
_STEPS = {str(number): words for number, words in enumerate(zip(STEP_ZH, STEP_EN, strict=True), 1)}
SAID: Mapping[str, Mapping[str, Words]] = {
    "level": {level: (zh, level) for level, zh in LEVEL_ZH.items()},
    "late": {"": ("", ""), "late": ("(补录)", " (late)")},
    "step": _STEPS,
    "next": _STEPS,
    "why": WHY,
    "answer": {answer: (zh, ANSWER_EN[answer]) for answer, zh in ANSWER_ZH.items()},
    "via": {"link": ("手机", "phone"), "terminal": ("镇街终端", "terminal"), "board": ("值班台", "duty desk")},
    "channel": {"terminal": ("镇街终端", "terminal"), "webhook": ("网关", "gateway"), "board": ("值班台", "duty desk")},
}
"""Fields whose values are words of their own; every other field is a name or a person's own text."""


def line(name: str, **fields: object) -> str:
    """The line in Chinese, as it is kept."""
    said = {field: SAID.get(field, {}).get(str(value), (str(value),))[0] for field, value in fields.items()}
    return LINES[name][0].format(**said)


def english(text: str) -> str:
    """A kept line in English; what no line of the table looks like stays as it is."""
    for pattern, template in _PATTERNS:
        if found := pattern.fullmatch(text):
            return template.format(**{field: _translated(field, zh) for field, zh in found.groupdict().items()})
    return text


def _translated(field: str, zh: str) -> str:
    return next((words[1] for words in SAID.get(field, {}).values() if words[0] == zh), zh)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    fields = [f"(?P<{field}>{_values(field)})" for field in parts[1::2]]
    plain = [re.escape(part) for part in parts[::2]]
    return re.compile("".join(part for pair in zip(plain, [*fields, ""], strict=True) for part in pair), re.DOTALL)


def _values(field: str) -> str:
    return "|".join(re.escape(zh) for zh, _ in SAID[field].values()) if field in SAID else ".+?"


_PATTERNS = [(_pattern(zh), en) for zh, en in LINES.values()]
