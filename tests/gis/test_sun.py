import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate
from shapely.geometry import LineString, Point, Polygon, box

from gis.crs import rd_point
from gis.sun import (
    LONGEST_SHADOW_M,
    Sun,
    building_shadow,
    shadow_vector,
    share_in_shade,
    sun_over,
    tree_shadow,
)

HAARLEM = rd_point(4.6462, 52.3874)
FROM_THE_SOUTH = Sun(180, 180, 45)
moments = st.integers(0, 15 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
suns = st.builds(
    lambda azimuth, elevation: Sun(azimuth, azimuth, elevation),
    st.floats(0, 359.9),
    st.floats(1, 90),
)
boxes = st.tuples(*[st.integers(0, 100)] * 2, *[st.integers(1, 50)] * 2).map(
    lambda at: box(at[0], at[1], at[0] + at[2], at[1] + at[3])
)


def almanac(lon: float, lat: float, when: datetime) -> tuple[float, float]:
    """Azimuth and elevation by the short formulas of the Astronomical Almanac, good to 0.01°."""
    days = (when - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86_400
    anomaly = math.radians(357.528 + 0.9856003 * days)
    ecliptic = math.radians(
        280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
    )
    tilt = math.radians(23.439 - 0.0000004 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal = math.radians((18.697374558 + 24.06570982441908 * days) % 24 * 15 + lon)
    hour, phi = sidereal - ascension, math.radians(lat)
    elevation = math.asin(
        math.sin(phi) * math.sin(declination)
        + math.cos(phi) * math.cos(declination) * math.cos(hour)
    )
    azimuth = math.atan2(
        -math.cos(declination) * math.sin(hour),
        math.sin(declination) * math.cos(phi)
        - math.cos(declination) * math.sin(phi) * math.cos(hour),
    )
    return math.degrees(azimuth) % 360, math.degrees(elevation)


@settings(max_examples=30)
@given(when=moments)
def test_the_sun_stands_where_the_almanac_says(when: datetime) -> None:
    sun = sun_over(HAARLEM, when)
    azimuth, elevation = almanac(4.6462, 52.3874, when)
    # Refraction lifts the sun by half a degree at the horizon.
    assert sun.elevation == pytest.approx(elevation, abs=0.1 if elevation > 10 else 0.65)
    assert (sun.azimuth - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=0.1)


def test_noon_on_the_longest_and_the_shortest_day() -> None:
    """90° − 52.39° ± 23.44°, due south at 11:43 UTC (June) and 11:40 UTC (December)."""
    june = sun_over(HAARLEM, datetime(2026, 6, 21, 11, 43, 20, tzinfo=UTC))
    assert (june.azimuth, june.elevation) == (
        pytest.approx(180, abs=0.2),
        pytest.approx(61.05, abs=0.05),
    )
    december = sun_over(HAARLEM, datetime(2026, 12, 21, 11, 39, 30, tzinfo=UTC))
    assert december.elevation == pytest.approx(14.17 + 0.06, abs=0.06)
    assert not sun_over(HAARLEM, datetime(2026, 6, 21, 0, 0, tzinfo=UTC)).is_up


def test_time_zones_are_followed_and_needed() -> None:
    summer = timezone(timedelta(hours=2))
    assert sun_over(HAARLEM, datetime(2026, 7, 1, 14, tzinfo=summer)) == sun_over(
        HAARLEM, datetime(2026, 7, 1, 12, tzinfo=UTC)
    )
    with pytest.raises(ValueError, match="time zone"):
        sun_over(HAARLEM, datetime(2026, 7, 1, 14))  # noqa: DTZ001


def test_the_north_of_the_grid_is_not_true_north() -> None:
    """West of Amersfoort the grid's north lies west of true north: 0.59° in Haarlem."""
    when = datetime(2026, 7, 1, 12, tzinfo=UTC)
    west, centre = sun_over(HAARLEM, when), sun_over(Point(155_000, 463_000), when)
    expected = (5.3876 - 4.6462) * math.sin(math.radians(52.39))
    assert west.rd_azimuth - west.azimuth == pytest.approx(expected, abs=0.01)
    assert centre.rd_azimuth == pytest.approx(centre.azimuth, abs=0.001)


def test_the_shadow_of_a_block_by_hand() -> None:
    """10 m high, sun due south at 45°: the shadow reaches 10 m north, 10 × 20 m in all."""
    shadow = building_shadow(box(0, 0, 10, 10), 10, FROM_THE_SOUTH)
    assert shadow.symmetric_difference(box(0, 0, 10, 20)).area < 1e-9
    east, north = shadow_vector(10, Sun(90, 90, 30))
    assert (east, north) == (pytest.approx(-10 * math.sqrt(3)), pytest.approx(0, abs=1e-9))


def test_a_courtyard_is_lit_as_far_as_the_sun_reaches() -> None:
    around = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    assert building_shadow(around, 4, FROM_THE_SOUTH).area == pytest.approx(30 * 34 - 10 * 6)
    assert building_shadow(around, 10, FROM_THE_SOUTH).area == pytest.approx(30 * 40)


def test_a_corner_building_does_not_fill_its_corner() -> None:
    corner = Polygon([(0, 0), (30, 0), (30, 10), (10, 10), (10, 30), (0, 30)])
    shadow = building_shadow(corner, 5, Sun(180, 180, 45))
    assert shadow.area == pytest.approx(corner.area + 30 * 5)
    assert not shadow.intersects(Point(25, 20))


def test_a_crown_shades_a_disc_that_has_moved() -> None:
    """The crown from 5 to 15 m stands clear of its trunk at 45°."""
    shadow = tree_shadow(Point(0, 0), 3, 15, FROM_THE_SOUTH, crown_base_m=5)
    assert shadow.bounds == pytest.approx((-3, 2, 3, 18))
    assert shadow.area == pytest.approx(Point(0, 0).buffer(3, 8).area + 6 * 10)
    assert tree_shadow(Point(0, 0), 3, 5, Sun(0, 0, 90)).area == pytest.approx(
        Point(0, 0).buffer(3, 8).area
    )


@settings(max_examples=30)
@given(house=boxes, sun=suns, height=st.floats(0, 30), more=st.floats(0, 30))
def test_shadows_grow_with_height_and_turn_along(
    house: Polygon, sun: Sun, height: float, more: float
) -> None:
    shadow = building_shadow(house, height, sun)
    higher = building_shadow(house, height + more, sun)
    assert shadow.is_valid
    assert house.area - 1e-6 <= shadow.area <= higher.area + 1e-6
    assert shadow.difference(higher).area < 1e-6
    turned = building_shadow(
        rotate(house, 90, origin=(0, 0)), height, Sun(0, (sun.rd_azimuth - 90) % 360, sun.elevation)
    )
    assert rotate(shadow, 90, origin=(0, 0)).symmetric_difference(turned).area < 1e-5
    assert building_shadow(house.reverse(), height, sun).symmetric_difference(shadow).area < 1e-6


@settings(max_examples=20)
@given(house=boxes, sun=suns, height=st.floats(0, 30), at=st.floats(0.1, 0.9))
def test_the_shadow_of_two_halves_is_that_of_the_whole(
    house: Polygon, sun: Sun, height: float, at: float
) -> None:
    west, south, east, north = house.bounds
    cut = west + at * (east - west)
    halves = [
        building_shadow(box(west, south, cut, north), height, sun),
        building_shadow(box(cut, south, east, north), height, sun),
    ]
    whole = building_shadow(house, height, sun)
    assert shapely.union_all(halves).symmetric_difference(whole).area < 1e-5


def test_a_low_sun_does_not_make_endless_shadows() -> None:
    assert math.hypot(*shadow_vector(100, Sun(180, 180, 0.001))) == pytest.approx(LONGEST_SHADOW_M)


def test_share_of_a_walk_in_shade() -> None:
    walk = LineString([(0, 0), (100, 0)])
    house = building_shadow(box(20, -10, 40, -5), 10, FROM_THE_SOUTH)
    tree = tree_shadow(Point(30, -5), 3, 10, FROM_THE_SOUTH)
    assert share_in_shade(walk, [house, tree]) == pytest.approx(0.2)
    assert share_in_shade(walk, []) == 0
    assert share_in_shade(walk, [box(0, 50, 100, 60)]) == 0
    assert share_in_shade(walk, [box(-1, -1, 101, 1)]) == 1
    assert share_in_shade(LineString(), [house]) is None


@settings(max_examples=20)
@given(shadows=st.lists(boxes, max_size=5), extra=boxes)
def test_the_share_in_shade_is_bounded_and_grows(shadows: list[Polygon], extra: Polygon) -> None:
    walk = LineString([(0, 0), (70, 80), (150, 20)])
    share, more = share_in_shade(walk, shadows), share_in_shade(walk, [*shadows, extra])
    assert share is not None
    assert more is not None
    assert 0 <= share <= more + 1e-12 <= 1 + 1e-12
    assert share_in_shade(walk.reverse(), shadows) == pytest.approx(share)


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="not up"):
        building_shadow(box(0, 0, 1, 1), 5, Sun(0, 0, -1))
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="height"):
            shadow_vector(wrong, FROM_THE_SOUTH)
    with pytest.raises(ValueError, match="crown"):
        tree_shadow(Point(0, 0), 3, 5, FROM_THE_SOUTH, crown_base_m=6)
    with pytest.raises(ValueError, match="crown"):
        tree_shadow(Point(0, 0), -3, 5, FROM_THE_SOUTH)
