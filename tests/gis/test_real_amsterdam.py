"""Access to Amsterdam's parks over the ground of its neighbourhoods: straight and by network.

There are no dwellings in these files, so the share is that of the ground. The streets cover the
south-east of the city only.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.access import (
    Access,
    area_shares_within,
    qualifying_green,
    straight_distances,
    within_distance,
)
from gis.crs import to_rd
from gis.network import WalkingNetwork

pytestmark = pytest.mark.real_data

STEP_M = 25.0
NOT_ON_FOOT = {"busway", "construction", "primary_link", "trunk", "trunk_link"}


@dataclass(frozen=True)
class City:
    buurten: gpd.GeoDataFrame
    green: np.ndarray
    streets: gpd.GeoDataFrame


@pytest.fixture(scope="module")
def city() -> City:
    data = os.environ.get("BALANSKAART_REAL_DATA")
    if not data:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    folder = Path(data) / "amsterdam"
    parks = gpd.read_file(folder / "greenexp_ams_parken.gpkg")
    assert len(parks) == 123
    return City(
        gpd.read_file(folder / "greenex_AMS_neighborhoods.gpkg"),
        qualifying_green(to_rd(park) for park in parks.geometry),
        gpd.read_file(folder / "greenexp_network.gpkg"),
    )


def lattice(area: shapely.Geometry) -> np.ndarray:
    """Points every ``STEP_M`` inside an area."""
    west, south, east, north = area.bounds
    x, y = np.meshgrid(
        np.arange(west + STEP_M / 2, east, STEP_M), np.arange(south + STEP_M / 2, north, STEP_M)
    )
    points = shapely.points(x.ravel(), y.ravel())
    return points[shapely.contains(area, points)]


def test_straight_access_of_all_518_buurten(city: City) -> None:
    """Equal to geopandas' overlay with a buffer, and to a count of points in one of them."""
    assert len(city.buurten) == 518
    shares = area_shares_within(list(city.buurten.geometry), city.green, Access())
    reach = gpd.GeoDataFrame(
        geometry=[shapely.union_all(city.green).buffer(300, quad_segs=64)], crs=28992
    )
    overlay = city.buurten.overlay(reach).set_index("CBS_Buurtcode").area
    covered = overlay.reindex(city.buurten.CBS_Buurtcode, fill_value=0)
    expected = covered.to_numpy() / city.buurten.area.to_numpy()
    assert [each.value for each in shares] == pytest.approx(expected.tolist(), abs=2e-3)
    middle = int(np.argmin(np.abs(expected - 0.5)))
    points = lattice(city.buurten.geometry[middle])
    counted = within_distance(points, city.green, 300).mean()
    assert counted == pytest.approx(expected[middle], abs=0.03)
    assert (expected > 0.9999).sum() == 71
    total = sum(each.numerator or 0 for each in shares) / sum(
        each.denominator or 0 for each in shares
    )
    assert total == pytest.approx(0.3307, abs=1e-3)
    print(f"within 300 m straight: {total:.4f} of the ground, all of {(expected > 0.9999).sum()}")


def test_network_access_and_why_it_differs(city: City) -> None:
    """Where the streets are: by network never more than straight, and how much less."""
    streets = city.streets[city.streets.highway.notna() & ~city.streets.highway.isin(NOT_ON_FOOT)]
    network = WalkingNetwork.from_lines(list(streets.geometry), split="touching")
    entrances, _ = network.entrances(list(city.green), reach_m=20)
    reached = network.search(entrances, limit_m=2000)
    covered = shapely.union_all(shapely.buffer(network.lines, 100))
    rows = []
    for area, name in zip(city.buurten.geometry, city.buurten.Buurt, strict=True):
        if covered.intersection(area).area < 0.9 * area.area:
            continue
        points = lattice(area)
        straight = straight_distances(points, city.green)
        found = network.distances(network.snap(points, 150), reached)
        # A path that passes at 20 m gives entrance, so the way is never shorter than straight.
        assert (found.metres >= straight - 1e-6).all()
        near, walked = straight <= 300, found.metres <= 300
        assert not (walked & ~near).any()
        lost = near & ~walked
        detour = lost & np.isfinite(found.metres)
        rows.append((name, len(points), near.sum(), walked.sum(), detour.sum(), lost.sum()))
    table = np.array([row[1:] for row in rows])
    points, near, walked, detour, lost = table.sum(axis=0)
    assert near - walked == lost
    assert len(rows) == 24
    assert near / points == pytest.approx(0.394, abs=0.005)
    assert walked / points == pytest.approx(0.187, abs=0.01)
    # All but a hundredth of what is lost has a way to a park, but a longer one.
    assert detour / lost > 0.99
    for row in sorted(rows, key=lambda row: row[5] / row[1])[-5:]:
        print(f"{row[0]}: {row[2] / row[1]:.2f} straight, {row[3] / row[1]:.2f} by network")
    print(
        f"{len(rows)} buurten: {near / points:.4f} straight, {walked / points:.4f} by network; of"
        f" the {lost * STEP_M**2:,.0f} m² between them {detour / lost:.2f} has a longer way, the"
        " rest none that these streets know"
    )
