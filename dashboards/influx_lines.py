"""Readings, alert events and the road's own figures as InfluxDB line protocol: the same point again is the same line.

measurement  tags                                                  fields
reading      device type site township district                    one per metric; flags (the mask), flag_<name>
level        rule hazard subject_kind subject township district    level 0-4, id, place, value, threshold, lat, lon
event        those of level, and event, reached                    level 0-4, id, text
pipeline     role shard                                            what its caller counts

Times are milliseconds: ``ts`` of a reading, ``at`` of an event. A run (a drill) is never written.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from alerts.measured import number
from alerts.words import LEVEL_ZH, is_rain
from ingest.inputs import Inputs
from ingest.metrics import FLAGS_METRIC, flag_names
from ingest.places import UNKNOWN_TYPE, Places
from rules.events import Event
from rules.levels import LEVEL_NUMBER, NONE
from rules.rulebook import Rule

NOWHERE = "-"
"""The tag of what no file knows: an empty one cannot be written."""

_CONTROLS = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "\u2421"}
_PLAIN = {**_CONTROLS, 0x85: "\u2424", 0x2028: "\u2424", 0x2029: "\u2424", ord("\\"): "\uff3c"}
"""What a tag cannot carry: a line break ends the point, a backslash may swallow what follows. Shown, not dropped."""
_TAG = str.maketrans({**_PLAIN, ord(" "): "\\ ", ord(","): "\\,", ord("="): "\\="})
_TEXT = str.maketrans({**_CONTROLS, ord('"'): '\\"', ord("\\"): "\\\\"})


def tag(text: str) -> str:
    """A tag's value, or a key, as the line spells it."""
    return text.translate(_TAG) or NOWHERE


def quoted(text: str) -> str:
    """A field's text as the line spells it."""
    return f'"{text.translate(_TEXT)}"'


class ReadingLines:
    """``devices`` and ``metrics`` are the names of a vocabulary by number, and may grow."""

    def __init__(self, places: Places, devices: Sequence[str], metrics: Sequence[str]) -> None:
        self._places = places
        self._devices = devices
        self._metrics = metrics
        self._heads: list[str] = []
        self._keys: list[str] = []

    def of(self, inputs: Inputs) -> list[bytes]:
        """A line per device and time. Ticks, breaks and what is not finite are left out.

        Of two readings of one device, metric and time the later one stays, as in any second write.
        """
        chosen = inputs.where((inputs.device >= 0) & np.isfinite(inputs.value))
        if not len(chosen):
            return []
        self._learn()
        device, metric, ts = chosen.device, chosen.metric, chosen.ts
        # A field stands once in a line: a metric that does not rise begins the next one, and the flags always do.
        begins = np.ones(len(chosen), np.bool_)
        begins[1:] = (device[1:] != device[:-1]) | (ts[1:] != ts[:-1]) | (metric[1:] <= metric[:-1])
        begins[1:] |= metric[:-1] == FLAGS_METRIC
        fields = [
            f"{self._keys[number]}{value!r}" if number != FLAGS_METRIC else flag_fields(int(value))
            for number, value in zip(metric.tolist(), chosen.value.tolist(), strict=True)
        ]
        first = np.flatnonzero(begins).tolist()
        return [
            f"{self._heads[number]}{','.join(fields[start:stop])} {at}".encode()
            for number, at, start, stop in zip(
                device[begins].tolist(), ts[begins].tolist(), first, [*first[1:], len(fields)], strict=True
            )
        ]

    def _learn(self) -> None:
        """The names that are new."""
        self._heads += [reading_head(name, self._places) for name in self._devices[len(self._heads) :]]
        self._keys += [f"{tag(name)}=" for name in self._metrics[len(self._keys) :]]


def flag_fields(mask: int) -> str:
    """The mask, which is 0 where nothing is declared any more, and a field of its own for each flag that is."""
    return ",".join([f"flags={mask}i", *(f"flag_{name}=1i" for name in flag_names(mask))])


