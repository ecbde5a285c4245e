from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, box

from gis.areas import assign_points, cover_shares, share_by_overlap, split_total

# Three areas of one kilometre wide and one high, side by side.
AREAS = {
    "BU03750001": box(104_000, 486_000, 105_000, 487_000),
    "BU03750002": box(105_000, 486_000, 106_000, 487_000),
    "BU03750003": box(106_000, 486_000, 107_000, 487_000),
}
BACKWARDS = dict(reversed(AREAS.items()))

eastings = st.integers(104_000, 107_000)
northings = st.integers(486_000, 487_000)
boxes = st.tuples(eastings, northings, eastings, northings).filter(
    lambda corner: corner[0] < corner[2] and corner[1] < corner[3]
)
shares = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.floats(0, 1e6) | st.fractions(0, 10),
    min_size=1,
    max_size=8,
).filter(lambda shares: any(shares.values()))


def test_points_get_the_code_of_their_area() -> None:
    points = [Point(104_500, 486_500), Point(106_999, 486_001), Point(0, 0), None, Point()]
    assert assign_points(points, AREAS) == ["BU03750001", "BU03750003", None, None, None]


def test_nothing_to_assign_and_nothing_to_assign_to() -> None:
    assert assign_points([], AREAS) == []
    assert assign_points([Point(1, 1)], {}) == [None]


def test_a_point_on_a_border_belongs_to_the_first_code_in_any_order() -> None:
    border = [Point(105_000, 486_500)]
    assert assign_points(border, AREAS) == assign_points(border, BACKWARDS) == ["BU03750001"]


@given(st.lists(st.builds(Point, eastings, northings), max_size=10))
def test_every_point_lies_in_the_area_it_is_assigned_to(points: list[Point]) -> None:
    assigned = assign_points(points, AREAS)
    assert assigned == assign_points(points, BACKWARDS)
    assert all(
        code is not None and AREAS[code].intersects(point)
        for point, code in zip(points, assigned, strict=True)
    )


def test_a_field_over_two_areas_is_shared_as_worked_out_by_hand() -> None:
    # 400 m × 100 m, of which 300 m lie west of the border.
    field = box(104_700, 486_100, 105_100, 486_200)
    assert share_by_overlap(field, AREAS) == {"BU03750001": 0.75, "BU03750002": 0.25}


def test_what_lies_outside_every_area_is_in_no_share() -> None:
    assert share_by_overlap(box(103_000, 486_000, 105_000, 487_000), AREAS) == {"BU03750001": 0.5}
    assert share_by_overlap(box(0, 0, 1, 1), AREAS) == {}
    assert share_by_overlap(GeometryCollection(), AREAS) == {}


def test_a_field_that_only_touches_an_area_has_no_share_in_it() -> None:
    field = box(106_000, 486_000, 106_001, 486_001)
    assert share_by_overlap(field, AREAS) == {"BU03750003": 1.0}
    ending = LineString([(104_000, 486_500), (105_000, 486_500)])
    assert share_by_overlap(ending, BACKWARDS) == {"BU03750001": 1.0}


def test_a_line_on_a_border_counts_once() -> None:
    border = LineString([(105_000, 486_000), (105_000, 487_000)])
    assert share_by_overlap(border, AREAS) == {"BU03750001": 1.0}
    assert share_by_overlap(border, BACKWARDS) == {"BU03750001": 1.0}


def test_points_are_shared_by_their_number() -> None:
    points = MultiPoint([(104_001, 486_001), (104_002, 486_001), (105_500, 486_001), (0, 0)])
    assert share_by_overlap(points, AREAS) == {"BU03750001": 0.5, "BU03750002": 0.25}


def test_overlapping_areas_never_share_more_than_the_whole() -> None:
    overlapping = {**AREAS, "BU03750000": box(104_500, 486_000, 105_500, 487_000)}
    found = share_by_overlap(box(104_000, 486_000, 106_000, 487_000), overlapping)
    assert found == {"BU03750000": 0.5, "BU03750001": 0.25, "BU03750002": 0.25}


@given(boxes)
def test_shares_of_areas_without_gaps_sum_to_one(corners: tuple[int, int, int, int]) -> None:
    found = share_by_overlap(box(*corners), AREAS)
    assert sum(found.values()) == pytest.approx(1)
    assert all(0 < share <= 1 for share in found.values())


def test_a_case_covers_a_share_of_each_area_as_worked_out_by_hand() -> None:
    case = MultiPolygon([AREAS["BU03750001"], box(105_500, 486_000, 106_000, 486_500)])
    assert cover_shares(case, AREAS) == {"BU03750001": 1.0, "BU03750002": 0.25}


@given(boxes)
def test_covered_surface_adds_up_to_the_case(corners: tuple[int, int, int, int]) -> None:
    case = box(*corners)
    covered = sum(AREAS[code].area * share for code, share in cover_shares(case, AREAS).items())
    assert covered == pytest.approx(case.area)


def test_ten_euros_over_three_equals_as_worked_out_by_hand() -> None:
    assert split_total(1000, {"c": 1, "a": 1, "b": 1}) == {"a": 334, "b": 333, "c": 333}
    assert split_total(-1000, {"c": 1, "a": 1, "b": 1}) == {"a": -334, "b": -333, "c": -333}


def test_the_cent_goes_to_the_largest_remainder() -> None:
    # 1.01 euro over 60, 30 and 10 %: 60.6, 30.3 and 10.1 cents.
    assert split_total(101, {"a": 0.6, "b": 0.3, "c": 0.1}) == {"a": 61, "b": 30, "c": 10}


@given(st.integers(-(10**15), 10**15), shares)
def test_parts_sum_exactly_and_are_within_a_cent(
    total: int, given_shares: dict[str, float | Fraction]
) -> None:
    parts = split_total(total, given_shares)
    whole = sum(map(Fraction, given_shares.values()))
    assert sum(parts.values()) == total
    assert all(
        abs(parts[code] - total * Fraction(share) / whole) < 1
        for code, share in given_shares.items()
    )


@given(st.integers(-(10**9), 10**9), shares)
def test_the_order_of_the_shares_changes_nothing(
    total: int, given_shares: dict[str, float | Fraction]
) -> None:
    assert split_total(total, given_shares) == split_total(
        total, dict(reversed(given_shares.items()))
    )


@pytest.mark.parametrize(
    "wrong", [{}, {"a": 0}, {"a": -1, "b": 2}, {"a": float("nan")}, {"a": float("inf")}]
)
def test_shares_that_divide_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="share"):
        split_total(100, wrong)
