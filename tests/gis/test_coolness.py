from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import LineString, box

from gis.coolness import HVA_2021, ROTTERDAM, cool_1, cool_places

pets = arrays(np.float32, (12, 12), elements=st.sampled_from([30.0, 35.0, 36.0, 38.0, np.nan]))
AT = (0.0, 120.0)


def total(pet: np.ndarray, **changes: float) -> float:
    return float(shapely.area(cool_places(pet, AT, 10.0, replace(HVA_2021, **changes))).sum())


def test_by_hand() -> None:
    """20 × 10 m at 35.0 °C is a cool place, the same ground at 35.1 °C is not."""
    pet = np.full((12, 12), 40.0)
    pet[5, 5:7] = 35.0
    assert [each.bounds for each in cool_places(pet, AT, 10.0)] == [(50, 60, 70, 70)]
    pet[5, 5] = 35.1
    assert len(cool_places(pet, AT, 10.0)) == 0
    assert len(cool_places(pet, AT, 10.0, ROTTERDAM)) == 1


def test_a_ribbon_is_no_cool_place() -> None:
    pet = np.full((12, 100), 40.0)
    pet[5, :] = 30.0
    assert len(cool_places(pet, AT, 10.0)) == 0
    assert len(cool_places(pet, AT, 10.0, replace(HVA_2021, min_compactness=0.01))) == 1


def test_the_road_and_its_margin_are_cut_off_before_the_size_is_tested() -> None:
    pet = np.full((2, 3), 30.0)
    road = LineString([(15, -10), (15, 30)]).buffer(2, cap_style="flat")
    both = cool_places(pet, (0.0, 20.0), 10.0, replace(HVA_2021, road_margin_m=3), roads=road)
    assert shapely.area(both).tolist() == [200, 200]
    assert (
        len(cool_places(pet, (0.0, 20.0), 10.0, replace(HVA_2021, road_margin_m=3.1), roads=road))
        == 0
    )


def test_public_only_keeps_to_public_ground() -> None:
    pet, public = np.full((3, 3), 30.0), box(0, 0, 20, 30)
    definition = replace(HVA_2021, public_only=True)
    [place] = cool_places(pet, (0.0, 30.0), 10.0, definition, public=public)
    assert place.equals(public)
    with pytest.raises(ValueError, match="public ground"):
        cool_places(pet, (0.0, 30.0), 10.0, definition)


@settings(max_examples=30)
@given(pet=pets)
def test_bounds_and_thresholds(pet: np.ndarray) -> None:
    cool = total(pet)
    assert 0 <= cool <= 100 * np.count_nonzero(pet <= 35)
    assert total(pet, min_area_m2=1, min_compactness=0) == 100 * np.count_nonzero(pet <= 35)
    assert total(pet, min_area_m2=400) <= cool
    assert total(pet, min_compactness=0.5) <= cool
    assert total(pet, min_compactness=0) <= total(pet, pet_max=38, min_compactness=0)


@settings(max_examples=30)
@given(pet=pets)
def test_turning_and_splitting_cells_change_nothing(pet: np.ndarray) -> None:
    cool = sorted(shapely.area(cool_places(pet, AT, 10.0)).tolist())
    assert sorted(shapely.area(cool_places(np.rot90(pet), AT, 10.0)).tolist()) == cool
    finer = pet.repeat(2, 0).repeat(2, 1)
    assert sorted(shapely.area(cool_places(finer, AT, 5.0)).tolist()) == cool


def test_share_of_dwellings() -> None:
    figure = cool_1(np.array([299.0, 300.0, 301.0, np.inf, np.nan]))
    assert (figure.value, figure.n, figure.no_data_share) == (0.5, 4, pytest.approx(0.2))
    assert figure.parameters["pet_max"] == 35
    assert figure.notes == ("input_partly_without_data",)
    straight = cool_1(np.array([1.0]), replace(ROTTERDAM, mode="straight"))
    assert straight.notes == ("straight_line_distance",)
    assert cool_1(np.array([])).value is None


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0, 500), st.floats(0, 500))
def test_the_share_grows_with_the_distance(found: list, one: float, other: float) -> None:
    near, far = (
        cool_1(np.array(found), replace(HVA_2021, distance_m=each)).value
        for each in sorted([one, other])
    )
    assert near is not None
    assert far is not None
    assert 0 <= near <= far <= 1
