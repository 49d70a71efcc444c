from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from alerts.model import Alert, Hazard, Notice, Ticket
from alerts.store import Listed, Reader, Store
from alerts.writes import Writes
from dashboards.web.board_site import BoardSite
from dashboards.web.live import read_wall
from dashboards.web.rows import listed_row, mark, told
from dashboards.web.wall import DAY, QUARTER, SHOWN, day_start, strip
from tests.board.road import MINUTE, MORNING
from tests.store.made import alert as made_alert
from tests.store.made import batch
from tests.store.made import hazard as made_hazard
from tests.store.made import ticket as made_ticket

SHANGYU, ZHUJI = "330604001", "330681005"


def hazard(name: str, level: str = "orange", **more: Any) -> Hazard:
    taken = {"answered_at": MORNING} if "owner" in more else {}
    return made_hazard(name, MORNING, level=level, peak=level, **{"township": ZHUJI, "site": "", **taken, **more})


def alert(name: str, of: str, level: str = "orange", **more: Any) -> Alert:
    return made_alert(name, MORNING, hazard_id=of, level=level, **more)


class Asking(Reader):
    """Remembers whose notices it was asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked: list[str] = []

    def notices_of(self, hazard_id: str) -> list[Notice]:
        self.asked.append(hazard_id)
        return super().notices_of(hazard_id)


@dataclass
class Wall:
    """What a story puts on the wall: kept in a store, in the order given, and read from there."""

    city: BoardSite
    folder: Path
    hazards: list[Hazard]
    alerts: list[Alert]
    tickets: list[Ticket]
    asked: list[str]

    def view(self, now: int = MORNING + MINUTE) -> dict[str, Any]:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.db"
        store = Store(path)
        rows: dict[str, Any] = {
            name: {one.id: one for one in getattr(self, name)} for name in ("hazards", "alerts", "tickets")
        }
        store.commit(batch(clock=now, writes=Writes(**rows)))
        with Asking(path) as reader:
            view = read_wall(reader, self.city)
            self.asked = reader.asked
        store.close()
        return view


@pytest.fixture
def wall(city: BoardSite, tmp_path: Path) -> Callable[..., Wall]:
    def made(*hazards: Hazard, tickets: tuple[Ticket, ...] = ()) -> Wall:
        alerts = [alert(f"a {one.id}", one.id, one.level) for one in hazards]
        return Wall(city, tmp_path, list(hazards), alerts, list(tickets), [])

    return made


Made = Callable[..., Wall]


def test_a_mark_is_filled_until_somebody_has_it_and_grey_once_all_has_cleared() -> None:
    open_alert, cleared = alert("a", "h"), alert("a", "h", open=False)
    assert mark(hazard("h"), [open_alert]) == "waiting"
    assert mark(hazard("h", owner="o-1"), [open_alert]) == "taken"
    assert mark(hazard("h", owner="o-1"), [cleared]) == "cleared"
    assert mark(hazard("h"), []) == "cleared"


def test_a_red_that_nobody_has_stands_before_what_is_overdue_and_the_cleared_stand_last(wall: Made) -> None:
    shown = wall(
        hazard("young orange", opened_at=MORNING + 5),
        hazard("old orange"),
        hazard("late blue", "blue", answer_by=MORNING),
        hazard("taken red", "red", owner="o-1"),
        hazard("waiting red", "red"),
        hazard("cleared red", "red", owner="o-1"),
    )
    shown.alerts = [one for one in shown.alerts if one.hazard_id != "cleared red"]
    rows = [row["id"] for row in shown.view()["rows"]]
    assert rows == ["waiting red", "late blue", "taken red", "old orange", "young orange", "cleared red"]


def test_counts_map_and_list_speak_of_the_same_hazards(wall: Made) -> None:
    view = wall(
        hazard("1", "red"),
        hazard("2", "blue", owner="o-1"),
        hazard("3", "orange", township=SHANGYU, owner="o-1"),
        tickets=(made_ticket("t", kind="device_quiet", township=SHANGYU),),
    ).view()
    assert [(one["level"], one["open"], one["waiting"]) for one in view["counts"]] == [
        ("red", 1, 1),
        ("orange", 1, 0),
        ("yellow", 0, 0),
        ("blue", 1, 0),
    ]
    assert view["towns"] == {
        SHANGYU: {"level": "orange", "mark": "taken", "open": 1},
        ZHUJI: {"level": "red", "mark": "waiting", "open": 2},
    }
    assert view["districts"]["330681"]["open"] == 2
    assert (view["tickets"], view["quiet"], view["quiet_towns"]) == (1, 1, {SHANGYU: 1})


def test_the_banner_shows_the_red_until_somebody_takes_it_even_after_its_readings_are_back(wall: Made) -> None:
    waits = wall(hazard("h", "red"))
    waits.alerts = []
    banner = waits.view()["banner"]
    assert banner is not None
    assert banner["id"] == "h"
    assert wall(hazard("h", "red", owner="o-1")).view()["banner"] is None


def test_a_red_that_rings_again_stands_in_the_banner_though_it_has_an_owner(wall: Made) -> None:
    rings = wall(hazard("h", "red", owner="o-1", answered_at=None)).view()
    assert rings["banner"]["id"] == "h"
    assert (rings["rows"][0]["mark"], rings["rows"][0]["owner"]) == ("waiting", "")


def test_eight_rows_are_shown_and_only_their_notices_are_asked_for(wall: Made) -> None:
    many = wall(*(hazard(f"h{place:02}", township=f"{place}") for place in range(30)))
    view = many.view(MORNING + 60 * MINUTE)
    assert (len(view["rows"]), view["more"], view["listed"]) == (SHOWN, 30 - SHOWN, 30)
    assert many.asked == [row["id"] for row in view["rows"]]


def test_in_a_flood_rows_of_one_township_and_kind_become_one(wall: Made) -> None:
    many = wall(*(hazard(f"h{place}") for place in range(12)))
    view = many.view()
    assert view["rate"] == 12
    assert [row["folded"] for row in view["rows"]] == [12]
    assert view["counts"][1]["open"] == 12


def test_a_deadline_is_over_only_after_its_moment(wall: Made) -> None:
    late = wall(hazard("h", answer_by=MORNING))
    assert (late.view(MORNING)["overdue"], late.view(MORNING)["rows"][0]["overdue"]) == (0, False)
    assert (late.view(MORNING + 1)["overdue"], late.view(MORNING + 1)["rows"][0]["overdue"]) == (1, True)


def test_who_was_told_last_is_named_the_township_first_and_what_was_not_sent_tells_nobody(city: BoardSite) -> None:
    people = [one.id for one in city.plan.people.values() if one.step in ("district", "township")][:2]
    blank = Notice(
        id="", hazard_id="h", alert_id="a", person="", township=ZHUJI, step=3, channel="board", reason="raised",
        level="red", text="", text_en="", created_at=MORNING, answer_by=None,
    )  # fmt: skip
    assert told(city, [replace_notice(blank, person=people[0])]) == {"name": "", "others": 0}
    sent = [
        replace_notice(blank, id="1", person=people[0], step=3, sent_at=MORNING),
        replace_notice(blank, id="2", person=people[1], step=5, sent_at=MORNING),
    ]
    assert told(city, sent) == {"name": city.plan.name(people[0]), "others": 1}


def replace_notice(notice: Notice, **more: Any) -> Notice:
    return Notice(**{name: getattr(notice, name) for name in notice.__struct_fields__} | more)


def test_the_strip_has_a_column_for_each_quarter_of_the_sites_day() -> None:
    start = day_start(MORNING, 480)
    assert (MORNING - start, day_start(start, 480), day_start(start - 1, 480)) == (9 * 3_600_000, start, start - DAY)
    shown = strip([(start, "red", 1), (start + DAY - QUARTER, "blue", 3), (start - QUARTER, "red", 9)], start)
    red, *_, blue = shown["counts"]
    assert (len(red), red[0], sum(red), blue[-1]) == (96, 1, 1, 3)


def test_what_an_alert_measured_is_said_in_both_languages_against_its_threshold(wall: Made) -> None:
    shown = wall(hazard("h", kind="gas_leak"))
    proof = shown.alerts[0].evidence[1]
    gas = type(proof)(proof.device, proof.ts, "gas", 51.2)
    shown.alerts = [alert("a", "h", rule="gas-lel", hazard="gas_leak", value=51.2, threshold=50.0, evidence=(gas,))]
    what = shown.view()["rows"][0]["what"]
    assert "51.2 %LEL" in what["zh"]
    assert "50" in what["zh"]
    assert "51.2 %LEL" in what["en"]
    brief = shown.view()["rows"][0]["brief"]
    assert brief == {"zh": "可燃气体泄漏 51.2/50 %LEL", "en": "gas 51.2/50 %LEL"}


def test_a_device_that_no_file_knows_still_has_a_place_on_the_wall(city: BoardSite) -> None:
    unknown = replace(city, rules={})
    listed = Listed(hazard("h", township="", site=""), alert("a", "h", subject="D-new"), 1, 1)
    assert listed_row(unknown, listed, MORNING)["place"] == "D-new"
