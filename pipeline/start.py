"""How a road starts: the step as the store left it, or, under another rulebook, as the log makes it.

The same site files   snapshot ─▶ inputs logged after it, judged again; their events are stored already
Others (rules,        the whole log judged again; alerts that no rule holds any more end, those that it
devices, times)       holds now begin
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from alerts.ledger import Ledger
from alerts.model import Alert
from alerts.store import Loaded, Store
from ingest.decode import Decoder
from ingest.vocabulary import Vocabulary
from pipeline.site import Site
from pipeline.step import Step
from pipeline.stepping import Stepping
from rules.engine import Engine
from rules.events import Event, Reason, Subject
from rules.levels import LEVEL_NUMBER


@dataclass(frozen=True, slots=True)
class Start:
    """``changes`` are the events that a changed rulebook causes; ``save``: the store lacks their state."""

    step: Stepping
    changes: Sequence[Event] = ()
    save: bool = False


def start(site: Site, loaded: Loaded, store: Store) -> Start:
    """The step as it was when the store was last written: rule state, names and what is open."""
    vocabulary = Vocabulary(devices=list(loaded.devices))
    for name in loaded.metrics:
        vocabulary.metric(name)
    vocabulary.register(site.places.devices)
    engine = Engine(site.rulebook, site.places, vocabulary, site.timing)
    changes: Sequence[Event] = ()
    changed = False
    if loaded.snapshot is not None:
        try:
            engine.restore(loaded.snapshot)
        except ValueError:  # made under other rules, devices or times
            changed = True
    if changed:
        changes = judge_again(engine, store, loaded, set(site.places.devices))
    else:
        for inputs in loaded.inputs_after:
            engine.judge(inputs)
    ledger = Ledger(site.plan, site.places, site.timing.stale, site.rulebook)
    ledger.load(loaded.alerts, loaded.hazards, loaded.tickets, loaded.notices, loaded.timers)
    step = Step(vocabulary, Decoder(vocabulary, site.timing), engine, ledger)
    return Start(step, changes, save=changed or loaded.snapshot is None)


def judge_again(engine: Engine, store: Store, loaded: Loaded, devices: Container[str]) -> list[Event]:
    """What differs between the alerts that are open and those that these rules hold after the whole log.

    An episode that the new rules hold begins with all its events, received now: the ledger takes it for late, and tells
    it if it is still open two minutes later. One that had ended, because its rule was gone, is raised again now.
    """
    now = loaded.clock
    episodes: dict[str, list[Event]] = {}
    for inputs in store.inputs():
        for event in engine.judge(inputs).events:
            if event.event == "cleared":
                episodes.pop(event.id, None)
            else:
                episodes.setdefault(event.id, []).append(event)
    was_open = {alert.id: alert for alert in loaded.alerts if alert.open}
    had_ended = store.known([key for key in episodes if key not in was_open])
    ended = [
        _ended(alert, now, "rule_removed" if alert.subject in devices else "device_removed")
        for alert in was_open.values()
        if alert.id not in episodes
    ]
    begun: list[Event] = []
    for key, events in episodes.items():
        known = was_open.get(key)
        if key in had_ended:
            begun.append(replace(events[-1], event="raised", at=now, received=now))
        elif known is None:
            begun += [replace(event, received=now) for event in events]
        elif known.level != events[-1].level:
            moved = LEVEL_NUMBER[events[-1].level] > LEVEL_NUMBER[known.level]
            begun.append(replace(events[-1], event="upgraded" if moved else "downgraded", received=now))
    return [*ended, *begun]


def _ended(alert: Alert, now: int, reason: Reason) -> Event:
    return Event(
        id=alert.id,
        event="cleared",
        rule=alert.rule,
        hazard=alert.hazard,
        subject=Subject("device", alert.subject),
        level=alert.level,
        at=now,
        received=now,
        value=None,
        threshold=None,
        reason=reason,
        evidence=(),
        basis=alert.basis,
        site=alert.site,
        township=alert.township,
        version=alert.version,
        run=alert.run,
    )
