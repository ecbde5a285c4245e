import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate
from shapely.geometry import Point, box

from gis.access import (
    Access,
    access_1,
    area_shares_within,
    qualifying_green,
    share_within,
    spread_residents,
    straight_distances,
    within_distance,
)

places = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 2000)), min_size=1, max_size=30
).map(lambda found: shapely.points(np.array(found, dtype=float)))
boxes = st.lists(
    st.tuples(*[st.integers(0, 1900)] * 2, *[st.integers(10, 300)] * 2), min_size=1, max_size=6
).map(lambda found: [box(x, y, x + w, y + h) for x, y, w, h in found])
metres = st.integers(0, 1000).map(float)


def straight(homes: np.ndarray, green: list) -> tuple:
    found = qualifying_green(green)
    return access_1(straight_distances(homes, found), Access())


def test_by_hand() -> None:
    """Two of four dwellings are within 300 m of 0.5 ha, with 5 of the 9 residents."""
    park, too_small = box(0, 0, 100, 50), box(1000, 0, 1070, 71)
    homes = shapely.points([[400.0, 25], [50, 350], [400.1, 25], [1080, 0]])
    distances = straight_distances(homes, qualifying_green([park, too_small]))
    residents, dwellings = access_1(distances, Access(), np.array([2.0, 3, 3, 1]))
    assert (residents.numerator, residents.denominator) == (5, 9)
    assert residents.value == pytest.approx(5 / 9)
    assert dwellings.value == 0.5
    assert (dwellings.definition, dwellings.n, dwellings.no_data_share) == ("ACCESS-1", 4, 0)
    assert dwellings.parameters["over"] == "dwellings"
    assert dwellings.notes == ("straight_line_distance",)


def test_exactly_the_distance_and_exactly_the_size_count() -> None:
    exactly = qualifying_green([box(0, 0, 100, 50)], min_area_m2=5000)
    assert within_distance(shapely.points([[400.0, 25]]), exactly, 300).all()
    assert len(qualifying_green([box(0, 0, 100, 50)], min_area_m2=5000.01)) == 0


def test_a_park_that_is_drawn_in_parts_counts_whole() -> None:
    parts = [box(0, 0, 60, 50), box(60, 0, 100, 50)]
    assert shapely.area(qualifying_green(parts)).tolist() == [5000]
    across_a_path = [box(0, 0, 60, 50), box(63, 0, 103, 50)]
    assert len(qualifying_green(across_a_path)) == 0
    assert len(qualifying_green(across_a_path, gap_m=3)) == 2
    assert len(qualifying_green(across_a_path, gap_m=2.9)) == 0
    corner_to_corner = [box(0, 0, 60, 50), box(60, 50, 120, 100)]
    assert len(qualifying_green(corner_to_corner)) == 0
    overlapping = [box(0, 0, 60, 50), box(0, 0, 60, 50)]
    assert len(qualifying_green(overlapping)) == 0


@settings(max_examples=30)
@given(homes=places, green=boxes, distance=metres)
def test_both_ways_to_find_who_is_within_agree_with_a_loop(
    homes: np.ndarray, green: list, distance: float
) -> None:
    targets = np.array(green, dtype=object)
    loop = [min(park.distance(home) for park in green) for home in homes]
    assert straight_distances(homes, targets) == pytest.approx(loop)
    flags = [each <= distance for each in loop]
    assert within_distance(homes, targets, distance).tolist() == flags
    assert within_distance(homes, targets, distance, threads=2).tolist() == flags


@settings(max_examples=30)
@given(homes=places, green=boxes)
def test_bounds_and_turning_and_vertex_order(homes: np.ndarray, green: list) -> None:
    figure = straight(homes, green)[1]
    assert figure.value is not None
    assert 0 <= figure.value <= 1
    turned = straight(
        np.array([rotate(home, 90, origin=(0, 0)) for home in homes]),
        [rotate(park, 90, origin=(0, 0)) for park in green],
    )[1]
    assert turned.numerator == figure.numerator
    other_way = straight(homes[::-1], [park.reverse() for park in green[::-1]])[1]
    assert other_way == figure


@settings(max_examples=30)
@given(homes=places, green=boxes, near=metres, further=metres, small=metres, larger=metres)
def test_more_distance_gives_no_less_and_more_size_gives_no_more(
    homes: np.ndarray, green: list, near: float, further: float, small: float, larger: float
) -> None:
    near, further = sorted([near, further])
    small, larger = sorted([small * 50, larger * 50])
    near_small = straight_distances(homes, qualifying_green(green, small))
    near_large = straight_distances(homes, qualifying_green(green, larger))
    assert (near_small <= near_large).all()
    assert share_within(near_small, near).numerator <= share_within(near_small, further).numerator


