"""What a run came to, as figures: how many messages went where, what was raised, and how it compares with truth."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.store import FOREVER, Reader
from pipeline.site import Site
from pipeline.totals import by_prefix
from simulators.score import score


def summarise(
    site: Site, store: Path, truth: Mapping[str, Any], counts: Mapping[str, Any], ended: Mapping[str, Any]
) -> dict[str, Any]:
    """``counts`` is what the replay published, ``ended`` what the road said when it left."""
    reader = Reader(store)
    try:
        totals = reader.totals()
        events = list(reader.export("events", 0, FOREVER, site.offset))
        alerts = list(reader.export("alerts", 0, FOREVER, site.offset))
        hazards = list(reader.export("hazards", 0, FOREVER, site.offset))
        tickets = list(reader.export("tickets", 0, FOREVER, site.offset))
        notices = list(reader.export("notices", 0, FOREVER, site.offset))
    finally:
        reader.close()
    scored = score(events, dict(truth))
    plain = ("received", "accepted", "duplicates", "redelivered", "readings", "late")
    return {
        "published": counts["published"],
        **{name: totals.get(name, 0) for name in plain},
        "rejected": by_prefix(totals, "rejected"),
        "refused_values": by_prefix(totals, "refused_values"),
        "events": by_prefix(totals, "events"),
        "alerts": dict(Counter(alert["peak"] for alert in alerts)),
        "hazards": dict(Counter(hazard["phase"] for hazard in hazards)),
        "tickets": dict(Counter(ticket["state"] for ticket in tickets)),
        "notices": dict(Counter(notice["state"] for notice in notices)),
        "truth": {name: scored[name] for name in ("found", "missed", "false")},
        "score": scored,
        "seconds": round(ended["last_commit"] - counts["first_publish"], 2),
    }
