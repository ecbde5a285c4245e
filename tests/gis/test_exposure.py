import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.affinity import rotate
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from gis.exposure import exposure
from gis.grid import Grid

GRID = Grid(100.0, 300.0, 10.0, 3, 2)
VALUES = np.array([[1.0, 2, 3], [4, np.nan, 6]])
numbers = arrays(np.float64, (6, 6), elements=st.floats(-50, 50))
lines = st.lists(
    st.tuples(st.integers(5, 55), st.integers(5, 55)), min_size=2, max_size=4, unique=True
).map(LineString)


def test_a_point_takes_the_value_of_its_cell() -> None:
    assert exposure(Point(101, 299), VALUES, GRID).value == 1
    assert exposure(Point(125, 281), VALUES, GRID).value == 6
    assert exposure(Point(110, 290), VALUES, GRID).reason == "no_data"
    assert exposure(Point(110, 290.01), VALUES, GRID).value == 2


def test_why_there_is_no_value() -> None:
    assert exposure(None, VALUES, GRID).reason == "no_place"
    assert exposure(Point(), VALUES, GRID).reason == "no_place"
    for beyond in (Point(99, 290), Point(130, 290), Point(110, 300.1), Point(110, 280)):
        found = exposure(beyond, VALUES, GRID)
        assert (found.value, found.reason, found.measure) == (None, "outside_layer", "cell")
    far = exposure(LineString([(500, 500), (600, 600)]), VALUES, GRID)
    assert (far.value, far.reason, far.measure) == (None, "outside_layer", "mean")
    empty = exposure(box(111, 281, 119, 289), VALUES, GRID, 0)
    assert (empty.value, empty.reason, empty.no_data_share) == (None, "no_data", 1)


def test_the_mean_of_a_polygon_by_hand() -> None:
    """Half of a cell with 1, half of one with 2, and a whole one without a value."""
    found = exposure(box(105, 290, 115, 300), VALUES, GRID, 0)
    assert (found.value, found.no_data_share) == (1.5, 0)
    found = exposure(box(110, 280, 120, 300), VALUES, GRID, 0)
    assert (found.value, found.no_data_share) == (2, pytest.approx(0.5))
    beyond = exposure(box(95, 290, 105, 300), VALUES, GRID, 0)
    assert (beyond.value, beyond.no_data_share) == (1, pytest.approx(0.5))


def test_a_line_is_measured_over_the_ground_around_it() -> None:
    found = exposure(LineString([(105, 295), (125, 295)]), VALUES, GRID, 5)
    assert found.value == pytest.approx(2)
    assert (found.measure, found.buffer_m) == ("mean", 5)
    assert exposure(MultiPoint([(105, 295), (125, 295)]), VALUES, GRID, 2).value == pytest.approx(2)


@settings(max_examples=30)
@given(values=numbers, line=lines)
def test_bounds_turning_direction_and_splitting(values: np.ndarray, line: LineString) -> None:
    grid = Grid(0, 60, 10, 6, 6)
    found = exposure(line, values, grid, 4).value
    assert found is not None
    assert values.min() - 1e-9 <= found <= values.max() + 1e-9
    assert exposure(line.reverse(), values, grid, 4).value == pytest.approx(found, abs=1e-5)
    turned = exposure(rotate(line, 90, origin=(30, 30)), np.rot90(values), grid, 4).value
    assert turned == pytest.approx(found, abs=1e-4)
    finer = values.repeat(2, 0).repeat(2, 1)
    split = exposure(line, finer, Grid(0, 60, 5, 12, 12), 4).value
    assert split == pytest.approx(found, abs=1e-4)


@settings(max_examples=20)
@given(values=numbers, at=st.integers(1, 59))
def test_the_mean_of_parts_weighs_up_to_the_whole(values: np.ndarray, at: int) -> None:
    grid = Grid(0, 60, 10, 6, 6)
    whole, left, right = (
        exposure(part, values, grid, 0).value or 0.0
        for part in (box(0, 0, 60, 60), box(0, 0, at, 60), box(at, 0, 60, 60))
    )
    assert (left * at + right * (60 - at)) / 60 == pytest.approx(whole, abs=1e-5)


def test_what_can_not_be_is_refused() -> None:
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="buffer"):
            exposure(Point(0, 0), VALUES, GRID, wrong)
    with pytest.raises(ValueError, match="without ground"):
        exposure(LineString([(105, 295), (125, 295)]), VALUES, GRID, 0)
    assert exposure(Polygon(), VALUES, GRID, 0).reason == "no_place"
