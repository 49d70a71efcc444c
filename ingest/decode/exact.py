"""The careful road of a payload that is not wholly as it should be: each part is judged alone."""

import math

from msgspec import UNSET, UnsetType

from ingest.decode.refusals import Refusal, Refusals, shown, unknown_flag
from ingest.decode.shape import GREATEST_SEQ, LEAST_SEQ, Reading, parsed
from ingest.rejected import Reason


def readings_of(payload: bytes, place: int, refusals: Refusals) -> list[Reading]:
    """The readings of a payload with what has the wrong shape taken out and refused."""
    found = parsed(payload)
    if isinstance(found, Refusal):
        refusals.add(place, *found)
        return []
    elements = found if isinstance(found, list) else [found]
    if not elements:
        refusals.add(place, Reason.EMPTY, "found an empty array; expected readings")
    good = (_reading(element, place, refusals) for element in elements)
    return [reading for reading in good if reading is not None]


def _reading(element: object, place: int, refusals: Refusals) -> Reading | None:
    if not isinstance(element, dict):
        refusals.add(place, Reason.NOT_AN_OBJECT, f"found {shown(element)}; expected an object")
        return None
    if "flags" not in element and element.get("values", UNSET) in (UNSET, {}):
        return Reading()
    reading = Reading(
        ts=element.get("ts"),
        values=_values(element.get("values", UNSET), place, refusals),
        flags=_flags(element.get("flags", UNSET), place, refusals),
    )
    reading.seq = _seq(element.get("seq", UNSET), place, refusals)
    return None if reading.values is UNSET and reading.flags is UNSET else reading


def _values(values: object, place: int, refusals: Refusals) -> dict[str, float] | UnsetType:
    if values is UNSET:
        return UNSET
    if not isinstance(values, dict):
        refusals.add(place, Reason.BAD_VALUES, f"values: found {shown(values)}; expected an object")
        return UNSET
    good = {}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            refusals.add(place, Reason.BAD_VALUE, f"values.{shown(name)}: found {shown(value)}; expected a number")
        elif not math.isfinite(value):
            refusals.add(place, Reason.NOT_FINITE, f"values.{shown(name)}: found {value}; expected a finite number")
        else:
            good[name] = float(value)
    return good or UNSET


def _flags(flags: object, place: int, refusals: Refusals) -> list[str] | UnsetType:
    if flags is UNSET:
        return UNSET
    if not isinstance(flags, list):
        refusals.add(place, Reason.BAD_FLAGS, f"flags: found {shown(flags)}; expected an array")
        return UNSET
    good = [word for word in flags if isinstance(word, str)]
    for word in flags:
        if not isinstance(word, str):
            refusals.add(place, *unknown_flag(word))
    # An array of which nothing can be read does not say "none".
    return good if good or not flags else UNSET


def _seq(seq: object, place: int, refusals: Refusals) -> int | UnsetType:
    if seq is UNSET:
        return UNSET
    if isinstance(seq, int) and not isinstance(seq, bool) and LEAST_SEQ <= seq <= GREATEST_SEQ:
        return seq
    refusals.add(place, Reason.BAD_SEQ, f"seq: found {shown(seq)}; expected an integer of 64 bits")
    return UNSET
