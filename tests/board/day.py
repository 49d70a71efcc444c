"""A busy morning for the board to show: one red that waits, some that somebody has, one that is over."""

from dataclasses import dataclass, field

from tests.board.road import MINUTE, SECOND, Road


@dataclass
class Morning:
    """The hazards by what they are in the story."""

    road: Road
    hazards: dict[str, str] = field(default_factory=dict)

    def of_device(self, device: str) -> str:
        """The hazard that the device's alert opened."""
        place = self.road.site.places.devices[device]
        return next(one.id for one in self.road.ledger.rows.hazards.values() if one.site == place.site_id)

    def red_link(self) -> tuple[str, str]:
        """The phone page of the red for the township's officer, and who that is."""
        hazard, people = self.road.ledger.rows.hazards[self.hazards["red"]], self.road.site.plan.people
        person = next(one for one in hazard.told if people[one].step == "township")
        return self.road.link(hazard.id, person), person


def device(road: Road, township: str, kind: str, number: int = 0) -> str:
    """The ``number``-th device of a type in a township that stands in a site, each of another site."""
    found: dict[str, str] = {}
    for one in road.site.places.devices.values():
        if one.type == kind and one.township.startswith(township) and one.site_id:
            found.setdefault(one.site_id, one.device_id)
    return list(found.values())[number]


def morning(road: Road) -> Morning:
    """Ends at a moment at which the red has waited for 42 seconds."""
    told = Morning(road)
    lpg = device(road, "330602", "lpg", 4)
    road.report(lpg, "gas", [3 + place % 3 for place in range(50)])
    road.raise_alert("gas-lel", lpg, "yellow", value=27.4, threshold=25.0)
    told.hazards["gas"] = told.of_device(lpg)
    wiring = device(road, "330683", "electric", 2)
    road.raise_alert("residual-current", wiring, "blue", value=412.0, threshold=300.0)
    told.hazards["wiring"] = told.of_device(wiring)
    road.turn(9 * MINUTE)
    over = device(road, "330604", "smoke", 3)
    ended = road.raise_alert("fire-detector", over, "orange")
    told.hazards["over"] = told.of_device(over)
    road.turn(8 * MINUTE)
    road.report(lpg, "gas", [4.0, 9.5, 18.2, 27.4, 29.1, 31.0, 33.8, 36.0], 20 * SECOND)
    _take(road, told.hazards["gas"])
    road.clear(ended)
    for place, township in enumerate(("330624", "330603")):
        smoke = device(road, township, "smoke", place)
        road.raise_alert("fire-detector", smoke, "orange")
        told.hazards[f"smoke {place}"] = told.of_device(smoke)
        road.turn(6 * MINUTE)
    _take(road, told.hazards["smoke 1"])
    road.turn(MINUTE)
    mill = device(road, "330681005", "call_point")
    road.raise_alert("call-point", mill, "red")
    told.hazards["red"] = told.of_device(mill)
    road.deliver()
    for place in range(3):
        road.raise_alert(
            "quiet", device(road, "330681", "smoke", 3 + place), "blue", value=43_200.0, threshold=43_200.0
        )
    road.turn(42 * SECOND)
    return told


def _take(road: Road, hazard_id: str) -> None:
    person = road.ledger.rows.hazards[hazard_id].told[0]
    assert road.answer(hazard_id, person, "accept")
