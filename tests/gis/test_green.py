import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from gis.green import (
    green_1,
    green_2,
    green_75_area,
    green_75_pbl,
    green_75_share,
    green_around_dwellings,
    merged,
    required_green_m2,
    total_green_percent,
)

percents = st.floats(0, 100)
homes = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 2000)), min_size=1, max_size=20
).map(lambda found: np.array(found, dtype=float))
boxes = st.lists(
    st.tuples(*[st.integers(0, 1900)] * 2, *[st.integers(10, 300)] * 2), min_size=1, max_size=6
).map(lambda found: [box(x, y, x + w, y + h) for x, y, w, h in found])


def test_trees_by_hand() -> None:
    """A cell of 40 % wholly inside and one of 10 % half inside: 30 % of 150 m²."""
    figure = green_1((40 * 100 + 10 * 50) / 150, 150, 200)
    assert figure.value == pytest.approx(0.3)
    assert figure.numerator == pytest.approx(45)
    assert figure.no_data_share == 0.25
    assert figure.notes == ("input_partly_without_data",)


def test_more_than_all_green_is_cut_off_and_said() -> None:
    figure = green_2((60, 30, 25), 100, 100)
    assert (figure.value, figure.notes) == (1, ("green_capped_at_100",))
    assert green_2((60, 30, 10), 100, 100).notes == ()
    assert total_green_percent(
        np.array([60.0, 10, np.nan]), np.array([30.0, 10, 1]), np.array([25.0, 5, 1])
    )[:2].tolist() == [100, 25]


@settings(max_examples=30)
@given(percents, percents, percents, st.floats(1, 1e6), st.floats(0, 1))
def test_bounds_and_growth(
    trees: float, shrubs: float, low: float, area: float, known: float
) -> None:
    total = green_2((trees, shrubs, low), area * known, area)
    if known == 0:
        assert total.value is None
        return
    assert total.value is not None
    assert 0 <= (green_1(trees, area * known, area).value or 0) <= total.value <= 1
    assert total.no_data_share == pytest.approx(1 - known, abs=1e-9)


def test_without_data_there_is_no_value() -> None:
    figure = green_1(np.nan, 0, 100)
    assert (figure.value, figure.no_data_share) == (None, 1)
    assert figure.notes == ("nothing_to_measure",)
    assert green_2((np.nan, 1, 1), 0, 100).value is None
    assert green_1(np.nan, 0, 0).value is None


def test_75_m2_for_a_thousand_dwellings_is_7_and_a_half_hectares() -> None:
    assert required_green_m2(1000) == 75_000
    figure = green_75_area(box(0, 0, 1000, 1000), merged([box(0, 0, 300, 250)]), 1000)
    assert (figure.value, figure.numerator, figure.denominator) == (75, 75_000, 1000)
    assert figure.parameters["reading"] == "natuur_en_milieu_2022"


def test_both_readings_by_hand_differ() -> None:
    """Two dwellings near 1 ha, one 10 km away: 5,000, 5,000 and 0 m² each; together 10,000 / 3."""
    places, green = np.array([[0.0, 0], [10, 0], [10_000, 0]]), merged([box(50, 0, 150, 100)])
    around = green_around_dwellings(places, green)
    assert around.green_m2 == pytest.approx([10_000, 10_000, 0])
    assert around.dwellings.tolist() == [2, 2, 1]
    pbl = green_75_pbl(around)
    assert pbl.value == pytest.approx(10_000 / 3)
    assert (pbl.unit, pbl.n, pbl.parameters["distance_m"]) == ("m2_per_dwelling", 3, 500)
    assert green_75_share(around).value == pytest.approx(2 / 3)
    assert green_75_pbl(around, np.array([2])).value == 0
    area = box(-20, -20, 20_000, 120)
    assert green_75_area(area, green, 3).value == pytest.approx(10_000 / 3)
    assert green_75_area(box(-20, -20, 100, 120), green, 2).value == 2500


def test_overlapping_green_counts_once() -> None:
    twice = merged([box(0, 0, 10, 10), box(0, 0, 10, 10), box(5, 0, 15, 10)])
    assert shapely.area(twice).sum() == 150


@settings(max_examples=25)
@given(places=homes, shapes=boxes, near=st.integers(1, 900), more=st.integers(0, 900))
def test_green_around_dwellings_grows_turns_and_is_bounded(
    places: np.ndarray, shapes: list, near: int, more: int
) -> None:
    green = merged(shapes)
    around = green_around_dwellings(places, green, near)
    further = green_around_dwellings(places, green, near + more)
    assert (around.green_m2 <= further.green_m2 + 1e-6).all()
    assert (around.dwellings >= 1).all()
    assert (around.dwellings <= further.dwellings).all()
    assert (further.green_m2 <= shapely.area(green).sum() + 1e-6).all()
    turned = green_around_dwellings(
        np.column_stack([-places[:, 1], places[:, 0]]),
        merged([shapely.affinity.rotate(each, 90, origin=(0, 0)) for each in shapes]),
        near,
    )
    assert turned.green_m2 == pytest.approx(around.green_m2, abs=1e-5)
    assert turned.dwellings.tolist() == around.dwellings.tolist()


@settings(max_examples=25)
@given(shapes=boxes, at=st.integers(1, 1999))
def test_green_of_areas_adds_up_over_a_partition(shapes: list, at: int) -> None:
    green = merged(shapes)
    whole, *parts = (
        green_75_area(area, green, 10).numerator
        for area in (box(0, 0, 2200, 2200), box(0, 0, at, 2200), box(at, 0, 2200, 2200))
    )
    assert sum(parts) == pytest.approx(whole)


def test_nobody_there_gives_no_value() -> None:
    nobody = green_around_dwellings(np.zeros((0, 2)), merged([box(0, 0, 1, 1)]))
    assert green_75_pbl(nobody).value is None
    assert green_75_share(nobody).value is None
    assert green_75_area(box(0, 0, 1, 1), merged([]), 0).value is None


def test_what_can_not_be_is_refused() -> None:
    for wrong in (-1.0, 101.0):
        with pytest.raises(ValueError, match="percentage"):
            green_1(wrong, 1, 1)
        with pytest.raises(ValueError, match="percentage"):
            green_2((0, wrong, 0), 1, 1)
    with pytest.raises(ValueError, match="part of the area"):
        green_1(1, 2, 1)
    with pytest.raises(ValueError, match="dwellings"):
        green_75_area(box(0, 0, 1, 1), merged([]), -1)
