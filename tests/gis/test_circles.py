import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate
from shapely.geometry import MultiPolygon, Point, Polygon, box

from gis.circles import area_in_circles

numbers = st.integers(-500, 500).map(float)
corners = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=8)
shapes = corners.map(lambda found: shapely.MultiPoint(found).buffer(20).convex_hull)
shapes_with_holes = st.tuples(shapes, shapes).map(lambda two: two[0].difference(two[1].buffer(-30)))
centres = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5).map(np.array)
radii = st.integers(1, 600).map(float)


def areas(at: np.ndarray, radius: float, *polygons: Polygon) -> np.ndarray:
    return area_in_circles(at, radius, np.array(polygons, dtype=object))


def test_a_circle_of_500_m_by_hand() -> None:
    """785,398 m², of which 30 % is 235,619 m²."""
    [area] = areas(np.array([[0.0, 0.0]]), 500, box(-1000, -1000, 1000, 1000))
    assert area == pytest.approx(785_398.163, abs=1e-3)
    assert 0.3 * area == pytest.approx(235_619.449, abs=1e-3)
    assert areas(np.array([[0.0, 0.0]]), 500, box(0, 0, 600, 600)) == pytest.approx(area / 4)
    assert areas(np.array([[0.0, 0.0]]), 500, box(0, -900, 900, 900)) == pytest.approx(area / 2)


@settings(max_examples=30)
@given(at=centres, radius=radii, shape=shapes_with_holes)
def test_as_a_circle_drawn_with_many_corners(at: np.ndarray, radius: float, shape: Polygon) -> None:
    drawn = shapely.buffer(shapely.points(at), radius, quad_segs=2000)
    expected = shapely.area(shapely.intersection(drawn, shape))
    assert areas(at, radius, shape) == pytest.approx(expected, rel=1e-5, abs=1e-2)


@settings(max_examples=30)
@given(at=centres, radius=radii, shape=shapes_with_holes, cut=numbers)
def test_additive_bounded_growing_and_the_same_turned(
    at: np.ndarray, radius: float, shape: Polygon, cut: float
) -> None:
    whole = areas(at, radius, shape)
    assert (whole >= 0).all()
    assert (whole <= min(np.pi * radius**2, shape.area) * (1 + 1e-9) + 1e-6).all()
    assert (whole <= areas(at, radius + 10, shape) + 1e-6).all()
    parts = [
        shape.intersection(box(-9e3, -9e3, cut, 9e3)),
        shape.intersection(box(cut, -9e3, 9e3, 9e3)),
    ]
    assert areas(at, radius, *parts) == pytest.approx(whole, abs=1e-5)
    assert areas(at, radius, shape.reverse()) == pytest.approx(whole, abs=1e-6)
    turned = areas(np.column_stack([-at[:, 1], at[:, 0]]), radius, rotate(shape, 90, origin=(0, 0)))
    assert turned == pytest.approx(whole, abs=1e-5)


def test_at_the_size_of_rd_coordinates_it_is_as_exact() -> None:
    [area] = areas(np.array([[100_000.0, 490_000.0]]), 500, box(100_000, 480_000, 110_000, 500_000))
    assert area == pytest.approx(np.pi * 500**2 / 2, abs=1e-4)


def test_parts_count_each_and_nothing_counts_as_nothing() -> None:
    two = MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)])
    at = np.array([[0.0, 0.0]])
    assert areas(at, 10, two) == pytest.approx([2])
    assert areas(at, 10, None, Polygon()).tolist() == [0]
    assert areas(at, 0, two).tolist() == [0]
    assert areas(np.zeros((0, 2)), 10, two).tolist() == []


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_a_circle_has_a_place_and_a_size(wrong: float) -> None:
    with pytest.raises(ValueError, match="circle"):
        areas(np.array([[0.0, 0.0]]), wrong, Point(0, 0).buffer(1))
    with pytest.raises(ValueError, match="circle"):
        areas(np.array([[0.0, np.nan]]), 1, Point(0, 0).buffer(1))
