import math
import random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.classes import SCHEMES, Classes, Scheme, classify

schemes = st.sampled_from(SCHEMES)
figures = st.lists(st.none() | st.floats() | st.floats(0, 100) | st.integers(0, 9), max_size=60)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        # Two values in each fifth.
        ("quantiles", Classes((2.8, 4.6, 6.4, 8.2, 100.0), (2, 2, 2, 2, 2), 0, 1.0)),
        # (100 − 1) / 5 = 19.8 wide.
        ("equal_interval", Classes((20.8, 40.6, 60.4, 80.2, 100.0), (9, 0, 0, 0, 1), 0, 1.0)),
        # The outlier stands alone; the nine others fall in four runs, the largest first or last.
        ("natural_breaks", None),
    ],
)
def test_one_to_nine_and_a_hundred_as_worked_out_by_hand(
    scheme: Scheme, expected: Classes | None
) -> None:
    found = classify([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], scheme, 5)
    if expected is None:
        assert found.breaks[-2:] == (9.0, 100.0)
        assert sorted(found.counts) == [1, 2, 2, 2, 3]
    else:
        assert found.breaks == pytest.approx(expected.breaks)
        assert (found.counts, found.missing, found.lowest) == (expected.counts, 0, 1.0)


@given(figures, schemes, st.integers(1, 9))
def test_every_value_is_in_one_class_or_missing(
    values: list[float | None], scheme: Scheme, k: int
) -> None:
    found = classify(values, scheme, k)
    known = [value for value in values if value is not None and math.isfinite(value)]
    assert sum(found.counts) + found.missing == len(values)
    assert len(found.breaks) == len(found.counts) <= k
    assert list(found.breaks) == sorted(set(found.breaks))
    if known:
        assert found.lowest == min(known)
        assert found.breaks[-1] == max(known)


@given(st.lists(st.integers(0, 50), max_size=40), schemes, st.randoms(use_true_random=False))
def test_the_order_of_the_values_changes_nothing(
    values: list[float | None], scheme: Scheme, chance: random.Random
) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)
    assert classify(values, scheme) == classify(shuffled, scheme)


def test_missing_values_are_counted_and_left_out() -> None:
    found = classify([None, float("nan"), float("inf"), 3.0], "quantiles", 5)
    assert found == Classes((3.0,), (1,), 3, 3.0)
    assert classify([None], "equal_interval", 5) == Classes((), (), 1, None)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_fewer_different_values_than_classes_make_fewer_classes(scheme: Scheme) -> None:
    found = classify([0, 0, 0, 0, 7, 7], scheme, 5)
    assert sum(found.counts) == 6
    assert found.breaks[-1] == 7.0


def test_natural_breaks_of_many_values_are_quick_and_the_same_each_time() -> None:
    values = [float(value % 977) for value in range(14_500)]
    found = classify(values, "natural_breaks", 5)
    assert found == classify(values, "natural_breaks", 5)
    assert len(found.breaks) == 5


@pytest.mark.parametrize(("scheme", "k"), [("rainbow", 5), ("quantiles", 0)])
def test_an_unknown_scheme_or_no_classes_are_refused(scheme: str, k: int) -> None:
    with pytest.raises(ValueError, match="scheme"):
        classify([1, 2], cast(Scheme, scheme), k)
