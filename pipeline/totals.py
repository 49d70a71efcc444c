"""The running totals of the road: every message is accepted, a duplicate or rejected, exactly once."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from pipeline.stepping import Stepped
from rules.fates import DUPLICATE, LATE, NEW


def count(totals: Counter[str], stepped: Stepped, redelivered: int) -> None:
    """Add one step: accepted if anything in a message is new, else a duplicate if anything is one, else rejected.

    A message that is rejected counts under its first reason; refused values of others are counted apart.
    """
    decoded, fates, message = stepped.decoded, stepped.judged.fates, stepped.inputs.message
    accepted = np.zeros(decoded.messages, bool)
    accepted[message[(fates == NEW) | (fates == LATE)]] = True
    repeated = np.zeros(decoded.messages, bool)
    repeated[message[fates == DUPLICATE]] = True
    repeated &= ~accepted
    first_reason: dict[int, str] = {}
    for refused in decoded.rejected:
        whole = not (accepted[refused.message] or repeated[refused.message])
        if not whole:
            totals[f"refused_values.{refused.reason}"] += 1
        first_reason.setdefault(refused.message, refused.reason)
    rejected = [reason for place, reason in first_reason.items() if not (accepted[place] or repeated[place])]
    totals["received"] += decoded.messages
    totals["accepted"] += int(accepted.sum())
    totals["duplicates"] += int(repeated.sum())
    totals["rejected"] += len(rejected)
    totals.update(f"rejected.{reason}" for reason in rejected)
    totals["redelivered"] += redelivered
    totals["readings"] += int(((fates == NEW) | (fates == LATE)).sum())
    totals["late"] += int((fates == LATE).sum())
    totals.update(f"events.{event.event}" for event in stepped.judged.events)


def by_prefix(totals: Mapping[str, int], prefix: str) -> dict[str, int]:
    """The totals below ``prefix``, by what follows it."""
    return {name[len(prefix) + 1 :]: count for name, count in sorted(totals.items()) if name.startswith(f"{prefix}.")}
