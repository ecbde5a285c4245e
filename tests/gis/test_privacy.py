import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from gis.privacy import published_total, round_to, snap_to_grid, suppress_small

metres = st.floats(-1e6, 1e6)
sizes = st.floats(1, 1000)
cell_counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 40))


def test_a_point_moves_to_the_centre_of_its_cell_as_worked_out_by_hand() -> None:
    assert snap_to_grid(Point(105_090.2, 486_175.4), 100) == Point(105_050, 486_150)
    assert snap_to_grid(Point(-0.1, 0), 100) == Point(-50, 50)


@given(metres, metres, sizes)
def test_a_point_moves_at_most_half_a_diagonal(x: float, y: float, size: float) -> None:
    snapped = snap_to_grid(Point(x, y), size)
    assert snapped.distance(Point(x, y)) <= size * math.sqrt(0.5) * (1 + 1e-6)


@given(metres, metres, st.integers(1, 1000))
def test_snapping_twice_is_snapping_once(x: float, y: float, size: int) -> None:
    once = snap_to_grid(Point(x, y), size)
    assert snap_to_grid(once, size) == once


@pytest.mark.parametrize("size", [0, -100, float("nan"), float("inf")])
def test_a_grid_without_size_is_refused(size: float) -> None:
    with pytest.raises(ValueError, match="size"):
        snap_to_grid(Point(1, 1), size)


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        # Nothing small: nothing hidden. Zero is about nobody.
        ({"a": 5, "b": 0, "c": 12}, {"a": 5, "b": 0, "c": 12}, 17),
        # One small cell: the next smallest goes with it, or 20 − 12 would tell.
        ({"a": 3, "b": 12, "c": 5}, {"a": None, "b": 12, "c": None}, 20),
        # Two small cells hide each other.
        ({"a": 3, "b": 2, "c": 9}, {"a": None, "b": None, "c": 9}, 14),
        # Two ones don't: the total would tell that both are one.
        ({"a": 1, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}, 11),
        # Nor do two fours.
        ({"a": 4, "b": 4, "c": 9, "d": 8}, {"a": None, "b": None, "c": 9, "d": None}, 25),
        # A zero is hidden only when nothing else is left.
        ({"a": 3, "b": 0}, {"a": None, "b": None}, 3),
        # Nothing to hide behind: the total goes too.
        ({"a": 3}, {"a": None}, None),
        ({}, {}, 0),
    ],
)
def test_small_counts_are_hidden_as_worked_out_by_hand(
    counts: dict[str, int], shown: dict[str, int | None], total: int | None
) -> None:
    assert suppress_small(counts) == shown
    assert published_total(counts) == total


@given(cell_counts, st.integers(1, 10))
def test_no_small_count_is_shown_and_nothing_is_invented(counts: dict[str, int], k: int) -> None:
    shown = suppress_small(counts, k)
    assert shown.keys() == counts.keys()
    assert all(
        count is None or (count == counts[cell] and not 0 < count < k)
        for cell, count in shown.items()
    )


@given(st.lists(st.integers(0, 8), max_size=4), st.integers(2, 5))
def test_no_small_count_follows_from_the_total(counts: list[int], k: int) -> None:
    """Try every set of counts that an outsider could imagine behind the hidden cells."""
    cells = dict(enumerate(counts))
    total = published_total(cells, k)
    hidden = [cell for cell, shown in suppress_small(cells, k).items() if shown is None]
    if total is None or not hidden:
        return
    rest = sum(cells[cell] for cell in hidden)
    imagined = [
        guess
        for guess in itertools.product(range(rest + 1), repeat=len(hidden))
        if sum(guess) == rest
    ]
    for place, cell in enumerate(hidden):
        if 0 < cells[cell] < k:
            assert len({guess[place] for guess in imagined}) > 1


@given(cell_counts)
def test_the_order_of_the_cells_changes_nothing(counts: dict[str, int]) -> None:
    assert suppress_small(counts) == suppress_small(dict(reversed(counts.items())))


@pytest.mark.parametrize(("counts", "k"), [({"a": -1}, 5), ({"a": 1}, 0)])
def test_impossible_counts_and_thresholds_are_refused(counts: dict[str, int], k: int) -> None:
    with pytest.raises(ValueError, match="threshold"):
        suppress_small(counts, k)


@pytest.mark.parametrize(
    ("count", "base", "rounded"), [(0, 5, 0), (2, 5, 0), (3, 5, 5), (7, 5, 5), (5, 10, 10)]
)
def test_counts_are_rounded_as_worked_out_by_hand(count: int, base: int, rounded: int) -> None:
    assert round_to(count, base) == rounded


@given(st.integers(0, 10**9), st.integers(1, 1000))
def test_rounding_moves_at_most_half_the_base(count: int, base: int) -> None:
    rounded = round_to(count, base)
    assert rounded % base == 0
    assert 2 * abs(rounded - count) <= base


def test_rounding_to_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="base"):
        round_to(3, 0)
