"""The kinds of rules, one row each. A kind is a file here: its tables, its state, and a step that takes one reading.

A new kind adds its file, a row below, its place in ``rules/state.py`` (tables, state) and a line in ``rules/drive.py``.
"""

LADDER = 1
FLAG = 2
WINDOW_SUM = 3
ABSENCE = 4

KIND_NUMBER: dict[str, int] = {
    "ladder": LADDER,
    "flag": FLAG,
    "window_sum": WINDOW_SUM,
    "absence": ABSENCE,
}

LATER: tuple[str, ...] = ("rate", "stuck", "clock", "confirm", "area", "gateway")
"""Kinds of the public rulebook that the engine does not have yet: a rulebook that uses one is refused."""
