"""The wall on the screens that it is made for, in real Chromium."""

import pytest
from playwright.sync_api import Page

from tests.board.day import Morning, device
from tests.board.looking import filled
from tests.board.road import MINUTE

pytestmark = pytest.mark.part("chromium")

SIZES = ((1920, 1080), (1366, 768))
PARTS = (".top", "#banner", ".counts", ".map-panel", ".list-panel", ".strip-panel", "#health")


def overlapping(page: Page, parts: tuple[str, ...]) -> list[tuple[str, str]]:
    boxes = {part: page.locator(part).bounding_box() for part in parts}
    found = []
    for place, (name, one) in enumerate(boxes.items()):
        for other_name, other in list(boxes.items())[place + 1 :]:
            assert one is not None
            assert other is not None
            wide = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
            high = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
            if wide > 0.5 and high > 0.5:
                found.append((name, other_name))
    return found


SCROLLS = """() => [document.documentElement.scrollWidth - innerWidth,
  document.documentElement.scrollHeight - innerHeight]"""
CUT = """() => [...document.querySelectorAll(
  '.level, .place, .what, .where, .deadline, .age, .owner, .told, #clock, #live, .controls')]
  .filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.textContent)"""
OUTSIDE = """() => [...document.querySelectorAll('body *')].filter(part => {
  const box = part.getBoundingClientRect();
  return box.width && box.height && !part.closest('svg')
    && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
}).map(part => part.className || part.id || part.tagName)"""


@pytest.mark.parametrize("path", ["/", "/demo"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_the_wall_fits_its_screen(
    page: Page, address: str, told: Morning, size: tuple[int, int], language: str, path: str
) -> None:
    for township in list(told.road.site.places.townships)[30:42]:  # more than the list can show, even in a flood
        told.road.raise_alert("fire-detector", device(told.road, township, "smoke"), "orange")
    wet = [one for one in told.road.site.places.devices.values() if one.type == "rain_gauge"][-1]
    told.road.raise_alert("rain-gauge", wet.device_id, "red", value=120.2, threshold=120.0)
    wiring = device(told.road, "330602", "electric", 3)
    told.road.raise_alert("residual-current", wiring, "red", value=525.9, threshold=500.0)
    told.road.deliver()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}{path}?lang={language}")
    filled(page)
    assert page.evaluate(SCROLLS) == [0, 0]
    assert overlapping(page, (*PARTS, ".phone") if path == "/demo" else PARTS) == []
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CUT) == []
    assert page.locator("#list li").count() == 8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_has_been_overdue_for_hours_stays_in_its_column(
    page: Page, address: str, told: Morning, language: str
) -> None:
    told.road.turn(12 * 60 * MINUTE)
    red = told.road.ledger.rows.hazards[told.hazards["red"]]
    assert told.road.answer(red.id, red.told[0], "true")
    page.goto(f"{address}/demo?lang={language}")
    filled(page)
    page.locator('.row[data-overdue="true"]').first.wait_for()
    assert (
        page.evaluate(
            """() => { const left = (part) => part.getBoundingClientRect().left;
          return [...document.querySelectorAll('.row')].filter(row => ['deadline', 'age'].some(part =>
          left(row.querySelector('.' + part)) < row.querySelector('.who').getBoundingClientRect().right))
          .map(row => row.textContent); }"""
        )
        == []
    )
    assert page.evaluate(CUT) == []
