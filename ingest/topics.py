"""The MQTT topics of Fengshao, spelled once."""

ROOT = "fengshao/v1"
UP = f"{ROOT}/up/"
"""Devices publish to ``fengshao/v1/up/{device_id}``."""
UP_FILTER = f"{UP}+"
TICK = f"{ROOT}/tick"
"""Feed time only: ``{"at", "end"}`` from a replay that pauses or ends."""
PACE = f"{ROOT}/demo/pace"
"""Demonstration only: ``{"speed": N}`` to the replay; 0 pauses."""
ANSWER_FILTER = f"{ROOT}/terminal/+/answer"
ANSWER_END = "/answer"
TERMINAL = f"{ROOT}/terminal/"


ALIVE = f"{ROOT}/alive"
"""The road publishes ``{"clock"}`` here behind its acknowledgements: when the broker confirms it, it has those too."""

TRIAL = f"{ROOT}/doctor"
"""`doctor` publishes here and listens for it: whoever may do both has the service's rights."""


def event_topic(township: str, level: str) -> str:
    """Where an alert event is published; ``township`` is empty where there is none."""
    return f"{ROOT}/events/{township or '-'}/{level}"


def terminal_topic(township: str) -> str:
    """Where a township's terminal listens."""
    return f"{TERMINAL}{township or '-'}"
