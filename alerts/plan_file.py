"""The plan out of ``site.toml`` and ``officers.toml``: everything that is wrong with them is told at once."""

import re
from collections.abc import Collection, Mapping

from alerts.plan import CITY, PHASES, STEPS, ChannelRow, EscalationRow, HazardKind, Person, Plan
from alerts.table_rows import Key, Row, any_text, count, duration, flag, one_of, read_rows, repeated, some_of, text
from alerts.words import forbidden_in_rain, is_rain
from ingest.faults import Fault
from ingest.places import Places
from rules.levels import LEVELS

SITE = "site.toml"
OFFICERS = "officers.toml"
ALERT_LEVELS = LEVELS[1:]
A_TEXT = "a text that is not empty"
SOME_STEPS = f"a list of some of {', '.join(STEPS)}, each once"
OFFICER_LEVELS = STEPS[1:]

ESCALATION = (
    Key("level", one_of(*ALERT_LEVELS), f"one of {', '.join(ALERT_LEVELS)}"),
    Key("start", some_of(*STEPS), SOME_STEPS),
    Key("answer_within", duration, 'a duration such as "3m", at most 366d'),
    Key("arrive_within", duration, 'a duration such as "15m", at most 366d, or no such key', required=False),
    Key("repeat", count, "a whole number from 0 to 1000", required=False, default=3),
)
HAZARD = (
    Key("kind", text, A_TEXT),
    Key("zh", text, A_TEXT),
    Key("en", text, A_TEXT),
    Key("phases", some_of(*PHASES), f"a list of some of {', '.join(PHASES)}, each once"),
    Key("do_zh", text, A_TEXT),
    Key("do_en", text, A_TEXT),
)
CHANNEL = (
    Key("id", text, A_TEXT),
    Key("kind", one_of("terminal", "webhook"), "terminal or webhook"),
    Key("steps", some_of(*STEPS), SOME_STEPS),
)
OFFICER = (
    Key("id", text, A_TEXT),
    Key("name", text, A_TEXT),
    Key("level", one_of(*OFFICER_LEVELS), f"one of {', '.join(OFFICER_LEVELS)}"),
    Key("area", text, "the code of a village, township or district, or the city's"),
    Key("phone", any_text, "a text", required=False, default=""),
    Key("duty", flag, "true or false", required=False, default=False),
)

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


def parse_plan(
    site: Mapping[str, object], officers: Mapping[str, object], places: Places
) -> tuple[Plan | None, list[Fault]]:
    """The plan, or None and all faults of the keys that it reads."""
    offset, faults = _offset(site)
    escalation, wrong = read_rows(site, "escalation", ESCALATION, SITE)
    faults += wrong + _levels(site, escalation)
    kinds, wrong = read_rows(site, "hazard", HAZARD, SITE)
    faults += wrong + repeated(kinds, "kind", SITE) + _kinds(kinds)
    channels, wrong = read_rows(site, "channel", CHANNEL, SITE)
    faults += wrong + repeated(channels, "id", SITE)
    people, wrong = read_rows(officers, "officer", OFFICER, OFFICERS)
    faults += wrong + repeated(people, "id", OFFICERS) + _areas(people, places) + _duty(people)
    faults += [
        Fault(OFFICERS, key, repr(officers[key])[:40], "only rows [[officer]]") for key in officers if key != "officer"
    ]
    if faults:
        return None, faults
    everybody = [_person(row) for _, row in people] + _unit_people(places)
    return Plan(
        people={person.id: person for person in everybody},
        posts=_posts(everybody),
        kinds={row["kind"]: HazardKind(**row) for _, row in kinds},
        rows={row["level"]: EscalationRow(**row) for _, row in escalation},
        channels=tuple(ChannelRow(**row) for _, row in channels),
        offset_minutes=offset,
    ), []


def _offset(site: Mapping[str, object]) -> tuple[int, list[Fault]]:
    given = site.get("time_zone")
    found = _OFFSET.fullmatch(given) if isinstance(given, str) else None
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        return 0, [Fault(SITE, "time_zone", "nothing" if given is None else repr(given), 'an offset such as "+08:00"')]
    return (-1 if found[1] == "-" else 1) * (int(found[2]) * 60 + int(found[3])), []


def _levels(site: Mapping[str, object], rows: list[tuple[str, Row]]) -> list[Fault]:
    """Each level has one row; a level whose row is faulty is not called missing as well."""
    given = site.get("escalation")
    spoken_of = {row.get("level") for row in given if isinstance(row, dict)} if isinstance(given, list) else set()
    missing = [level for level in ALERT_LEVELS if level not in spoken_of]
    return repeated(rows, "level", SITE) + [
        Fault(SITE, "escalation", f"no row for level {level}", "one [[escalation]] row for each level")
        for level in missing
    ]


def _kinds(rows: list[tuple[str, Row]]) -> list[Fault]:
    faults = []
    for where, row in rows:
        if row["phases"][0] != "verify" or "lifted" not in row["phases"]:
            faults.append(
                Fault(SITE, f"{where}.phases", repr(list(row["phases"])), "verify first, and lifted among them")
            )
        if is_rain(row["kind"]):
            faults += [
                Fault(
                    SITE, f"{where}.{key}", repr(row[key]), f"a text without {word!r}: rain texts leave the duty room"
                )
                for key in ("zh", "en", "do_zh", "do_en")
                if (word := forbidden_in_rain(row[key]))
            ]
    return faults


def _areas(rows: list[tuple[str, Row]], places: Places) -> list[Fault]:
    districts = {town.district_code for town in places.townships.values()}
    known: dict[str, Collection[str]] = {
        "village": places.villages,
        "township": places.townships,
        "district": districts,
    }
    return [
        Fault(OFFICERS, f"{where}.area", repr(row["area"]), f"the code of a {row['level']} of this site")
        for where, row in rows
        if row["level"] in known and row["area"] not in known[row["level"]]
    ]


def _duty(rows: list[tuple[str, Row]]) -> list[Fault]:
    """One person per area is on duty, the others are substitutes."""
    on_duty: dict[tuple[str, str], list[str]] = {}
    for _, row in rows:
        on_duty.setdefault((row["level"], row["area"]), []).extend([row["id"]] * row["duty"])
    return [
        Fault(
            OFFICERS,
            f"{level} {area}",
            f"{len(ids)} on duty {ids or ''}".rstrip(),
            "exactly one officer with duty = true",
        )
        for (level, area), ids in on_duty.items()
        if len(ids) != 1
    ]


def _person(row: Row) -> Person:
    area = CITY if row["level"] == "city" else row["area"]
    return Person(row["id"], row["name"], row["level"], area, row["phone"], row["duty"])


def _unit_people(places: Places) -> list[Person]:
    return [
        Person(f"unit:{site.site_id}", site.contact or site.name, "unit", site.site_id, site.contact_phone)
        for site in places.sites.values()
        if site.contact or site.contact_phone
    ]


def _posts(people: list[Person]) -> dict[tuple[str, str], tuple[str, ...]]:
    posts: dict[tuple[str, str], tuple[str, ...]] = {}
    for person in sorted(people, key=lambda person: not person.duty):
        posts[person.step, person.area] = (*posts.get((person.step, person.area), ()), person.id)
    return posts
