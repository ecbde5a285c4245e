import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.recreation import demand, rec_1, shortage, supply

amounts = st.floats(0, 1e6)


def test_a_ratio_of_74_percent_is_26_percent_short() -> None:
    figure = rec_1(74, 100, "walking", 10_000, "example")
    assert figure.value == 0.74
    assert shortage(0.74) == pytest.approx(0.26)
    assert shortage(1.3) == 0


def test_by_hand() -> None:
    """112 walking places on each of 2 km² (200 ha), for 2,000 residents of whom 14 % go out."""
    supplied = supply({"wood": 150, "meadow": 50}, {"wood": 1.12, "meadow": 1.12, "dune": 9})
    assert supplied == pytest.approx(224)
    assert rec_1(supplied, demand(2000, 0.14), "walking", 10_000, "x").value == pytest.approx(0.8)


@settings(max_examples=30)
@given(supplied=amounts, more=amounts, demanded=st.floats(1, 1e6))
def test_bounds_and_growth(supplied: float, more: float, demanded: float) -> None:
    now = rec_1(supplied, demanded, "cycling", 15_000, "x").value
    then = rec_1(supplied + more, demanded, "cycling", 15_000, "x").value
    assert now is not None
    assert then is not None
    assert 0 <= now <= then
    assert 0 <= shortage(then) <= shortage(now) <= 1


@settings(max_examples=30)
@given(areas=st.dictionaries(st.sampled_from("abcd"), amounts), part=st.floats(0, 1))
def test_supply_adds_up_over_a_partition(areas: dict[str, float], part: float) -> None:
    capacity = {"a": 1.0, "b": 2.5, "c": 0.0, "d": 7.0}
    one = supply({name: area * part for name, area in areas.items()}, capacity)
    other = supply({name: area * (1 - part) for name, area in areas.items()}, capacity)
    assert one + other == pytest.approx(supply(areas, capacity))


def test_without_demand_there_is_no_ratio() -> None:
    figure = rec_1(5, 0, "walking", 10_000, "x")
    assert (figure.value, figure.notes) == (None, ("nothing_to_measure",))


def test_what_is_missing_or_can_not_be_is_refused() -> None:
    with pytest.raises(KeyError):
        supply({"unknown": 1}, {})
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="area"):
            supply({"a": wrong}, {"a": 1})
        with pytest.raises(ValueError, match="residents"):
            demand(wrong, 0.5)
        with pytest.raises(ValueError, match="residents"):
            demand(5, wrong)
    with pytest.raises(ValueError, match="negative"):
        rec_1(-1, 1, "walking", 1, "x")
