"""With the Dutch correction grid: Python and PostGIS together, and right to the millimetre."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
import shapely

from gis import crs
from webapp.config import read_settings
from webapp.database import TransformationError, check_transformation, temporary_server

HAARLEM = (90_000, 470_000, 125_000, 510_000)  # west, south, east, north in RD


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get("BALANSKAART_REAL_DATA")
    if not named:
        pytest.skip("BALANSKAART_REAL_DATA names no folder with real data")
    return Path(named) / "rdnaptrans"


@pytest.fixture(scope="module")
def grid_url(folder) -> Iterator[str]:
    """A server that has the grid."""
    with temporary_server(rd_grid=str(folder / crs.GRID_FILE)) as server:
        yield server.url


@pytest.fixture
def with_grid(folder) -> Iterator[None]:
    crs.use_grid(str(folder / crs.GRID_FILE))
    yield
    crs.use_grid("")


def validation_points(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Longitude/latitude and RD of the self-validation points around Haarlem."""
    file = folder / "Z001_ETRS89andRDNAP.txt"
    lat, lon, x, y = np.loadtxt(file, usecols=(1, 2, 4, 5), unpack=True)
    west, south, east, north = HAARLEM
    near = (x > west) & (x < east) & (y > south) & (y < north)
    assert near.sum() > 20
    return np.column_stack([lon[near], lat[near]]), np.column_stack([x[near], y[near]])


@pytest.mark.real_data
def test_points_around_haarlem_are_right_to_the_millimetre(folder, with_grid, grid_url) -> None:
    lonlat, known = validation_points(folder)
    here = shapely.get_coordinates(crs.to_rd(shapely.multipoints(lonlat)))
    query = (
        "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4258), 28992) p"
    )
    with psycopg.connect(grid_url) as connection:
        there = np.array([connection.execute(query, tuple(each)).fetchone() for each in lonlat])
    assert np.hypot(*(here - known).T).max() < crs.ACCURACY_WITH_GRID
    assert np.hypot(*(there - known).T).max() < crs.ACCURACY_WITH_GRID
    back = shapely.get_coordinates(crs.to_lonlat(shapely.multipoints(here)))
    assert np.abs(back - lonlat).max() < 1e-8  # a millimetre


@pytest.mark.real_data
def test_without_the_grid_they_are_right_to_a_quarter_of_a_metre(folder) -> None:
    lonlat, known = validation_points(folder)
    here = shapely.get_coordinates(crs.to_rd(shapely.multipoints(lonlat)))
    assert 0.001 < np.hypot(*(here - known).T).max() < crs.ACCURACY_WITHOUT_GRID


@pytest.mark.real_data
def test_the_grid_in_both_is_accepted_and_in_one_of_the_two_refused(
    with_grid, grid_url, database_url
) -> None:
    check_transformation(grid_url)
    with pytest.raises(TransformationError, match="the database lacks the grid"):
        check_transformation(database_url)
    crs.use_grid("")
    check_transformation(database_url)
    with pytest.raises(TransformationError, match="the database uses the grid"):
        check_transformation(grid_url)


def test_a_grid_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match=r"RD_GRID='/nowhere/grid\.tif'.*no such file"):
        read_settings({"RD_GRID": "/nowhere/grid.tif"})


def test_a_file_that_is_no_grid_is_refused_and_changes_nothing(tmp_path) -> None:
    wrong = tmp_path / crs.GRID_FILE
    wrong.write_text("no grid")
    with pytest.raises(ValueError, match="can't use the grid"):
        crs.use_grid(str(wrong))
    assert not crs.has_grid()
    assert crs.accuracy() == crs.ACCURACY_WITHOUT_GRID
