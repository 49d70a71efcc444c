"""Who can say what about a hazard: the buttons of its page and of the phone, by the ledger's own table."""

from alerts.incident import offers
from alerts.model import Hazard
from alerts.plan import Person, Plan, running

CLOSE = "close"
"""Asks for a written reason, so the phone, which has no place for one, leaves it to the board."""


def answers_on_board(hazard: Hazard) -> tuple[str, ...]:
    """Everything that leads on from here."""
    return offers(hazard)


def answers_on_phone(hazard: Hazard, person: str) -> tuple[str, ...]:
    """Taking it comes first and alone, then what follows; what somebody else has can still be answered."""
    led = tuple(answer for answer in offers(hazard) if answer != CLOSE)
    if hazard.phase == "closed" or hazard.owner == person:
        return led
    return tuple(answer for answer in ("accept", "decline") if answer in led)


def who_may_answer(hazard: Hazard, plan: Plan) -> list[Person]:
    """Its owner first, then who was told, then who is on duty at each step of its place."""
    on_duty = [people[0] for people in running(hazard).people.values() if people]
    ids = dict.fromkeys([hazard.owner, *hazard.told, *on_duty])
    return [plan.people[one] for one in ids if one in plan.people]


def calls_119(hazard: Hazard) -> bool:
    """A fire that a person has found real: somebody must call, and it is not us."""
    return hazard.kind == "fire" and hazard.result == "true" and hazard.phase != "closed"
