"""What an event means for the alert that it names: nothing where it is a copy, else a rise, a fall or an end."""

from msgspec.structs import replace

from alerts.model import Alert
from rules.events import Event
from rules.levels import LEVEL_NUMBER


def seen_key(event: Event) -> str:
    """Two events of one key are copies of each other."""
    return f"{event.id} {event.event} {event.level} {event.at}"


def meant(event: Event, known: Alert | None, seen: bool) -> Event | None:
    """The event as its alert takes it; None for a copy.

    Events of one alert come in the order of their time, but for a changed rulebook: it judges the whole log again,
    and an open alert may then turn out to have begun at another level, or an ended one to be still open.
    """
    if known is None:
        return None if seen or event.event in ("downgraded", "cleared") else event  # else: ended beyond memory
    if event.event == "cleared":
        return event if known.open and event.at >= known.changed_at else None
    if not known.open:
        return event if event.event == "raised" and not seen else None
    up = LEVEL_NUMBER[event.level] - LEVEL_NUMBER[known.level]
    if up == 0:
        return None
    moved = replace(event, event="upgraded" if up > 0 else "downgraded")
    in_turn = event.event == moved.event and event.at >= known.changed_at
    return moved if in_turn or not seen else None
