"""TOML as the settings may hold it: what is no TOML, too deep or too large a number is a fault, never a crash."""

import tomllib
from collections.abc import Mapping
from typing import Any

from ingest.faults import Fault

DEEPEST = 20
LARGEST = 1 << 63
"""TOML promises whole numbers of 64 bits; Python would go on to what it can neither print nor make a float of."""


def parse_toml(text: str, file: str) -> tuple[dict[str, Any], list[Fault]]:
    """All keys, or none and what is wrong with the whole file."""
    try:
        content = tomllib.loads(text)
    except RecursionError:
        return {}, [Fault(file, "file", "lists or tables nested without end", f"at most {DEEPEST} in each other")]
    except ValueError as wrong:  # of the syntax, or of a number with thousands of digits
        return {}, [Fault(file, "file", str(wrong), "valid TOML")]
    unfit = _unfit(content)
    return (content, []) if unfit is None else ({}, [Fault(file, "file", *unfit)])


def _unfit(content: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is too deep or too large, and what was expected. Without recursion: keys with dots nest without end."""
    left: list[tuple[str, object, int]] = [(key, value, 1) for key, value in content.items()]
    while left:
        where, value, depth = left.pop()
        if depth > DEEPEST:
            return f"lists or tables nested without end at {where}", f"at most {DEEPEST} in each other"
        if isinstance(value, int) and not -LARGEST <= value < LARGEST:
            return f"a whole number of more than 64 bits at {where}", "valid TOML"
        if isinstance(value, dict):
            left += [(f"{where}.{key}", inner, depth + 1) for key, inner in value.items()]
        elif isinstance(value, list):
            left += [(f"{where}[{number}]", inner, depth + 1) for number, inner in enumerate(value, 1)]
    return None