def reading_head(device_id: str, places: Places) -> str:
    """All of a line before its fields; tags in the order of their names, as InfluxDB likes them best."""
    device = places.devices.get(device_id)
    tags = {
        "device": device_id,
        "site": device.site_id if device else "",
        "type": device.type if device else UNKNOWN_TYPE,
        **place_tags(device.township if device else "", places),
    }
    return f"reading,{_tags(tags)} "


def place_tags(township: str, places: Places) -> dict[str, str]:
    """District and township by name: they are read by people, and a township's name is one of its district's."""
    town = places.townships.get(township)
    return {"district": town.district if town else NOWHERE, "township": town.name if town else township or NOWHERE}


def event_lines(events: Sequence[Event], places: Places, rules: Mapping[str, Rule]) -> list[bytes]:
    """Two lines an event: how the level stands from then on, and what happened."""
    lines: list[bytes] = []
    for event in events:
        if event.run is None:
            common = {
                "hazard": event.hazard,
                "rule": event.rule,
                "subject": event.subject.id,
                "subject_kind": event.subject.kind,
                **place_tags(event.township, places),
            }
            level = NONE if event.event == "cleared" else LEVEL_NUMBER[event.level]
            lines.append(_line("level", common, _level_fields(event, level, places), event.at))
            happened = {**common, "event": event.event, "reached": event.level}
            said = {"level": f"{level}i", "id": quoted(event.id), "text": quoted(event_text(event, places, rules))}
            lines.append(_line("event", happened, said, event.at))
    return lines


def _level_fields(event: Event, level: int, places: Places) -> dict[str, str]:
    fields = {"level": f"{level}i", "id": quoted(event.id), "place": quoted(place_name(event, places))}
    numbers = {"value": event.value, "threshold": event.threshold, **_point(event, places)}
    return fields | {key: repr(float(one)) for key, one in numbers.items() if one is not None and math.isfinite(one)}


def _point(event: Event, places: Places) -> dict[str, float | None]:
    """Where it is on the map: the device, else its site, else its township."""
    device = places.devices.get(event.subject.id)
    stands = (device, places.sites.get(event.site), places.townships.get(event.township))
    for one in stands:
        if one is not None and one.lat is not None and one.lon is not None:
            return {"lat": one.lat, "lon": one.lon}
    return {}


def place_name(event: Event, places: Places) -> str:
    """The unit and its device by name, as far as the site's files know them."""
    site = places.sites.get(event.site)
    device = places.devices.get(event.subject.id)
    names = [site.name if site else "", (device.name if device else "") or ("" if site else event.subject.id)]
    return " ".join(name for name in names if name)


def event_text(event: Event, places: Places, rules: Mapping[str, Rule]) -> str:
    """One line for a chart: level, rule, place, value. Of rain no colour word is said."""
    rule = rules.get(event.rule)
    word = "解除" if event.event == "cleared" else "" if is_rain(event.hazard) else LEVEL_ZH[event.level]
    value = "/".join(number(one) for one in (event.value, event.threshold) if one is not None)
    return " ".join(part for part in (word, (rule and rule.zh) or event.rule, place_name(event, places), value) if part)


def pipeline_line(role: str, shard: str, at: int, figures: Mapping[str, float]) -> bytes | None:
    """What a role of the road counted since the last such point; None where nothing can be written."""
    fields = {tag(key): repr(float(value)) for key, value in figures.items() if math.isfinite(value)}
    return _line("pipeline", {"role": role, "shard": shard}, fields, at) if fields else None


def _line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, str], at: int) -> bytes:
    return f"{measurement},{_tags(tags)} {','.join(f'{key}={value}' for key, value in fields.items())} {at}".encode()


def _tags(tags: Mapping[str, str]) -> str:
    return ",".join(f"{key}={tag(tags[key])}" for key in sorted(tags))
