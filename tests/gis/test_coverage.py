import io
import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box
from shapely.affinity import rotate

from gis import coverage, exact
from gis.coverage import Coverage, Grid, build_coverage, statistics_once

GRID = Grid(1_000, 2_000, 10, 40, 30)
MIDDLE = Point(1_200, 1_850)


def cells(grid=GRID, seed=1, empty=0.0):
    rng = np.random.default_rng(seed)
    made = rng.uniform(20, 50, grid.shape).astype(np.float32)
    made[rng.random(grid.shape) < empty] = np.nan
    return made


@st.composite
def zones(draw):
    x = draw(st.floats(1_060, 1_340))
    y = draw(st.floats(1_760, 1_940))
    radii = draw(st.lists(st.floats(5, 55), min_size=5, max_size=9))
    turns = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    corners = np.column_stack([x + radii * np.cos(turns), y + radii * np.sin(turns)])
    return Polygon(corners)


def both(values, shapes, grid=GRID, thresholds=(35.0,)):
    yield build_coverage(shapes, grid).statistics(values, thresholds)
    yield statistics_once(values, shapes, grid, thresholds)


def test_a_zone_over_parts_of_four_cells_worked_out_by_hand() -> None:
    # Cells of 10 m; the zone is 10 by 8 m, a quarter of its width in the left cells, and 2 m high
    # in the lower ones: parts 0.15, 0.45, 0.05 and 0.15 of a cell.
    grid = Grid(0, 20, 10, 2, 2)
    values = np.array([[10, 20], [30, 40]], np.float32)
    zone = box(7.5, 8, 17.5, 16)
    expected = (0.15 * 10 + 0.45 * 20 + 0.05 * 30 + 0.15 * 40) / 0.8
    for found in both(values, [zone], grid, (20.0, 40.0)):
        assert found.mean[0] == pytest.approx(expected, abs=1e-6)
        assert (found.min[0], found.max[0]) == (10, 40)
        assert found.area_m2[0] == 80
        assert found.valid_area_m2[0] == pytest.approx(80, abs=1e-4)
        assert found.no_data_share[0] == 0
        assert found.share_at_least[20.0][0] == pytest.approx(0.65 / 0.8, abs=1e-6)
        assert found.share_at_least[40.0][0] == pytest.approx(0.15 / 0.8, abs=1e-6)
        shares = found.class_shares((20.0, 40.0))[0]
        assert shares == pytest.approx([0.15 / 0.8, 0.5 / 0.8, 0.15 / 0.8], abs=1e-6)


def test_a_cell_without_data_is_left_out_and_reported() -> None:
    grid = Grid(0, 20, 10, 2, 2)
    values = np.array([[10, np.nan], [30, np.inf]], np.float32)
    for found in both(values, [box(0, 0, 20, 20)], grid, (20.0,)):
        assert found.mean[0] == 20
        assert found.no_data_share[0] == 0.5
        assert found.valid_area_m2[0] == 200
        assert found.share_at_least[20.0][0] == 0.5
        assert (found.min[0], found.max[0]) == (10, 30)


def test_where_nothing_is_known_there_is_no_zero() -> None:
    values = cells()
    values[:] = np.nan
    shapes = [MIDDLE.buffer(50), box(0, 0, 10, 10), Polygon()]
    for values_here in (values, cells()):
        for found in both(values_here, shapes):
            assert np.isnan(found.mean[1:]).all()
            assert found.no_data_share[1:].tolist() == [1, 1]
            assert found.valid_area_m2[1:].tolist() == [0, 0]
            assert np.isnan(found.share_at_least[35.0][1:]).all()
            assert np.isnan(found.class_shares((35.0,))[1:]).all()
    assert np.isnan(found.min[1])
    for found in both(values, shapes):
        assert found.no_data_share[0] == 1
        assert np.isnan([found.mean[0], found.min[0], found.max[0]]).all()


