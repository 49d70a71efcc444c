"""A hazard's history as its pages show it: when, what kind of thing, and what was done, in both languages."""

from collections.abc import Sequence
from typing import Any

from alerts.history import english
from alerts.model import Hazard, Step
from dashboards.web.board_site import BoardSite


def history(site: BoardSite, hazard: Hazard, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """In their order; the first line of a hazard names its kind."""
    kind = site.kind(hazard.kind)
    opened = {"zh": kind.zh, "en": kind.en}
    return [
        {
            "at": step.at,
            "kind": step.kind,
            "said": opened if step.kind == "opened" else {"zh": step.text, "en": english(step.text)},
        }
        for step in steps
    ]
