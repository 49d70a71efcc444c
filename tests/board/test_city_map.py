import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.web.board_site import BoardSite, short_district, short_township
from dashboards.web.map import APART, HEIGHT, WIDTH, CityMap, apart, city_map, place_labels


@pytest.fixture(scope="module")
def drawn(city: BoardSite) -> CityMap:
    return city_map(city)


def test_every_township_and_district_is_on_the_map_and_inside_it(drawn: CityMap) -> None:
    assert (len(drawn.districts), len(drawn.markers)) == (6, 103)
    assert all(0 <= mark.x <= WIDTH and 0 <= mark.y <= HEIGHT for mark in drawn.markers)


def test_no_two_marks_touch_and_none_stands_far_from_its_place(drawn: CityMap) -> None:
    places = [(mark.x, mark.y) for mark in drawn.markers]
    assert min(math.dist(a, b) for a in places for b in places if a is not b) > APART - 0.1
    assert max(math.dist((mark.x, mark.y), (mark.true_x, mark.true_y)) for mark in drawn.markers) < APART


def test_north_is_up_and_east_is_right(drawn: CityMap) -> None:
    by_name = {district.name: district for district in drawn.districts}
    assert by_name["新昌"].y > by_name["越城"].y
    assert by_name["诸暨"].x < by_name["嵊州"].x


def test_most_names_have_a_place_of_their_own(drawn: CityMap) -> None:
    assert sum(mark.label.fits for mark in drawn.markers) >= 80


points = st.lists(st.tuples(st.floats(50, 900), st.floats(50, 850)), min_size=1, max_size=12, unique=True)


@given(points)
def test_pushing_apart_keeps_every_point_and_moves_nothing_that_has_room(places: list[tuple[float, float]]) -> None:
    moved = apart(places)
    assert len(moved) == len(places)
    roomy = all(math.dist(a, b) >= APART for i, a in enumerate(places) for b in places[i + 1 :])
    assert not roomy or moved == places


@given(points)
def test_labels_that_fit_do_not_cover_each_other(places: list[tuple[float, float]]) -> None:
    labels = [label for label in place_labels(places, ["大唐"] * len(places)) if label.fits]
    left = {"start": 0.0, "end": 42.0, "middle": 21.0}
    boxes = [(label.x - left[label.anchor], label.y) for label in labels]
    for i, (x, y) in enumerate(boxes):
        assert all(abs(x - other_x) >= 42 or abs(y - other_y) >= 21 for other_x, other_y in boxes[i + 1 :])


def test_short_names_lose_their_kind_but_never_shrink_to_one_character() -> None:
    assert [short_township(name) for name in ("大唐街道", "浬浦镇", "马鞍街道", "同山镇", "镇")] == [
        "大唐",
        "浬浦",
        "马鞍",
        "同山",
        "镇",
    ]
    assert short_district("诸暨市") == "诸暨"
