"""Back-off of a channel: how long a failed notice waits, and when it is given up and shown as failed."""

FIRST_WAIT = 5_000
LONGEST_WAIT = 600_000
TRIES = 8
"""5 s, 10 s, 20 s … 320 s: given up about ten minutes after the first try."""


def next_try(tries: int, at: int, retry_after: int | None = None) -> int | None:
    """When to try again after ``tries`` failures, the last at ``at``; None: give up.

    A far side that asks for more time gets it, within reason.
    """
    if tries >= TRIES:
        return None
    wait = min(FIRST_WAIT << (tries - 1), LONGEST_WAIT)
    return at + max(wait, min(retry_after or 0, LONGEST_WAIT))
