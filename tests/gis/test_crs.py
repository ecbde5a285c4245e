import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from gis import crs

longitudes = st.floats(3.2, 7.3)
latitudes = st.floats(50.7, 53.6)


def distance(one: Point, other: Point) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def test_the_origin_of_rd_is_where_it_should_be() -> None:
    assert crs.known_point_error() < 0.3


def test_a_point_lands_where_postgis_puts_it() -> None:
    # PostGIS 3.3.2, PROJ 9.1.1: ST_Transform('SRID=4258;POINT(4.6545 52.3612)', 28992)
    assert distance(crs.rd_point(4.6545, 52.3612), Point(105090.229166537, 486175.393539176)) < 1e-6


def test_web_mercator_lands_where_postgis_puts_it() -> None:
    # PostGIS 3.3.2: ST_Transform(ST_Transform('SRID=28992;POINT(155000 463000)', 4258), 3857)
    assert distance(crs.to_web(Point(155000, 463000)), Point(599700.750922, 6828231.3713)) < 1e-5


@given(longitudes, latitudes)
def test_there_and_back_again_is_within_a_millimetre(lon: float, lat: float) -> None:
    there = crs.rd_point(lon, lat)
    again = crs.to_rd(crs.to_lonlat(there))
    assert distance(there, again) < 0.001


@given(longitudes, latitudes, st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_lengths_in_rd_agree_with_the_sphere(
    lon: float, lat: float, east: float, north: float
) -> None:
    line = crs.to_rd(LineString([(lon, lat), (lon + east, lat + north)]))
    shrunk = math.radians(east) * math.cos(math.radians(lat + north / 2))
    metres = math.hypot(shrunk, math.radians(north)) * 6_371_000
    assert line.length == pytest.approx(metres, rel=0.01, abs=0.01)


def test_heights_are_dropped() -> None:
    assert not crs.to_rd(Point(5.0, 52.0, 12.0)).has_z


def test_a_coordinate_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        crs.rd_point(float("nan"), 52.0)


def test_many_threads_get_the_same_answer() -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: crs.rd_point(5.0, 52.0).wkb, range(200)))
    assert len(answers) == 1


def test_paris_is_outside_the_netherlands_and_haarlem_inside() -> None:
    assert crs.inside_netherlands(Point(4.64, 52.38))
    assert not crs.inside_netherlands(Point(2.35, 48.86))
    assert not crs.inside_netherlands(Polygon())
    assert not crs.inside_netherlands(LineString([(4.64, 52.38), (2.35, 48.86)]))


def real_folder() -> Path:
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA names no folder with real data")
    return Path(folder)


@pytest.mark.real_data
def test_the_difference_with_rdnaptrans_stays_under_three_decimetres() -> None:
    """Measured: at most 0.2332 m on the 4,222 self-validation points in the box of Dutch land."""
    file = real_folder() / "rdnaptrans" / "Z001_ETRS89andRDNAP.txt"
    lat, lon, x, y = np.loadtxt(file, usecols=(1, 2, 4, 5), unpack=True)
    land = (lat > 50.7) & (lat < 53.6) & (lon > 3.3) & (lon < 7.25)
    points = shapely.multipoints(np.column_stack([lon[land], lat[land]]))
    ours = shapely.get_coordinates(crs.to_rd(points))
    differences = np.hypot(ours[:, 0] - x[land], ours[:, 1] - y[land])
    assert land.sum() == 4222
    assert 0.2 < differences.max() < 0.3
