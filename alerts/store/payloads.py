"""A payload as a feed line carries it: JSON as it stands where that says the same, its bytes in hex elsewhere."""

from typing import Any

import msgspec

from ingest.json_faults import NOT_JSON


def shown_payload(payload: bytes) -> Any:
    """The object or array word for word, or ``{"hex": …}``.

    Hex also for what could be read in two ways: text that strict JSON refuses, a line break (the feed has one record
    per line), an object that is itself ``{"hex": …}``.
    """
    if b"\n" in payload or b"\r" in payload:
        return {"hex": payload.hex()}
    try:
        found = msgspec.json.decode(payload)
    except NOT_JSON:
        return {"hex": payload.hex()}
    is_plain = isinstance(found, list) or (isinstance(found, dict) and set(found) != {"hex"})
    return msgspec.Raw(payload) if is_plain else {"hex": payload.hex()}
