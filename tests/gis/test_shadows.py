"""The shadows of many things at once, against those of one by one and by hand."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.shadows import Shade, building_shadows, crown_outlines, is_cut, tree_shadows
from gis.sun import Sun, building_shadow, tree_shadow

LOW, HIGH, DOWN = Sun(225, 225, 20), Sun(180, 180, 45), Sun(180, 180, -3)
L_SHAPE = shapely.Polygon([(0, 0), (20, 0), (20, 8), (8, 8), (8, 20), (0, 20)])
COURT = shapely.box(0, 0, 40, 40).difference(shapely.box(8, 8, 32, 32))
SQUARE = shapely.box(0, 0, 10, 10)


def array(*shapes):
    return np.array(shapes, dtype=object)


@pytest.mark.parametrize("sun", [LOW, HIGH])
def test_equals_the_exact_shadow_of_each(sun):
    shapes = array(
        SQUARE, L_SHAPE, COURT, shapely.MultiPolygon([SQUARE, shapely.box(30, 0, 35, 5)])
    )
    heights = np.array([10.0, 6.0, 3.0, 12.0])
    for shape, height, shadow in zip(shapes, heights, building_shadows(shapes, heights, sun), strict=True):  # fmt: skip
        assert shadow.symmetric_difference(building_shadow(shape, height, sun)).area < 1e-6


def test_a_square_of_ten_metres_at_45_degrees_shades_twice_itself():
    [shadow] = building_shadows(array(SQUARE), np.array([10.0]), HIGH)
    assert shadow.symmetric_difference(shapely.box(0, 0, 10, 20)).area < 1e-9


def test_a_crown_throws_its_shadow_away_from_its_trunk():
    place, radius = np.array([[100.0, 200.0]]), np.array([3.0])
    [shadow] = tree_shadows(place, radius, np.array([4.0]), np.array([8.0]), HIGH)
    exact = tree_shadow(shapely.Point(100, 200), 3, 8, HIGH, 4)
    assert shadow.area == pytest.approx(exact.area, rel=0.03)
    assert shadow.bounds == pytest.approx((97, 201, 103, 211), abs=1e-9)
    [crown] = crown_outlines(place, radius)
    assert crown.area == pytest.approx(math.pi * 9, rel=0.03)


def test_a_long_shadow_is_cut_off():
    [shadow] = building_shadows(array(SQUARE), np.array([10.0]), HIGH, longest_m=4)
    assert shadow.symmetric_difference(shapely.box(0, 0, 10, 14)).area < 1e-9
    assert is_cut(10, HIGH, 4)
    assert not is_cut(10, HIGH, 10.1)


def test_what_can_not_be_is_refused():
    for heights in ([-1.0], [np.nan], [np.inf]):
        with pytest.raises(ValueError, match="height"):
            building_shadows(array(SQUARE), np.array(heights), HIGH)
    with pytest.raises(ValueError, match="sun"):
        building_shadows(array(SQUARE), np.array([3.0]), DOWN)


def test_nothing_casts_nothing():
    none = np.empty(0)
    assert len(building_shadows(np.empty(0, dtype=object), none, HIGH)) == 0
    assert len(tree_shadows(none.reshape(0, 2), none, none, none, HIGH)) == 0


def test_the_share_of_lines_and_areas_counts_what_overlaps_once():
    shade = Shade(array(shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)))
    assert shade.share_of(shapely.box(0, 0, 30, 10)) == pytest.approx(0.5)
    assert shade.share_of(shapely.LineString([(-15, 5), (45, 5)])) == pytest.approx(0.25)
    assert shade.share_of(shapely.box(100, 0, 110, 10)) == 0
    assert shade.share_of(shapely.Point(1, 1)) is None
    assert Shade(np.empty(0, dtype=object)).share_of(SQUARE) == 0


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 30), st.floats(0.1, 30), st.floats(3, 80), st.floats(0, 359))
def test_what_is_higher_shades_at_least_as_much(height, more, elevation, azimuth):
    sun = Sun(azimuth, azimuth, elevation)
    lower, higher = (
        building_shadows(array(SQUARE), np.array([each]), sun)[0]
        for each in (height, height + more)
    )
    assert higher.buffer(1e-6).covers(lower)
    assert higher.area >= 100 - 1e-9
