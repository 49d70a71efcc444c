"""The board as an officer and a visitor use it, in real Chromium."""

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from tests.board.day import Morning, device
from tests.board.looking import filled
from tests.board.road import MINUTE, SECRET
from tests.board.served import free_port, served

pytestmark = pytest.mark.part("chromium")


def test_pressing_the_phones_button_changes_the_wall_within_a_second(
    page: Page, address: str, told: Morning, state: dict[str, Any]
) -> None:
    state["phone"] = told.red_link()[0]
    page.goto(f"{address}/demo")
    filled(page)
    expect(page.locator("#banner")).to_have_attribute("data-state", "red")
    button = page.frame_locator("#phone").locator('button[value="accept"]')
    expect(page.locator("#coach")).to_be_visible()
    button.click()
    pressed = time.monotonic()
    expect(page.locator("#banner")).to_have_attribute("data-state", "calm", timeout=1000)
    assert time.monotonic() - pressed < 1
    row = page.locator(f'[data-id="{told.hazards["red"]}"] .row')
    expect(row).to_have_attribute("data-mark", "taken")
    expect(page.locator('.town[data-code="330681005"] .mark')).to_have_attribute("data-mark", "taken")
    expect(page.frame_locator("#phone").locator(".state")).to_contain_text("已由您 09:30 签收")
    expect(page.locator("#coach")).to_be_hidden()


def test_at_the_days_end_the_wall_beside_the_phone_goes_to_the_score_and_the_plain_one_stays(
    page: Page, context: BrowserContext, address: str, state: dict[str, Any]
) -> None:
    plain = context.new_page()
    for one, path in ((page, "/demo"), (plain, "/")):
        one.clock.install()
        one.goto(address + path)
        filled(one)
    state |= {"ends": True, "score": {"found": 9, "missed": 0, "false": 0}}
    for one in (page, plain):
        expect(one.locator("#ended")).to_contain_text("9 起真实事件全部发现 · 误报 0 · 漏报 0")
        one.clock.run_for(5000)
        assert "/score" not in one.url
        one.clock.run_for(2000)
    page.wait_for_url("**/score")
    page.clock.run_for(20_000)
    assert page.url == f"{address}/score"
    assert plain.url == f"{address}/"
    page.goto(f"{address}/demo")
    expect(page.locator("#ended")).to_be_visible()
    page.clock.run_for(20_000)
    assert page.url == f"{address}/demo"


