"""What no browser sends and no page of ours asks for: refused or passed over, never a fault of the server."""

import pytest
from httpx import Client

from alerts.store import Reader, StoreError
from tests.board.day import Morning

ODD = ["%00", "%ED%A0%80", "%FF", "%", "9" * 5000, "-1", "1e999", "%D9%A3", "x" * 50_000, "..%2F..%2Fx", "%0D%0AX:y"]
PARTS = b'--x\r\nContent-Disposition: form-data; name="answer"\r\n\r\n\xffaccept\r\n--x--\r\n'


@pytest.mark.parametrize("odd", ODD, ids=lambda text: text[:12])
def test_an_odd_address_is_not_found_or_finds_nothing(client: Client, odd: str) -> None:
    for path in (f"/{odd}", f"/hazard/{odd}", f"/static/{odd}"):
        assert client.get(path).status_code == 404, path
    assert client.get(f"/a/{odd}").status_code in (404, 410)
    for query in ("level", "kind", "area"):
        answer = client.get(f"/hazards?{query}={odd}")
        assert (answer.status_code, 'href="/hazard/' in answer.text) == (200, False), query
    for query in ("lang", "theme"):
        assert client.get(f"/?{query}={odd}").status_code == 200


@pytest.mark.parametrize("odd", [*ODD, "9" * 18, "9" * 19, ""], ids=lambda text: text[:12])
def test_a_screen_that_says_oddly_what_it_saw_gets_the_wall_all_the_same(client: Client, odd: str) -> None:
    for path, headers in ((f"/stream?after={odd}", {}), ("/stream", {"last-event-id": odd})):
        with client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200
            assert "event: beat" in next(answer.iter_text())


def test_an_odd_cookie_is_passed_over(client: Client) -> None:
    for cookie in ("lang", "lang=" + "x" * 5000, '=;;="', 'lang="\\777"', "theme=night; theme=\xff"):
        answer = client.get("/", headers=[(b"cookie", cookie.encode("latin-1"))])
        assert (answer.status_code, "应急消防值班大屏" in answer.text) == (200, True)


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=x; charset=idna",
        "multipart/form-data; boundary=x; charset=undefined",
        "multipart/form-data; boundary=x; charset=unicode_escape",
        "multipart/form-data",
        "application/json",
        "text/plain",
    ],
)
def test_a_form_that_no_page_of_ours_sends_is_refused_and_says_so(client: Client, told: Morning, kind: str) -> None:
    link, _ = told.red_link()
    for path in (link, f"/hazard/{told.hazards['red']}/answer", "/pace"):
        answer = client.post(path, content=PARTS, headers={"content-type": kind})
        assert (answer.status_code, "请在本页面上填写提交" in answer.text) == (415, True)
    assert told.road.orders == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"answer=%ff%00&person=%ED%A0%80&note=%00", 409),
        (b"\xff=\xfe&answer", 409),
        (b"answer=" + b"x" * 60_000, 409),
        (b"answer=" + b"x" * 1_000_000, 413),
        (b"a=1&" * 15_000, 400),
    ],
)
def test_an_odd_form_answers_nothing(client: Client, told: Morning, body: bytes, status: int) -> None:
    form = {"content-type": "application/x-www-form-urlencoded; charset=idna"}
    answer = client.post(f"/hazard/{told.hazards['red']}/answer", content=body, headers=form)
    assert answer.status_code == status
    assert told.road.orders == []


def test_only_looking_opens_a_stream(client: Client) -> None:
    assert client.put("/stream").status_code == 405


def test_a_store_that_cannot_be_read_is_said_and_is_not_the_pages_fault(
    client: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread() -> int:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(reader, "clock", unread)
    answer = client.get("/hazards")
    assert (answer.status_code, "数据库暂时无法读取" in answer.text) == (503, True)
