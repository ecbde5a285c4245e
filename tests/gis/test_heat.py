import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.affinity import rotate
from shapely.geometry import Point, box

from gis.coverage import build_coverage
from gis.grid import Grid
from gis.heat import (
    CLASS_STARTS,
    PET_CLASSES,
    STRONG_STARTS,
    check_mean,
    heat_1,
    heat_2,
    heat_figures,
    heat_zones,
    pet_class,
    whole_degrees,
)

pets = arrays(np.float32, 30, elements=st.floats(20, 60, width=32))


@pytest.mark.parametrize(
    ("pet", "stress"),
    [
        (31.4, "none"), (31.5, "moderate"), (34, "moderate"), (34.4, "moderate"),
        (34.5, "strong"), (35, "strong"), (40, "strong"), (40.4, "strong"),
        (41, "extreme_1"), (45, "extreme_1"), (46, "extreme_2"), (50, "extreme_2"),
        (50.5, "extreme_3"), (51, "extreme_3"),
    ],
)  # fmt: skip
def test_the_classes_of_the_official_legend(pet: float, stress: str) -> None:
    assert PET_CLASSES[pet_class(np.array([pet]))[0]].stress == stress


def test_unknown_has_no_class() -> None:
    assert pet_class(np.array([[np.nan, 35.0]])).tolist() == [[-1, 2]]
    assert np.isnan(whole_degrees(np.array([np.nan]))).all()


@settings(max_examples=30)
@given(pet=pets)
def test_classes_follow_the_rounded_degrees(pet: np.ndarray) -> None:
    for degrees, index in zip(whole_degrees(pet), pet_class(pet), strict=True):
        first, last = PET_CLASSES[index].first, PET_CLASSES[index].last
        assert first is None or first <= degrees
        assert last is None or degrees <= last
    assert ((pet >= STRONG_STARTS) == (whole_degrees(pet) >= 35)).all()


@settings(max_examples=30)
@given(pet=pets, at=st.integers(1, 59))
def test_zones_on_a_raster(pet: np.ndarray, at: int) -> None:
    """Bounded, the parts of an area weigh up to it, classes match counts, order is no matter."""
    grid, values = Grid(0, 50, 10, 6, 5), pet.reshape(5, 6)
    zones = [box(0, 0, 60, 50), box(0, 0, at, 50), box(at, 0, 60, 50)]
    found = build_coverage(zones, grid).statistics(values, CLASS_STARTS)
    (whole, mean), *parts = heat_figures(found)
    assert whole.value == pytest.approx(np.mean(whole_degrees(pet) >= 35), abs=1e-6)
    assert mean.value == pytest.approx(pet.mean(), abs=1e-4)
    assert pet.min() - 1e-4 <= (mean.value or 0) <= pet.max() + 1e-4
    assert sum(each.numerator or 0 for each, _ in parts) == pytest.approx(whole.numerator, abs=1e-2)
    counts = np.bincount(pet_class(pet), minlength=len(PET_CLASSES)) / len(pet)
    assert found.class_shares(CLASS_STARTS)[0] == pytest.approx(counts, abs=1e-6)
    turned = build_coverage(
        [rotate(each, 90, origin=(0, 0)).reverse() for each in zones], Grid(-50, 60, 10, 5, 6)
    ).statistics(np.rot90(values), CLASS_STARTS)
    finer = build_coverage(zones, Grid(0, 50, 5, 12, 10)).statistics(
        values.repeat(2, 0).repeat(2, 1), CLASS_STARTS
    )
    for other in (turned, finer):
        for (hot, mean_pet), (same_hot, same_mean) in zip(
            heat_figures(found), heat_figures(other), strict=True
        ):
            assert same_hot.value == pytest.approx(hot.value, abs=1e-4)
            assert same_mean.value == pytest.approx(mean_pet.value, abs=1e-3)


def test_by_hand() -> None:
    """Of 400 m², 300 m² is known and 75 m² of that is at least 34.5 °C: a quarter."""
    figure = heat_1(0.25, 300, 400, "public_space")
    assert (figure.value, figure.numerator, figure.denominator) == (0.25, 75, 300)
    assert (figure.no_data_share, figure.notes) == (0.25, ("input_partly_without_data",))
    assert figure.parameters == {
        "pet_min": 35,
        "rounding": "half_up_to_whole_degrees",
        "variant": "public_space",
    }
    mean = heat_2(36.2, 400, 400)
    assert (mean.value, mean.unit, mean.notes) == (36.2, "celsius", ())


def test_without_data_there_is_no_zero() -> None:
    for figure in (heat_1(np.nan, 0, 400), heat_2(np.nan, 0, 400), heat_1(np.nan, 0, 0)):
        assert (figure.value, figure.notes) == (None, ("nothing_to_measure",))
    assert heat_2(np.nan, 0, 400).no_data_share == 1


@settings(max_examples=30)
@given(st.floats(0, 1), st.floats(0.1, 1e6), st.floats(0, 1))
def test_bounds(share: float, area: float, known: float) -> None:
    figure = heat_1(share, area * known, area)
    assert figure.value is None if known == 0 else 0 <= (figure.value or 0) <= 1


def test_variants_measure_other_ground() -> None:
    area, street = box(0, 0, 100, 100), box(40, -50, 60, 150)
    assert heat_zones([area], "all_land")[0].area == 10_000
    assert heat_zones([area], "public_space", public_space=street)[0].area == 2_000
    [around] = heat_zones([area], "around_dwellings", dwellings=[Point(0, 0)], around_m=50)
    assert around.area == pytest.approx(np.pi * 2500 / 4, rel=2e-3)
    halves = heat_zones(
        [box(0, 0, 50, 100), box(50, 0, 100, 100)], "public_space", public_space=street
    )
    assert shapely.area(halves).sum() == 2_000
    with pytest.raises(ValueError, match="variant"):
        heat_zones([area], "public_space")
    with pytest.raises(ValueError, match="variant"):
        heat_zones([area], "elsewhere")  # type: ignore[arg-type]


def test_the_published_mean_is_compared_within_one_edition() -> None:
    ours = heat_2(36.25, 1, 1)
    same = {"edition": "2022", "published_edition": "2022"}
    assert check_mean(ours, 36.2, **same).verdict == "agrees"
    assert check_mean(ours, 36.2, **same).difference == pytest.approx(0.05)
    assert check_mean(ours, 36.0, **same).verdict == "differs"
    assert check_mean(ours, 36.0, **same, tolerance=0.3).verdict == "agrees"
    other = check_mean(ours, 36.25, edition="2022", published_edition="2012")
    assert (other.verdict, other.difference) == ("other_edition", None)
    for missing in (None, np.nan):
        assert check_mean(ours, missing, **same).verdict == "no_value"
    assert check_mean(heat_2(np.nan, 0, 1), 36, **same).verdict == "no_value"


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        heat_1(1.1, 1, 1)
    with pytest.raises(ValueError, match="part of the area"):
        heat_2(30, 2, 1)