@settings(max_examples=30)
@given(homes=places, green=boxes, cut=st.integers(0, 30))
def test_the_parts_of_an_area_add_up(homes: np.ndarray, green: list, cut: int) -> None:
    distances = straight_distances(homes, np.array(green, dtype=object))
    whole = share_within(distances, 300)
    one, other = share_within(distances[:cut], 300), share_within(distances[cut:], 300)
    assert one.numerator + other.numerator == whole.numerator
    assert one.denominator + other.denominator == whole.denominator


def test_unknown_is_not_far_away_and_no_way_is() -> None:
    part = share_within(np.array([100.0, np.nan, np.inf, 200.0]), 300)
    assert (part.numerator, part.denominator, part.no_data_share) == (2, 3, 0.25)
    residents, dwellings = access_1(np.array([np.nan, 100.0]), Access(mode="network"))
    assert (residents.value, residents.notes) == (None, ("nothing_to_measure",))
    assert (dwellings.value, dwellings.notes) == (1, ("input_partly_without_data",))
    assert share_within(np.array([]), 300).value is None


def test_without_green_nobody_is_within_and_a_missing_place_is_unknown() -> None:
    homes = np.array([Point(0, 0), None, Point()], dtype=object)
    distances = straight_distances(homes, qualifying_green([]))
    assert distances.tolist()[0] == np.inf
    assert np.isnan(distances[1:]).all()
    assert np.isnan(straight_distances(homes, np.array([box(0, 0, 1, 1)]))[1:]).all()
    assert not within_distance(homes, qualifying_green([]), 300).any()


def test_residents_are_handed_out_evenly_and_none_get_lost() -> None:
    spread = spread_residents(np.array([0, 0, 1, -1, 3]), np.array([5.0, 4.0, 7.0, np.nan]))
    assert spread.residents[:3].tolist() == [2.5, 2.5, 4]
    assert np.isnan(spread.residents[3:]).all()
    assert spread.unplaced == 7
    figure = access_1(
        np.array([10.0, 400, 10]), Access(), spread.residents[:3], residents_are_spread=True
    )[0]
    assert figure.numerator == 6.5
    assert "residents_spread_over_dwellings" in figure.notes


def test_share_of_ground_by_hand() -> None:
    """A square of 1 km with a long strip of green along its west side: 300 of 1000 m."""
    strip = np.array([box(-100, -1000, 0, 2000)])
    areas = [box(0, 0, 1000, 1000), box(5000, 0, 6000, 1), box(0, 0, 0, 0)]
    figure, far, nothing = area_shares_within(areas, strip, Access())
    assert figure.value == pytest.approx(0.3)
    assert figure.parameters["over"] == "area"
    assert (far.value, nothing.value) == (0, None)
    assert area_shares_within(areas, strip[:0], Access())[0].value == 0


@settings(max_examples=20)
@given(green=boxes, at=st.integers(1, 1999))
def test_the_ground_within_reach_adds_up_over_a_partition(green: list, at: int) -> None:
    targets = np.array(green, dtype=object)
    areas = [box(0, 0, 2000, 2000), box(0, 0, at, 2000), box(at, 0, 2000, 2000)]
    whole, *parts = (each.numerator for each in area_shares_within(areas, targets, Access()))
    assert sum(parts) == pytest.approx(whole)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_what_can_not_be_is_refused(wrong: float) -> None:
    homes, green = shapely.points([[0.0, 0]]), np.array([box(0, 0, 1, 1)])
    with pytest.raises(ValueError, match="distance"):
        within_distance(homes, green, wrong)
    with pytest.raises(ValueError, match="size"):
        qualifying_green(list(green), wrong)
    with pytest.raises(ValueError, match="straight lines"):
        area_shares_within(green, green, Access(mode="network"))
    with pytest.raises(ValueError, match="distance"):
        area_shares_within(green, green, Access(distance_m=wrong))
    with pytest.raises(ValueError, match="weights"):
        share_within(np.array([1.0]), 300, np.array([-1.0]))
    with pytest.raises(ValueError, match="residents"):
        spread_residents(np.array([0]), np.array([-1.0]))
    with pytest.raises(IndexError):
        spread_residents(np.array([1]), np.array([1.0]))


@settings(max_examples=20)
@given(green=boxes, distance=st.integers(0, 900), step=st.integers(7, 60))
def test_many_places_by_the_square_get_the_same_answer_as_one_by_one(
    green: list, distance: int, step: int
) -> None:
    targets = np.array(green, dtype=object)
    homes = shapely.points(*(np.indices((50, 50)).reshape(2, -1) * float(step)))
    flags = within_distance(homes, targets, float(distance))
    assert flags.tolist() == (straight_distances(homes, targets) <= distance).tolist()


def test_places_that_lie_immensely_far_apart_are_told_apart() -> None:
    homes = shapely.points(np.repeat([[0.5, 0.5], [1e9, 1e9], [3.0, 1e9]], 4, axis=0))
    flags = within_distance(homes, np.array([box(0, 0, 1, 1)]), 0.001)
    assert flags.tolist() == [True] * 4 + [False] * 8
