"""Lengths and areas in RD against the ellipsoid, and the scale factor against known places."""

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from gis.crs import KNOWN_POINT_LONLAT, to_lonlat
from gis.measuring import measure, rd_scale

LON = st.floats(3.5, 7.0)
LAT = st.floats(50.9, 53.4)


def lonlat(*rd: tuple[float, float]) -> list[tuple[float, float]]:
    return [tuple(point) for point in shapely.get_coordinates(to_lonlat(shapely.MultiPoint(rd)))]


def test_a_kilometre_in_rd_is_a_kilometre():
    found = measure("line", lonlat((104_000, 486_000), (105_000, 486_000)))
    assert found.length == pytest.approx(1000, abs=0.001)
    assert found.area is None


def test_a_hectare_in_rd_is_a_hectare():
    corners = lonlat((104_000, 486_000), (104_100, 486_000), (104_100, 486_100), (104_000, 486_100))
    found = measure("area", corners)
    assert found.area == pytest.approx(10_000, abs=0.01)
    assert found.length == pytest.approx(400, abs=0.001)


def test_scale_at_the_origin_is_that_of_the_definition():
    assert rd_scale(*KNOWN_POINT_LONLAT) == pytest.approx(0.9999079, abs=1e-9)
    assert measure("line", lonlat((154_500, 463_000), (155_500, 463_000))).deviation == (
        pytest.approx(-9.21, abs=0.01)
    )


@given(lon=LON, lat=LAT, east=st.floats(-900, 900), north=st.floats(-900, 900))
def test_length_divided_by_the_scale_is_the_length_on_the_ellipsoid(lon, lat, east, north):
    assume(abs(east) + abs(north) > 10)
    found = measure("line", [(lon, lat), (lon + east / 70_000, lat + north / 111_000)])
    # The datum of RD is scaled by 4.07 parts per million against ETRS89.
    assert found.length / found.scale == pytest.approx(found.on_ellipsoid, rel=6e-6)
    assert abs(found.deviation) < 20


@given(lon=LON, lat=LAT)
def test_direction_of_the_outline_does_not_matter(lon, lat):
    corners = [(lon, lat), (lon + 0.01, lat), (lon + 0.005, lat + 0.01)]
    one, other = measure("area", corners), measure("area", corners[::-1])
    assert one.area == pytest.approx(other.area)
    assert one.area_on_ellipsoid == pytest.approx(other.area_on_ellipsoid)
    assert one.area_on_ellipsoid > 0


@pytest.mark.parametrize(
    ("kind", "positions"),
    [
        ("line", [(4.6, 52.3)]),
        ("area", [(4.6, 52.3), (4.7, 52.3)]),
        ("area", [(4.6, 52.3), (4.7, 52.4), (4.7, 52.3), (4.6, 52.4)]),
    ],
)
def test_what_has_no_measure_is_refused(kind, positions):
    with pytest.raises(ValueError, match=r"needs|crosses"):
        measure(kind, positions)
