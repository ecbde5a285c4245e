import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import box

from gis.trees import canopy_polygons, trees_from_crowns, trees_from_heights, trees_from_points

heights = arrays(
    np.float32, (12, 12), elements=st.sampled_from([0.0, 2.9, 3.0, 5.0, 8.0, 12.0, np.nan])
)
AT = (85_000.0, 447_000.0)


def test_a_crown_of_28_m2_is_5_97_m_wide() -> None:
    drawn = shapely.Point(0, 0).buffer(5.97 / 2, quad_segs=256)
    assert trees_from_crowns(np.array([drawn])).crown_area_m2 == pytest.approx([28], abs=0.02)


def test_two_cones_that_touch_are_two_trees_by_hand() -> None:
    rows, columns = np.indices((9, 20))
    cones = [7 - np.hypot(rows - 4, columns - at) for at in (4, 13)]
    trees = trees_from_heights(np.maximum(*cones), AT, 1.0, 3.0)
    assert len(trees) == 2
    assert trees.height_m.tolist() == [7, 7]
    assert trees.positions[:, 0].round(1).tolist() == [85_004.5, 85_013.5]
    assert trees.positions[:, 1].round(1).tolist() == [446_995.5, 446_995.5]


def test_a_small_tree_close_to_a_high_one_but_apart_is_a_tree() -> None:
    ground = np.zeros((5, 9))
    ground[1:4, 1:4], ground[1:4, 5:7] = 12, 4
    trees = trees_from_heights(ground, AT, 1.0, 3.0)
    assert sorted(trees.crown_area_m2.tolist()) == [6, 9]
    assert sorted(trees.height_m.tolist()) == [4, 12]


def test_crowns_and_points_give_the_same_trees() -> None:
    crowns = np.array([box(0, 0, 4, 7), box(10, 10, 12, 12)])
    drawn = trees_from_crowns(crowns, np.array([9.0, 3]))
    listed = trees_from_points(np.array([[2, 3.5], [11, 11]]), np.array([28.0, 4]))
    assert drawn.positions.tolist() == listed.positions.tolist()
    assert drawn.crown_area_m2.tolist() == listed.crown_area_m2.tolist()
    assert np.isnan(listed.height_m).all()
    with pytest.raises(ValueError, match="different trees"):
        trees_from_points(np.zeros((2, 2)), np.ones(1))


@settings(max_examples=30)
@given(ground=heights)
def test_every_canopy_cell_is_in_one_crown(ground: np.ndarray) -> None:
    trees = trees_from_heights(ground, AT, 2.0, 3.0)
    canopy = np.count_nonzero(ground >= 3) * 4.0
    assert trees.crown_area_m2.sum() == canopy
    assert shapely.area(canopy_polygons(ground, AT, 2.0, 3.0)).sum() == pytest.approx(canopy)
    assert (trees.height_m >= 3).all()
    assert len(trees_from_heights(np.rot90(ground), AT, 2.0, 3.0)) == len(trees)


@settings(max_examples=30)
@given(ground=heights, low=st.floats(0, 6), more=st.floats(0, 6))
def test_a_higher_limit_gives_no_more_canopy(ground: np.ndarray, low: float, more: float) -> None:
    def canopy(*limits: float) -> float:
        return float(shapely.area(canopy_polygons(ground, AT, 1.0, *limits)).sum())

    assert canopy(low + more) <= canopy(low)
    assert canopy(low, low + more) <= canopy(low)


def test_bare_ground_has_no_trees() -> None:
    assert len(trees_from_heights(np.full((4, 4), np.nan), AT, 1.0, 3.0)) == 0
    assert len(trees_from_heights(np.zeros((4, 4)), AT, 1.0, 3.0)) == 0
