import gzip
import re

import pytest
from httpx import Client

from alerts.links import make_link
from tests.board.day import Morning
from tests.board.road import SECRET


def test_looking_at_the_phone_page_changes_nothing_and_the_button_does(client: Client, told: Morning) -> None:
    link, person = told.red_link()
    for _ in range(3):
        assert 'value="accept"' in client.get(link).text
    assert client.head(link).status_code in (200, 405)
    assert told.road.orders == []
    assert client.post(link, data={"answer": "accept"}).headers["location"] == link
    assert told.road.ledger.rows.hazards[told.hazards["red"]].owner == person
    assert "已由您 09:30 签收" in client.get(link).text


def test_a_second_press_says_that_it_is_taken_and_asks_for_nothing(client: Client, told: Morning) -> None:
    link, _ = told.red_link()
    client.post(link, data={"answer": "accept"})
    again = client.post(link, data={"answer": "accept"})
    assert (again.status_code, len(told.road.orders)) == (303, 1)
    text = client.get(link).text
    assert "已由您" in text
    assert [button for button in ("arrive", "true", "false") if f'value="{button}"' not in text] == []


def test_another_persons_page_says_who_has_it(client: Client, told: Morning) -> None:
    link, person = told.red_link()
    other = told.road.ledger.rows.hazards[told.hazards["red"]].told[0]
    assert other != person
    assert told.road.answer(told.hazards["red"], other, "accept")
    assert f"已由 {told.road.site.plan.name(other)}" in client.get(link).text


def test_a_forged_link_and_one_of_yesterday_open_nothing(client: Client, told: Morning) -> None:
    hazard = told.hazards["red"]
    forged = make_link(b"another secret", "n", hazard, "p", told.road.clock)
    old = make_link(SECRET, "n", hazard, "p", told.road.clock - 25 * 3_600_000)
    for token in (forged, old, "rubbish", "%F0%9F%94%A5"):
        for answer in (client.get(f"/a/{token}"), client.post(f"/a/{token}", data={"answer": "accept"})):
            assert answer.status_code == 410
            assert "链接无效" in answer.text
    assert told.road.orders == []


@pytest.mark.parametrize(
    ("language", "why"), [("zh", "同一单位另有设备正在告警"), ("en", "A second device of the site is in alarm")]
)
def test_an_answer_that_is_refused_says_why_in_the_pages_language(
    client: Client, told: Morning, language: str, why: str
) -> None:
    link, _ = told.red_link()
    client.get(f"{link}?lang={language}")
    client.post(link, data={"answer": "accept"})
    site = told.road.ledger.rows.hazards[told.hazards["red"]].site
    devices = told.road.site.places.devices.values()
    told.road.raise_alert(
        "fire-detector", next(one.device_id for one in devices if one.site_id == site and one.type == "smoke"), "orange"
    )
    refused = client.post(link, data={"answer": "false"})
    assert refused.status_code == 409
    assert why in refused.text
    assert 'value="true"' in refused.text


def test_the_phone_page_is_one_small_request(client: Client, told: Morning) -> None:
    text = client.get(told.red_link()[0]).text
    assert len(text.encode()) <= 14_000
    assert len(gzip.compress(text.encode())) <= 5_000
    assert "<script" not in text
    assert "stylesheet" not in text


def test_the_phone_page_of_rain_carries_no_colour_word_and_no_levels_shape(client: Client, told: Morning) -> None:
    gauge = next(one for one in told.road.site.places.devices.values() if one.type == "rain_gauge")
    told.road.raise_alert("rain-gauge", gauge.device_id, "orange", value=61.5, threshold=60.0)
    told.road.deliver()
    hazard = next(one for one in told.road.ledger.rows.hazards.values() if one.kind.startswith("rain"))
    text = client.get(told.road.link(hazard.id, hazard.told[0])).text.split("</style>")[1]
    assert "61.5 mm" in text
    assert not re.search("预警|信号|[红橙黄蓝]", text)
    assert "<svg" not in text