def test_the_part_outside_the_grid_has_no_data() -> None:
    for found in both(cells(), [box(900, 1_800, 1_100, 1_900)]):
        assert found.no_data_share[0] == pytest.approx(0.5)
        assert found.mean[0] == pytest.approx(cells()[10:20, :10].mean(), abs=1e-4)


def test_no_zones_give_no_numbers() -> None:
    for found in both(cells(), []):
        assert found.mean.shape == (0,)
        assert found.class_shares((35.0,)).shape == (0, 2)


@given(zones(), st.integers(0, 99), st.sampled_from([0.0, 0.3]))
def test_both_ways_are_equal_and_within_bounds(zone, seed, empty) -> None:
    values = cells(seed=seed, empty=empty)
    index, once = both(values, [zone])
    for name in ("area_m2", "valid_area_m2", "no_data_share", "mean", "min", "max"):
        np.testing.assert_allclose(getattr(index, name), getattr(once, name), atol=1e-4, rtol=1e-6)
    assert 0 <= index.no_data_share[0] <= 1
    if index.no_data_share[0] < 1:
        assert index.min[0] - 1e-4 <= index.mean[0] <= index.max[0] + 1e-4
        assert 0 <= index.share_at_least[35.0][0] <= 1
        assert index.class_shares((35.0,))[0].sum() == pytest.approx(1)


@given(zones(), st.floats(0, np.pi))
def test_parts_add_up_to_the_whole(zone, turn) -> None:
    far = np.array([np.cos(turn), np.sin(turn)]) * 500
    centre = np.array(zone.centroid.coords[0])
    side = np.array([-far[1], far[0]])
    half = Polygon([centre - far, centre + far, centre + far + side, centre - far + side])
    parts = [zone.intersection(half), zone.difference(half)]
    found = build_coverage([zone, *parts], GRID).statistics(cells(empty=0.2), (35.0,))
    area, value = found.valid_area_m2, np.nan_to_num(found.mean * found.valid_area_m2)
    assert area[1:].sum() == pytest.approx(area[0], abs=0.01)
    assert value[1:].sum() == pytest.approx(value[0], rel=1e-4, abs=0.5)
    above = np.nan_to_num(found.share_at_least[35.0] * area)
    assert above[1:].sum() == pytest.approx(above[0], abs=0.01)


@given(zones(), st.integers(1, 8))
def test_the_order_of_vertices_does_not_matter(zone, first) -> None:
    corners = list(zone.exterior.coords)[:-1]
    moved = Polygon(corners[first % len(corners) :] + corners[: first % len(corners)])
    found = build_coverage([zone, moved, zone.reverse()], GRID).statistics(cells())
    assert found.mean == pytest.approx(np.full(3, found.mean[0]), abs=1e-4)
    assert found.valid_area_m2 == pytest.approx(np.full(3, zone.area), abs=0.01)


@given(zones())
def test_a_quarter_turn_of_zone_and_raster_together_changes_nothing(zone) -> None:
    values = cells(empty=0.2)
    west, south, _, _ = GRID.bounds
    turned_grid = Grid(west, south + GRID.width * 10, 10, GRID.height, GRID.width)
    # Counter-clockwise about the south-west corner, then east over the height of the grid.
    turned = shapely.affinity.translate(
        rotate(zone, 90, origin=(west, south)), GRID.height * GRID.cell, 0
    )
    before = build_coverage([zone], GRID).statistics(values)
    after = build_coverage([turned], turned_grid).statistics(np.rot90(values).copy())
    for name in ("mean", "min", "max", "valid_area_m2", "no_data_share"):
        np.testing.assert_allclose(
            getattr(before, name), getattr(after, name), rtol=1e-5, atol=1e-5
        )


@given(zones())
def test_splitting_every_cell_in_four_changes_nothing(zone) -> None:
    values = cells(empty=0.2)
    fine = Grid(GRID.origin_x, GRID.origin_y, 5, 80, 60)
    once = build_coverage([zone], GRID).statistics(values, (35.0,))
    split = build_coverage([zone], fine).statistics(np.kron(values, np.ones((2, 2), "f")), (35.0,))
    for name in ("mean", "min", "max", "valid_area_m2", "no_data_share"):
        np.testing.assert_allclose(getattr(once, name), getattr(split, name), rtol=1e-4, atol=1e-5)
    assert once.share_at_least[35.0] == pytest.approx(split.share_at_least[35.0], abs=1e-5)


