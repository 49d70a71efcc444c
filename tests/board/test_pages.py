import re
from typing import Any

import pytest
from httpx import Client

from alerts.store import Reader
from dashboards.web.app import create_app
from dashboards.web.board_site import BoardSite
from ingest.rejected import Reason
from tests.board.day import Morning
from tests.board.road import MORNING, SECRET
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
    early = client.get("/score").text
    assert "当日尚未结束" in early
    assert "收到消息" in early
    state["score"] = {"found": 8, "missed": 1, "false": 2, "delay_p50": 4.5, "delay_p95": 540.0}
    text = client.get("/score").text
    assert "9 起真实事件发现 8 起 · 误报 2 · 漏报 1" in text
    assert "4 秒" in text
    assert "9 分" in text


def test_the_score_names_each_episode_what_was_expected_and_when_it_came(client: Client, state: dict[str, Any]) -> None:
    line = {"rule": "gas-lel", "level": "red", "by": MORNING, "reached": MORNING - 61_000, "delay": 26.2, "devices": 2}
    episode = {"id": "lpg", "zh": "餐馆液化气泄漏", "en": "LPG leak", "begins": MORNING - 600_000, "found": True}
    late = {**episode, "found": False, "lines": [{**line, "reached": None, "delay": None}]}
    nuisances = {"count": 107, "within": 106, "kinds": {}}
    state["score"] = {
        "found": 1,
        "missed": 0,
        "false": 0,
        "delay_p50": None,
        "episodes": [{**episode, "lines": [line]}, late],
        "nuisances": nuisances,
    }
    shown = re.sub(r"<[^>]+>|\s+", " ", client.get("/score").text)
    shown = re.sub(" +", " ", shown)
    assert "餐馆液化气泄漏 08:50 开始 · 已发现 可燃气体浓度 2 台中最慢 红 09:00:00 08:58:59 26 秒" in shown
    assert "漏报 可燃气体浓度 2 台中最慢 红 09:00:00 未达到 –" in shown
    assert "干扰 107 起" in shown
    assert "106 起未超出" in shown
    assert "LPG leak" in client.get("/score?lang=en").text
    assert "gas-lel" not in shown


def test_totals_have_words_and_no_keys(client: Client, told: Morning) -> None:
    reasons = {f"rejected.{reason}": 3 for reason in Reason} | {f"refused_values.{reason}": 2 for reason in Reason}
    events = {f"events.{name}": 1 for name in ("raised", "upgraded", "downgraded", "cleared")}
    told.road.totals |= reasons | events | {"feed_ended": 1, "late": 5}
    told.road.commit([])
    for language in ("zh", "en"):
        text = client.get(f"/score?lang={language}").text.split("<main>")[1]
        assert re.findall(r"\b[a-z]+_[a-z_]+\b", re.sub(r"<[^>]+>", " ", text)) == []
        assert {"其他", "Other"}.isdisjoint(re.findall(r"<td>([^<]*)</td>", text))


def test_the_history_says_in_both_languages_who_did_what_and_where(client: Client, told: Morning) -> None:
    def lines(query: str) -> str:
        text = client.get(f"/hazard/{told.hazards['gas']}{query}").text.split('class="history"')[1]
        return re.sub(r"<[^>]+>", "", text)

    person = told.road.site.plan.name(told.road.ledger.rows.hazards[told.hazards["gas"]].owner)
    assert f"{person} 收到(镇街终端)" in lines("?lang=zh")
    assert f"{person}: got it (terminal)" in lines("?lang=en")
    assert f"{person}, for the township (new alert)" in lines("?lang=en")
    for query in ("?lang=zh", "?lang=en"):
        assert re.findall(r"D\d{9}|→|via|经", lines(query)) == []


def test_rain_is_drawn_as_what_came_together_in_its_window_against_the_amounts(client: Client, told: Morning) -> None:
    gauge = next(one for one in told.road.site.places.devices.values() if one.type == "rain_gauge").device_id
    told.road.report(gauge, "rain", [1.0] * 90)
    told.road.raise_alert("rain-gauge", gauge, "orange", value=60.0, threshold=60.0)
    hazard = next(one for one in told.road.ledger.rows.hazards.values() if one.kind == "rain")
    text = client.get(f"/hazard/{hazard.id}").text
    assert "1小时雨量" in text
    assert "<b>60 mm</b>" in text
    assert "橙 60" in text


def test_the_wall_and_its_health_can_be_read_as_json(client: Client, told: Morning) -> None:
    assert client.get("/wall.json").json()["banner"]["id"] == told.hazards["red"]
    health = client.get("/healthz").json()
    assert (health["ok"], health["clock"], health["received"]) == (True, told.road.clock, 58)


def test_an_alert_by_its_id_leads_to_its_hazard(client: Client, told: Morning, reader: Reader) -> None:
    red = told.hazards["red"]
    (alert, *_) = reader.alerts_of(red)
    led = client.get(f"/alert/{alert.id}", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, f"/hazard/{red}")
    assert client.get("/alert/nowhere", follow_redirects=False).status_code == 404
