import re
from typing import Any

import pytest
from httpx import Client

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from tests.board.day import Morning
from tests.board.road import SECRET
from tests.board.served import served


def test_the_wall_is_chinese_first_and_english_by_a_switch_that_is_remembered(client: Client) -> None:
    assert 'lang="zh-CN"' in client.get("/").text
    assert "示意图,不作划界依据" in client.get("/").text
    assert "Sketch map" in client.get("/?lang=en").text
    assert "Sketch map" in client.get("/").text
    assert "示意图" in client.get("/?lang=zh").text


def test_a_theme_that_nobody_knows_is_not_remembered(client: Client) -> None:
    assert 'data-theme="night"' in client.get("/?theme=night").text
    assert 'data-theme="night"' in client.get("/?theme=%22%3E<script>").text
    assert 'data-theme="day"' in client.get("/?theme=day").text


def test_every_page_of_a_demonstration_says_that_its_incidents_are_not_real(client: Client, told: Morning) -> None:
    for path in ("/", "/demo", "/score", "/hazards", f"/hazard/{told.hazards['red']}", told.red_link()[0], "/nowhere"):
        assert "演示数据·非真实警情" in client.get(path).text, path


def test_outside_a_demonstration_there_is_no_ribbon_and_no_demonstration(
    told: Morning, reader: Reader, city: BoardSite
) -> None:
    app = create_app(reader, city, told.road.ask, SECRET, False)
    with served(app) as address, Client(base_url=address) as client:
        assert "演示数据" not in client.get("/").text
        assert client.get("/demo").status_code == 404
        assert client.post("/pace", data={"speed": "1"}).status_code == 404


def test_no_page_names_another_host_or_runs_a_script_of_its_own(client: Client, told: Morning) -> None:
    for path in ("/", "/demo", "/score", "/hazards", f"/hazard/{told.hazards['red']}", told.red_link()[0]):
        text = client.get(path).text
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text), path
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", text), path
        assert not re.search(r"\son\w+=|\sstyle=", text), path


def test_headers_keep_everything_here_and_only_the_phone_page_may_be_framed(client: Client, told: Morning) -> None:
    wall, phone = client.get("/").headers, client.get(told.red_link()[0]).headers
    for headers in (wall, phone, client.get("/static/wall.js").headers, client.get("/nowhere").headers):
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
    assert (wall["x-frame-options"], phone["x-frame-options"]) == ("DENY", "SAMEORIGIN")


def test_a_name_that_only_resolves_to_this_machine_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403
    assert client.get("/", headers={"host": "localhost:8080"}).status_code == 200
    assert client.get("/", headers={"host": "[::1]:8080"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_a_change_is_taken_only_from_our_own_page(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.post("/pace", data={"speed": "1"}, headers=headers).status_code == status


def test_the_list_is_filtered_by_the_address(client: Client, told: Morning) -> None:
    def listed(query: str) -> set[str]:
        return set(re.findall(r'href="/hazard/([^"]+)"', client.get(f"/hazards{query}").text))

    assert listed("") == set(told.hazards.values())
    assert listed("?level=red") == {told.hazards["red"]}
    assert listed("?kind=gas_leak") == {told.hazards["gas"]}
    assert listed("?area=330681") == {told.hazards["red"]}
    assert listed("?area=330681&level=blue") == set()


def test_a_hazards_page_shows_what_was_measured_who_was_told_and_what_comes_next(client: Client, told: Morning) -> None:
    text = client.get(f"/hazard/{told.hazards['gas']}").text
    assert "GB/T 50493-2019" in text
    assert "<polyline" in text
    assert "36 %LEL" in text
    assert text.count('class="limit"') == 2
    assert "09:17:00" in text  # when it was answered
    assert 'value="arrive"' in text
    assert 'value="accept"' not in text


def test_an_answer_on_the_board_is_handed_in_for_the_person_that_was_chosen(client: Client, told: Morning) -> None:
    hazard = told.road.ledger.rows.hazards[told.hazards["red"]]
    page = f"/hazard/{hazard.id}"
    answer = {"person": hazard.told[0], "answer": "accept", "note": "电话核实"}
    assert client.post(f"{page}/answer", data=answer).status_code == 303
    assert told.road.orders[-1]["via"] == "board"
    assert told.road.ledger.rows.hazards[hazard.id].owner == hazard.told[0]
    assert "电话核实" in client.get(page).text


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"person": "o-nobody", "answer": "accept"}, "请选择签收人"),
        ({"person": "", "answer": "accept"}, "请选择签收人"),
        ({"answer": "explode"}, "现在不能这样签收"),
        ({"answer": "lift"}, "请先登记"),
    ],
)
def test_an_answer_that_does_not_fit_says_why_and_changes_nothing(
    client: Client, told: Morning, form: dict[str, str], why: str
) -> None:
    hazard = told.road.ledger.rows.hazards[told.hazards["red"]]
    answer = client.post(f"/hazard/{hazard.id}/answer", data={"person": hazard.told[0], **form})
    assert answer.status_code == 409
    assert why in answer.text
    assert told.road.ledger.rows.hazards[hazard.id] == hazard


def test_a_road_that_is_away_is_said_and_nothing_breaks(client: Client, told: Morning) -> None:
    told.road.away = True
    link, _ = told.red_link()
    assert "后台暂时没有应答" in client.post(link, data={"answer": "accept"}).text
    assert client.post("/pace", data={"speed": "1"}).status_code == 503


def test_a_fire_found_real_says_to_call_119_with_the_address(client: Client, told: Morning) -> None:
    page = f"/hazard/{told.hazards['red']}"
    assert "立即拨打 119" not in client.get(page).text
    link, person = told.red_link()
    assert told.road.answer(told.hazards["red"], person, "true")
    place = told.road.site.places.sites[told.road.ledger.rows.hazards[told.hazards["red"]].site]
    for path in (page, link):
        text = client.get(path).text
        assert "立即拨打 119" in text
        assert place.address in text


def test_what_is_not_there_is_said_in_the_visitors_language(client: Client) -> None:
    assert client.get("/hazard/none").status_code == 404
    assert "没有这个页面" in client.get("/hazard/none").text
    assert "No such page" in client.get("/nowhere?lang=en").text
    assert client.post("/hazard/none/answer", data={}).status_code == 404


def test_the_clocks_controls_ask_the_road_and_know_three_paces(client: Client, told: Morning) -> None:
    assert client.post("/pace", data={"speed": "60"}).headers["location"] == "/demo"
    assert told.road.orders == [{"do": "pace", "speed": 60}]
    assert client.post("/pace", data={"speed": "9999"}).status_code == 400


def test_the_score_stands_once_the_day_is_over(client: Client, state: dict[str, Any]) -> None:
    assert "当日结束后" in client.get("/score").text
    state["score"] = {"found": 8, "missed": 1, "false": 2, "delay_p50": 4.5, "found_ids": ["mill-fire"]}
    text = client.get("/score").text
    assert "mill-fire" in text
    assert "4.5" in text


def test_the_wall_and_its_health_can_be_read_as_json(client: Client, told: Morning) -> None:
    assert client.get("/wall.json").json()["banner"]["id"] == told.hazards["red"]
    health = client.get("/healthz").json()
    assert (health["ok"], health["clock"], health["received"]) == (True, told.road.clock, 58)