def test_zones_may_overlap_and_reach_the_last_column() -> None:
    shapes = [box(*GRID.bounds), MIDDLE.buffer(80), box(1_200, 1_700, 1_400, 2_000)]
    values = cells()
    found = build_coverage(shapes, GRID).statistics(values)
    assert found.mean[0] == pytest.approx(values.mean(dtype=float), abs=1e-4)
    assert found.mean[2] == pytest.approx(values[:, 20:].mean(dtype=float), abs=1e-4)


def test_small_blocks_and_pieces_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [MIDDLE.buffer(120), MIDDLE.buffer(30), box(*GRID.bounds)]
    values = cells(empty=0.1)
    whole = build_coverage(shapes, GRID).statistics(values, (35.0,))
    monkeypatch.setattr(coverage, "_BLOCK_CELLS", 90)
    monkeypatch.setattr(exact, "_CELLS_AT_A_TIME", 100)
    pieces = build_coverage(shapes, GRID).statistics(values, (35.0,))
    for name in ("mean", "min", "max", "valid_area_m2"):
        np.testing.assert_allclose(getattr(whole, name), getattr(pieces, name), rtol=1e-6)


def test_an_index_is_kept_and_taken_up_again() -> None:
    shapes = [MIDDLE.buffer(120), box(0, 0, 1, 1)]
    made = build_coverage(shapes, GRID)
    again = Coverage.load(made.save())
    assert (again.grid, again.window) == (made.grid, made.window)
    first, second = (each.statistics(cells()) for each in (made, again))
    np.testing.assert_array_equal(first.mean, second.mean)


@pytest.mark.parametrize("content", [b"", b"no npz", b"PK\x03\x04"])
def test_what_is_no_index_is_refused(content: bytes) -> None:
    import zipfile

    with pytest.raises((ValueError, KeyError, EOFError, zipfile.BadZipFile)):
        Coverage.load(content)
    stream = io.BytesIO()
    np.savez(stream, other=np.zeros(1))
    with pytest.raises(KeyError):
        Coverage.load(stream.getvalue())


def test_a_raster_of_another_size_is_refused() -> None:
    values = np.zeros((3, 3), np.float32)
    with pytest.raises(ValueError, match="on a grid of"):
        build_coverage([MIDDLE], GRID).statistics(values)
    with pytest.raises(ValueError, match="on a grid of"):
        statistics_once(values, [MIDDLE], GRID)


def test_whole_numbers_are_values_too() -> None:
    values = np.arange(1_200, dtype=np.int16).reshape(30, 40)
    for found in both(values, [box(*GRID.bounds)]):
        assert found.mean[0] == pytest.approx(599.5)


@pytest.mark.parametrize(
    "wrong", [(0, 0, 0, 1, 1), (0, 0, -1, 1, 1), (0, np.nan, 1, 1, 1), (0, 0, 1, 0, 1)]
)
def test_a_grid_needs_cells(wrong) -> None:
    with pytest.raises(ValueError, match="grid has"):
        Grid(*wrong)


def test_a_window_of_a_grid_is_clipped() -> None:
    assert GRID.window((1_005, 1_985, 1_025, 2_500)) == (slice(0, 2), slice(0, 3))
    assert GRID.window((1_010, 1_980, 1_020, 1_990)) == (slice(1, 2), slice(1, 2))
    rows, columns = GRID.window((0, 0, 10, 10))
    assert (rows.stop - rows.start, columns.stop - columns.start) == (0, 0)
    corners = itertools.product((1_000, 1_400), (1_700, 2_000))
    assert shapely.MultiPoint(list(corners)).bounds == GRID.bounds
