"""Who benefits: fifths, gap, Lorenz and euros, worked out by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.benefits import Reach, fifths_of, lorenz, over_ages, over_vulnerability, per_line

NAN = float("nan")
QUICK = settings(max_examples=50)


def test_a_fifth_is_a_fifth_of_the_residents():
    vulnerability = np.array([3.0, 1.0, 2.0])
    residents = np.array([50.0, 30.0, 20.0])
    # In order: 30 of 1, 20 of 2, 50 of 3; each fifth holds 20.
    shares = fifths_of(vulnerability, residents)
    assert shares[:, 1].tolist() == pytest.approx([20 / 30, 10 / 30, 0, 0, 0])
    assert shares[:, 2].tolist() == pytest.approx([0, 0.5, 0.5, 0, 0])
    assert shares[:, 0].tolist() == pytest.approx([0, 0, 0.2, 0.4, 0.4])


def test_the_gap_is_between_the_most_and_the_least_vulnerable_fifth():
    vulnerability = np.array([1.0, 2.0, 3.0, 4.0, 5.0, NAN])
    residents = np.array([100.0] * 5 + [40.0])
    figure = np.array([0.8, 0.7, NAN, 0.5, 0.2, 0.9])
    found = over_vulnerability(figure, vulnerability, residents)
    assert [group.mean for group in found.fifths] == pytest.approx([0.8, 0.7, None, 0.5, 0.2])
    assert found.fifths[2].unknown_share == 1
    assert found.gap == pytest.approx(-0.6)
    assert found.unplaced_residents == 40


def test_equally_vulnerable_areas_share_the_fifths_they_fill():
    shares = fifths_of(np.array([1.0, 1.0]), np.array([10.0, 30.0]))
    assert shares.T.tolist() == [pytest.approx([0.2] * 5)] * 2


def test_without_residents_or_knowledge_there_is_no_gap():
    assert over_vulnerability(np.array([1.0]), np.array([NAN]), np.array([5.0])).gap is None
    assert over_vulnerability(np.zeros(0), np.zeros(0), np.zeros(0)).gap is None
    empty = fifths_of(np.array([1.0, 2.0]), np.array([0.0, 10.0]))
    assert empty[:, 0].tolist() == [1, 0, 0, 0, 0]


def test_a_figure_over_ages_weighs_by_who_lives_there():
    figure = np.array([0.2, 0.8, NAN])
    found = over_ages(figure, {"0-14": np.array([10, 30, 0.0]), "65+": np.array([30, 10, 40.0])})
    assert [group.key for group in found] == ["0-14", "65+"]
    assert [group.mean for group in found] == pytest.approx([0.65, 0.35])
    assert [group.unknown_share for group in found] == [0, 0.5]
    assert over_ages(figure, {"none": np.zeros(3)})[0].unknown_share is None


def test_lorenz_and_gini():
    # Half of the residents have nothing, half have all: Gini 0.5.
    found = lorenz(np.array([0.0, 10.0]), np.array([20.0, 20.0]))
    assert (found.residents.tolist(), found.good.tolist()) == ([0, 0.5, 1], [0, 0, 1])
    assert found.gini == 0.5
    assert lorenz(np.array([3.0, 3.0, NAN]), np.array([1.0, 9.0, 5.0])).gini == pytest.approx(0)
    assert lorenz(np.zeros(2), np.ones(2)).gini is None


def test_euros_per_line_and_fifth_stay_exact():
    reaches = [
        Reach("green", 100_000, (0, 0, 0, 1, 2)),
        Reach("green", 1, (1, 0, 0, 0, 0)),
        Reach("health", 5_000, (0, 0, 0, 0, 0)),
    ]
    green, health = per_line(reaches)
    assert (green.line, green.cents, green.residents) == ("green", 100_001, 4)
    assert green.cents_per_resident == Fraction(100_001, 4)
    assert green.cents_per_fifth == (1, 0, 0, 33_333, 66_667)
    assert green.cents_without_fifth == 0
    assert (health.cents_per_resident, health.cents_without_fifth) == (None, 5_000)
    assert per_line([]) == []


@pytest.mark.parametrize("work", [
    lambda: fifths_of(np.zeros(2), np.zeros(3)),
    lambda: fifths_of(np.zeros(1), np.array([-1.0])),
    lambda: over_ages(np.zeros(1), {"a": np.array([NAN])}),
    lambda: lorenz(np.array([-1.0]), np.ones(1)),
    lambda: lorenz(np.array([np.inf]), np.ones(1)),
    lambda: per_line([Reach("a", 1, (1,))]),
    lambda: per_line([Reach("a", 1, (NAN, 0, 0, 0, 0))]),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(work):
    with pytest.raises(ValueError, match=r"number|residents|amount|share|finite|NaN"):
        work()


areas = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 100), st.integers(0, 50)), min_size=1, max_size=15
)


@QUICK
@given(areas)
def test_fifths_add_up_to_all_residents_and_to_the_mean(rows):
    vulnerability, residents, figure = (np.array(column, float) for column in zip(*rows, strict=True))  # fmt: skip
    found = over_vulnerability(figure, vulnerability, residents)
    assert sum(group.residents for group in found.fifths) == pytest.approx(residents.sum())
    if residents.sum() > 0:
        each = [group.residents for group in found.fifths]
        assert each == pytest.approx([residents.sum() / 5] * 5)
        whole = (figure * residents).sum()
        assert sum(g.mean * g.residents for g in found.fifths) == pytest.approx(whole)


@QUICK
@given(areas, st.integers(1, 9))
def test_gini_is_bounded_and_the_same_in_any_unit(rows, times):
    _, residents, amount = (np.array(column, float) for column in zip(*rows, strict=True))
    found = lorenz(amount, residents)
    if found.gini is None:
        return
    assert 0 <= found.gini < 1
    assert lorenz(amount * times, residents).gini == pytest.approx(found.gini)
    assert (np.diff(found.good) >= -1e-12).all()
    assert (found.good <= found.residents + 1e-9).all()


@QUICK
@given(st.lists(st.tuples(st.integers(0, 10**9), st.tuples(*[st.integers(0, 99)] * 5)), max_size=6))
def test_no_cent_gets_lost(rows):
    found = per_line([Reach("green", cents, fifths) for cents, fifths in rows])
    for line in found:
        assert sum(line.cents_per_fifth) + line.cents_without_fifth == line.cents
        assert line.cents == sum(cents for cents, _ in rows)