def test_no_page_makes_the_browser_ask_another_host(
    page: Page, context: BrowserContext, address: str, told: Morning
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/demo", "/hazards", f"/hazard/{told.hazards['gas']}", "/score", told.red_link()[0]):
        page.goto(address + path)
        page.wait_for_timeout(200)
    assert {url for url in asked if not url.startswith(address)} == set()
    assert len(asked) > 20


def test_the_language_is_switched_on_the_page_itself(page: Page, address: str) -> None:
    page.goto(address)
    filled(page)
    page.get_by_role("link", name="English").click()
    expect(page.locator(".list-panel h2")).to_contain_text("Open hazards")
    filled(page)
    expect(page.locator("#list .told").first).to_have_text("told, no answer")
    page.get_by_role("link", name="中文").click()
    expect(page.locator(".list-panel h2")).to_contain_text("待办警情")


def test_deadlines_count_in_the_roads_time_and_stand_still_while_it_is_paused(
    page: Page, address: str, told: Morning, state: dict[str, Any]
) -> None:
    state["pace"] = 0
    page.goto(address)
    expect(page.locator("#live")).to_have_attribute("data-state", "paused")
    row = page.locator(f'[data-id="{told.hazards["red"]}"]')
    expect(row.locator(".deadline")).to_have_text("剩 2:18")
    page.wait_for_timeout(1200)
    expect(row.locator(".deadline")).to_have_text("剩 2:18")
    told.road.clock += 2 * MINUTE + 20_000
    told.road.commit([])
    expect(page.locator("#clock")).to_have_text("09:33:02")
    expect(row.locator(".deadline")).to_contain_text(
        "剩 2:58"
    )  # nobody answered: it went up a step, with a new deadline


def test_a_screen_reconnects_by_itself_and_says_meanwhile_that_it_is_not_live(
    page: Page, told: Morning, reader: Reader, city: BoardSite
) -> None:
    port = free_port()
    page.clock.install()

    def board() -> Any:
        return served(create_app(reader, city, told.road.ask, SECRET, True, lambda: {"pace": 1}), port)

    with board() as address:
        page.goto(address)
        filled(page)
    for _ in range(14):
        page.clock.run_for(1000)
    expect(page.locator("#live")).to_have_attribute("data-state", "lost")
    expect(page.locator("#live")).to_contain_text("秒未更新")
    hazard = told.road.ledger.rows.hazards[told.hazards["red"]]
    assert told.road.answer(hazard.id, hazard.told[0], "accept")
    with board():
        for _ in range(60):
            page.clock.run_for(1000)
            page.wait_for_timeout(100)
            if page.locator("#banner").get_attribute("data-state") == "calm":
                break
        expect(page.locator("#banner")).to_have_attribute("data-state", "calm")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")


def test_rows_keep_their_places_under_the_pointer(page: Page, address: str, told: Morning) -> None:
    page.goto(address)
    filled(page)
    order = "() => [...document.querySelectorAll('#list li')].map(item => item.dataset.id)"
    before = page.evaluate(order)
    page.locator("#list li").nth(1).hover()
    other = device(told.road, "330604", "call_point", 1)
    told.road.raise_alert("call-point", other, "red")
    expect(page.locator("#list li")).to_have_count(len(before) + 1)
    assert page.evaluate(order)[: len(before)] == before
    page.mouse.move(5, 5)
    expect(page.locator("#list .mark").nth(1)).to_have_attribute("data-level", "red")


def test_the_map_is_walked_with_the_arrow_keys_and_entered_with_one_tab_stop(page: Page, address: str) -> None:
    page.goto(address)
    filled(page)
    assert page.locator('.town[tabindex="0"]').count() == 1
    page.locator('.town[tabindex="0"]').focus()
    first = page.evaluate("() => document.activeElement.dataset.code")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("() => document.activeElement.dataset.code")
    assert second != first
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/hazards?area={second}")


def test_sound_is_off_until_it_is_switched_on_and_says_which_it_is(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#sound")).to_have_text("声音 未启用")
    page.locator("#sound").click()
    expect(page.locator("#sound")).to_have_text("声音 开")
    page.reload()
    filled(page)
    page.locator("#sound").click()


def test_night_and_day_change_without_loading_anew_and_are_remembered(page: Page, address: str) -> None:
    page.goto(address)
    filled(page)
    page.evaluate("() => { window.same = true; }")
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    assert page.evaluate("() => window.same")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")


def test_a_hazards_page_follows_what_happens_and_leaves_what_is_being_written(
    page: Page, address: str, told: Morning
) -> None:
    hazard = told.road.ledger.rows.hazards[told.hazards["red"]]
    page.goto(f"{address}/hazard/{hazard.id}")
    page.locator('input[name="note"]').fill("正在核实")
    assert told.road.answer(hazard.id, hazard.told[1], "accept")
    told.road.commit([])
    expect(page.locator(".history")).to_contain_text("收到")
    expect(page.locator('input[name="note"]')).to_have_value("正在核实")
    page.locator('button[value="arrive"]').click()
    expect(page.locator('.phases [aria-current="step"]')).to_have_text("到场")


def test_the_clocks_buttons_hand_in_the_pace(page: Page, address: str, told: Morning) -> None:
    page.goto(f"{address}/demo")
    filled(page)
    page.get_by_role("button", name="×60").click()
    deadline = time.monotonic() + 3
    while not told.road.orders and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert told.road.orders == [{"do": "pace", "speed": 60}]


def test_every_character_on_the_map_has_a_glyph(page: Page, address: str) -> None:
    page.goto(address)
    widths = page.evaluate(
        """() => {
          const ink = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
          ink.font = '32px ' + getComputedStyle(document.body).fontFamily;
          const drawn = (text) => { ink.clearRect(0, 0, 64, 64); ink.fillText(text, 0, 40);
            return ink.getImageData(0, 0, 64, 64).data.join(); };
          const tofu = drawn('\\u{10FFFE}');
          const used = new Set([...document.querySelectorAll('.town .name')].flatMap(name => [...name.textContent]));
          return [...used].filter(character => drawn(character) === tofu);
        }"""
    )
    assert widths == []
