"""Priority: worked out by hand, and honest about what is not known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.priority import Part, explain, prioritise, stability

NAN = float("nan")
QUICK = settings(max_examples=50)


def part(key, values, weight=1.0):
    return Part(key, np.array(values, dtype=float), weight)


HEAT = part("heat", [36, 38, 40, 34], 2)
GREEN = part("green_deficit", [10, 30, NAN, 20], 1)
WISHES = part("wishes", [0, 5, 5, NAN], 1)


def test_the_score_is_the_weighted_mean_of_what_is_known():
    found = prioritise([HEAT, GREEN, WISHES])
    assert found.normalised[0].tolist() == pytest.approx([1 / 3, 2 / 3, 1, 0])
    assert found.normalised[1].tolist() == pytest.approx([0, 1, NAN, 0.5], nan_ok=True)
    assert found.normalised[2].tolist() == pytest.approx([0, 0.5, 0.5, NAN], nan_ok=True)
    assert found.score.tolist() == pytest.approx(
        [(2 / 3) / 4, (4 / 3 + 1 + 0.5) / 4, (2 + 0.5) / 3, 0.5 / 3]
    )
    assert found.confidence.tolist() == [1, 1, 0.75, 0.75]
    assert found.rank.tolist() == [3, 2, 1, 3]
    assert (found.weight_sum, found.weights.tolist()) == (4, [0.5, 0.25, 0.25])


def test_min_max_is_a_place_between_lowest_and_highest():
    found = prioritise([HEAT, GREEN], "min_max")
    assert found.normalised[0].tolist() == pytest.approx([1 / 3, 2 / 3, 1, 0])
    assert found.normalised[1].tolist() == pytest.approx([0, 1, NAN, 0.5], nan_ok=True)
    assert (prioritise([part("a", [3, 3])], "min_max").score == 0.5).all()
    assert prioritise([part("a", [3, NAN])]).score.tolist() == pytest.approx(
        [0.5, NAN], nan_ok=True
    )


def test_an_area_of_which_nothing_is_known_has_no_rank():
    found = prioritise([part("heat", [1, NAN, 2]), part("wishes", [1, NAN, NAN])])
    assert found.rank.tolist() == [2, 0, 1]
    assert np.isnan(found.score[1])
    assert found.confidence[1] == 0
    held = stability(found)
    assert np.isnan(held.within_one[1])
    assert (held.best[1], held.worst[1]) == (0, 0)
    said = explain(found, [part("heat", [1, NAN, 2]), part("wishes", [1, NAN, NAN])], 1)
    assert (said.rank, said.score, len(said.unknown), said.of) == (None, None, 2, 2)


def test_a_sentence_says_what_raises_and_what_lowers():
    parts = [HEAT, GREEN, WISHES]
    said = explain(prioritise(parts), parts, 1)
    assert (said.rank, said.of, said.confidence) == (2, 4, 1)
    assert [(reason.key, reason.place, reason.of) for reason in said.raised_by] == [
        ("heat", 2, 4),
        ("green_deficit", 1, 3),
    ]
    assert [(reason.key, reason.place) for reason in said.lowered_by] == [("wishes", 1)]
    assert said.raised_by[0].value == 38
    every = (*said.raised_by, *said.lowered_by)
    assert sum(reason.contribution for reason in every) == pytest.approx(said.score)
    other = explain(prioritise(parts), parts, 2)
    assert [reason.key for reason in other.unknown] == ["green_deficit"]
    assert [reason.key for reason in explain(prioritise(parts), parts, 0).lowered_by][-1] == "heat"


def test_ranks_that_hang_on_the_weights_are_less_stable():
    steady = prioritise([part("a", [1, 2, 3, 4, 5, 6]), part("b", [1, 2, 3, 4, 5, 6])])
    held = stability(steady)
    assert held.within_one.tolist() == [1] * 6
    assert (held.best == held.worst).all()
    torn = stability(prioritise([part("a", [1, 2, 3, 4, 5, 6]), part("b", [6, 5, 4, 3, 2, 1])]))
    assert torn.within_one.min() < 0.9
    assert (
        torn.within_one.tolist()
        == stability(
            prioritise([part("a", [1, 2, 3, 4, 5, 6]), part("b", [6, 5, 4, 3, 2, 1])])
        ).within_one.tolist()
    )
    assert torn.best.min() == 1


def test_a_part_without_weight_counts_for_nothing():
    found = prioritise([HEAT, part("wishes", [9, 0, 0, 9], 0)])
    assert found.rank.tolist() == [3, 2, 1, 4]
    assert stability(found).within_one.tolist() == [1] * 4


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [part("a", [1]), part("b", [1, 2])],
        [part("a", [1], -1)],
        [part("a", [1], 0)],
        [part("a", [1], NAN)],
        [part("a", [float("inf")])],
    ],
)
def test_what_makes_no_score_is_refused(parts):
    with pytest.raises(ValueError, match=r"parts|weights|infinite"):
        prioritise(parts)


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="draw"):
        stability(prioritise([HEAT]), draws=0)


numbers = st.one_of(st.just(NAN), st.integers(-50, 50).map(float))
tables = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=4)
)


@QUICK
@given(tables, st.sampled_from(["percentile", "min_max"]), st.lists(st.integers(1, 9), min_size=4, max_size=4))  # fmt: skip
def test_scores_lie_between_0_and_1_and_parts_sum_to_them(rows, rule, weights):
    parts = [part(f"p{n}", row, weights[n]) for n, row in enumerate(rows)]
    found = prioritise(parts, rule)
    known = ~np.isnan(found.score)
    assert ((found.score[known] >= 0) & (found.score[known] <= 1 + 1e-9)).all()
    assert found.contributions.sum(axis=0)[known].tolist() == pytest.approx(
        found.score[known].tolist()
    )
    assert ((found.rank > 0) == known).all()
    double = prioritise([Part(p.key, p.values, p.weight * 2) for p in parts], rule)
    assert double.rank.tolist() == found.rank.tolist()


@QUICK
@given(tables, st.integers(0, 7), st.sampled_from(["percentile", "min_max"]))
def test_more_urgent_in_one_part_is_never_less_urgent_in_all(rows, area, rule):
    area %= len(rows[0])
    raised = [rows[0].copy(), *rows[1:]]
    raised[0][area] = (0 if np.isnan(rows[0][area]) else rows[0][area]) + 10
    if np.isnan(rows[0][area]):
        return
    before = prioritise([part(f"p{n}", row) for n, row in enumerate(rows)], rule)
    after = prioritise([part(f"p{n}", row) for n, row in enumerate(raised)], rule)
    assert after.rank[area] <= before.rank[area]
