"""How deep a JSON payload nests, counted in its bytes, so that no parser's stack decides what is accepted."""

import re

import numpy as np

DEEPEST = 64
"""Far more than any reading needs and far less than any parser's limit."""

# Possessive, and a string that never closes is taken whole: tried from each of its quotes it would cost its square.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = np.zeros(256, dtype=np.int64)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1


def is_too_deep(payload: bytes) -> bool:
    """Whether the payload nests deeper than ``DEEPEST``; few opening brackets answer it at once."""
    return payload.count(b"{") + payload.count(b"[") > DEEPEST and _depth(payload) > DEEPEST


def _depth(payload: bytes) -> int:
    brackets = _STRING.sub(b"", payload).translate(None, _NOT_BRACKETS)
    steps = _STEPS[np.frombuffer(brackets, dtype=np.uint8)]
    return int(steps.cumsum().max(initial=0))
