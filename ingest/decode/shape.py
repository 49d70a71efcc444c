"""The shape of a reading on the wire: parsed at once where all of it is as it should be, else part by part."""

import json
from typing import Annotated, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ingest.decode.depth import DEEPEST, is_too_deep
from ingest.decode.refusals import Refusal
from ingest.inputs import NO_SEQ
from ingest.json_faults import NOT_JSON
from ingest.rejected import Reason

LEAST_SEQ = NO_SEQ + 1
GREATEST_SEQ = 2**63 - 1


class Reading(msgspec.Struct, gc=False):
    """One reading object whose parts all have the right type. An absent key says nothing; null is no absence."""

    ts: str | int | None = None
    seq: Annotated[int, Meta(ge=LEAST_SEQ, le=GREATEST_SEQ)] | UnsetType = UNSET
    values: dict[str, float] | UnsetType = UNSET
    flags: list[str] | UnsetType = UNSET


_WELL_FORMED = msgspec.json.Decoder(Reading | list[Reading])


def well_formed(payload: bytes) -> Reading | list[Reading] | None:
    """The payload where every part of it has the right type, else None: then :func:`parsed` says more."""
    try:
        if is_too_deep(payload):
            return None
        if not payload.isascii():
            payload.decode()  # msgspec does not look into what it skips
        readings: Reading | list[Reading] = _WELL_FORMED.decode(payload)
        return readings
    except NOT_JSON:
        return None


def parsed(payload: bytes) -> object | Refusal:
    """Whatever JSON the payload is, read tolerantly: NaN, Infinity, a byte order mark."""
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return Refusal(Reason.NOT_UTF8, f"found byte {fault.start} of another encoding; expected UTF-8")
    if not text.strip():
        return Refusal(Reason.EMPTY, "found no payload; expected a reading")
    if is_too_deep(payload):
        return Refusal(Reason.MALFORMED, f"found more than {DEEPEST} levels; expected a flat object")
    try:
        return cast(object, json.loads(text, parse_int=_number))
    except (ValueError, RecursionError) as fault:
        return Refusal(Reason.MALFORMED, f"{fault}; expected JSON")


def _number(text: str) -> int | float:
    # int() refuses thousands of digits; nothing that long is a time or a number of a message.
    return int(text) if len(text) <= 20 else float(text)
