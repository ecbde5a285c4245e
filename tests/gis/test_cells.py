import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from gis.cells import cells_as_polygons, compactness

masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))


@settings(max_examples=30)
@given(mask=masks)
def test_as_many_polygons_as_there_are_parts_and_as_large(mask: np.ndarray) -> None:
    polygons = cells_as_polygons(mask, (100_000.0, 500_000.0), 2.0)
    label, count = ndimage.label(mask)
    assert shapely.is_valid(polygons).all()
    assert sorted(shapely.area(polygons).tolist()) == sorted(
        (4.0 * np.bincount(label.ravel())[1:]).tolist()
    )
    assert len(polygons) == count
    rows, columns = np.indices(mask.shape)
    centres = shapely.points(100_001 + 2.0 * columns, 499_999 - 2.0 * rows)
    union = shapely.union_all(polygons)
    assert (shapely.intersects(union, centres) == mask).all()


@settings(max_examples=20)
@given(mask=masks)
def test_finer_cells_of_the_same_ground_give_the_same_polygons(mask: np.ndarray) -> None:
    coarse = cells_as_polygons(mask, (0.0, 0.0), 2.0)
    fine = cells_as_polygons(mask.repeat(2, 0).repeat(2, 1), (0.0, 0.0), 1.0)
    assert {each.wkt for each in coarse} == {each.wkt for each in fine}


def test_compactness_by_hand() -> None:
    square, ribbon = shapely.box(0, 0, 10, 10), shapely.box(0, 0, 100, 1)
    found = compactness(np.array([square, ribbon, shapely.Point(0, 0).buffer(10, 64)]))
    assert found == pytest.approx([np.pi / 4, 4 * np.pi * 100 / 202**2, 1], abs=1e-3)
    assert compactness(np.array([shapely.Polygon()])).tolist() == [0]


@pytest.mark.parametrize("cell", [0.0, -1.0, np.nan])
def test_a_cell_has_a_size(cell: float) -> None:
    with pytest.raises(ValueError, match="size"):
        cells_as_polygons(np.ones((1, 1), dtype=bool), (0.0, 0.0), cell)
