"""A board's queries as Grafana sends them: choices and times put in place of their names."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rules.events import rfc3339

Json = dict[str, Any]


def queries(board: Json) -> Iterator[tuple[str, str]]:
    """Everything that the board asks, by what it is for."""
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield f"variable {variable['name']}", variable["query"]
    for note in board["annotations"]["list"]:
        yield f"annotation {note['name']}", note["target"]["query"]
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield f"panel {panel['title']} {target['refId']}", target["query"]


def sent(query: str, bucket: str, start: int, stop: int, choices: Mapping[str, str], window: str = "10m") -> str:
    """``choices`` by the variable's name; a choice of all is a dot and a star, which Grafana leaves as it is."""

    def chosen(found: re.Match[str]) -> str:
        value = choices[found[1]]
        return re.sub(r"[\\^$*+?.()|{}\[\]/]", r"\\\g<0>", value) if found[2] and value != ".*" else value

    query = re.sub(r"\$\{(\w+)(:regex)?\}", chosen, query)
    for name, value in {
        "v.defaultBucket": f'"{bucket}"',
        "v.timeRangeStart": rfc3339(start, 0),
        "v.timeRangeStop": rfc3339(stop, 0),
        "v.windowPeriod": window,
    }.items():
        query = query.replace(name, value)
    assert "${" not in query
    assert "v." not in query, query
    return query
