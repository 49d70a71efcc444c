"""The township's terminal: what is published to it, and what comes back from it."""

from collections.abc import Callable

import msgspec

from alerts.incident import Refused
from alerts.model import Answer, Notice
from ingest.json_faults import NOT_JSON
from ingest.topics import ANSWER_END, TERMINAL
from rules.events import rfc3339

LARGEST = 4096

NOT_AN_ANSWER_TOPIC = Refused("不是终端答复主题", "This is not the answer topic of a terminal")
TOO_LARGE = Refused("答复过长", "The answer is too large")
MALFORMED = Refused("答复格式不对", "The answer is malformed")
NO_SUCH_NOTICE = Refused("没有这条通知", "There is no such notice")
OTHER_TOWNSHIP = Refused("这条通知不属于本镇街", "The notice belongs to another township")


class Spoken(msgspec.Struct):
    """An answer as a terminal sends it; its own ``at`` is kept by the terminal, ours counts."""

    notice: str
    officer: str
    answer: str
    at: str | int | None = None


def terminal_payload(notice: Notice, offset_minutes: int) -> bytes:
    """The notice as the terminal shows it."""
    answer_by = None if notice.answer_by is None else rfc3339(notice.answer_by, offset_minutes)
    return msgspec.json.encode(
        {
            "notice": notice.id,
            "alert": notice.alert_id,
            "level": notice.level,
            "text": notice.text,
            "answer_by": answer_by,
            "run": notice.run,
        }
    )


def parse_answer(mqtt_topic: str, payload: bytes, find: Callable[[str], Notice | None], at: int) -> Answer | Refused:
    """What a person said at a terminal, or why nothing can be made of it."""
    if not (mqtt_topic.startswith(TERMINAL) and mqtt_topic.endswith(ANSWER_END)):
        return NOT_AN_ANSWER_TOPIC
    if len(payload) > LARGEST:
        return TOO_LARGE
    try:
        spoken = msgspec.json.decode(payload, type=Spoken)
    except NOT_JSON:
        return MALFORMED
    notice = find(spoken.notice)
    if notice is None:
        return NO_SUCH_NOTICE
    if notice.township != mqtt_topic.removeprefix(TERMINAL).removesuffix(ANSWER_END):
        return OTHER_TOWNSHIP
    return Answer(
        hazard_id=notice.hazard_id,
        person=spoken.officer,
        answer=spoken.answer,
        at=at,
        via="terminal",
        notice_id=notice.id,
    )
