"""Heights of buildings from a raster, by hand and as they must behave."""

import numpy as np
import pytest
import shapely

from gis.grid import Grid
from gis.heights import building_heights

GRID = Grid(0, 10, 1, 10, 10)


def one(shape, heights, **options):
    return building_heights(np.array([shape], dtype=object), heights, GRID, **options)


def test_the_height_is_the_quantile_of_the_cells_within():
    heights = np.tile(np.arange(10.0), (10, 1))  # 0 in the west to 9 in the east
    found = one(shapely.box(0, 0, 10, 10), heights)
    assert found.height_m.tolist() == [6.0]  # 0–6 are 70 % of the ten columns
    assert found.known_share.tolist() == [1.0]
    assert one(shapely.box(0, 0, 10, 10), heights, quantile=0.5).height_m.tolist() == [4.0]


def test_a_cell_counts_by_its_part_within():
    heights = np.zeros((10, 10))
    heights[:, 5] = 8.0
    # 5 metres of nothing and a part of the column of 8.
    assert one(shapely.box(0, 0, 5.9, 10), heights, quantile=0.85).height_m.tolist() == [8.0]
    assert one(shapely.box(0, 0, 5.8, 10), heights, quantile=0.85).height_m.tolist() == [0.0]


def test_too_little_known_is_no_height():
    heights = np.full((10, 10), np.nan)
    heights[:, :3] = 7.0
    found = one(shapely.box(0, 0, 10, 10), heights)
    assert np.isnan(found.height_m).all()
    assert found.known_share.tolist() == pytest.approx([0.3])
    assert one(shapely.box(0, 0, 10, 10), heights, least_known=0.3).height_m.tolist() == [7.0]


def test_outside_the_raster_nothing_is_known():
    found = one(shapely.box(100, 100, 110, 110), np.ones((10, 10)))
    assert np.isnan(found.height_m).all()
    assert found.known_share.tolist() == [0.0]


def test_a_chimney_does_not_raise_a_house():
    heights = np.full((10, 10), 6.0)
    heights[4, 4] = 30.0
    assert one(shapely.box(0, 0, 10, 10), heights).height_m.tolist() == [6.0]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="grid"):
        one(shapely.box(0, 0, 1, 1), np.ones((3, 3)))
    with pytest.raises(ValueError, match="share"):
        one(shapely.box(0, 0, 1, 1), np.ones((10, 10)), quantile=0)
