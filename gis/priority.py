"""Which area first: a weighted score of parts, how sure its rank is, and why it is there.

Own design, nothing hidden: each part is brought to 0–1 by a stated rule, the score is the weighted
mean of the parts that are known, and what is not known lowers the confidence, never the score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gis.junctions import Floats, Ints

Rule = Literal["percentile", "min_max"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)
"""``percentile``: the share of other known areas with less, so that who has least gets nothing, ties
included. ``min_max``: where the value lies between the lowest (0) and the highest (1). Both give
0.5 to the only area that is known."""

DRAWS: Final = 500
SPREAD: Final = 50.0
"""Concentration of the drawn weights: with 50, a weight of 0.25 varies by about 0.06 (one standard
deviation)."""


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the score: a value per area, higher is more urgent; NaN where it is not known.

    Attributes:
        key: what it is, such as ``heat``.
        values: in its own unit, shape (n,).
        weight: how much it counts; the weights need not sum to 1.
    """

    key: str
    values: Floats
    weight: float


@dataclass(frozen=True, eq=False)
class Priorities:
    """The outcome per area.

    Attributes:
        keys: of the parts, in the given order, shape (p,).
        weights: divided by their sum, shape (p,).
        weight_sum: the sum of the weights as given.
        normalised: each part from 0 to 1, NaN where not known, shape (p, n).
        contributions: what each part adds to the score; they sum to it, 0 where not known,
            shape (p, n).
        score: 0 to 1, NaN for an area of which nothing is known, shape (n,).
        confidence: share of the weight with data, 0 to 1, shape (n,).
        rank: 1 for the highest score, equal scores share the better rank, 0 without a score,
            shape (n,).
        rule: how the parts were brought to 0–1.
    """

    keys: tuple[str, ...]
    weights: Floats
    weight_sum: float
    normalised: Floats
    contributions: Floats
    score: Floats
    confidence: Floats
    rank: Ints
    rule: Rule


@dataclass(frozen=True, eq=False)
class Stability:
    """How ranks hold when the weights change a little.

    Attributes:
        within_one: share of draws in which the rank stays within one place, NaN without a score,
            shape (n,).
        best, worst: the best and worst rank in any draw, 0 without a score, shape (n,).
        draws: number of draws.
        seed: of the draws.
    """

    within_one: Floats
    best: Ints
    worst: Ints
    draws: int
    seed: int


@dataclass(frozen=True)
class Reason:
    """Why one part pushes an area up or down.

    Attributes:
        key: the part.
        place: 1 for the area with the highest value, equal values share; None when not known.
        of: number of areas with a known value.
        value: in the unit of the part; None when not known.
        contribution: what it adds to the score (0 to 1).
    """

    key: str
    place: int | None
    of: int
    value: float | None
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """The parts of a sentence that says why an area has its rank.

    Attributes:
        rank: 1 is the most urgent, None without a score.
        of: number of areas with a score.
        score, confidence: 0 to 1; the score is None without data.
        raised_by: known parts that lie above the middle, the largest contribution first.
        lowered_by: known parts that lie in or below the middle, the smallest first.
        unknown: parts without data.
    """

    rank: int | None
    of: int
    score: float | None
    confidence: float
    raised_by: tuple[Reason, ...]
    lowered_by: tuple[Reason, ...]
    unknown: tuple[Reason, ...]


def prioritise(parts: Sequence[Part], rule: Rule = "percentile") -> Priorities:
    """Return score, rank and confidence of every area.

    Args:
        parts: all with the same number of areas.
        rule: how each part is brought to 0–1, one of ``RULES``.

    Raises:
        ValueError: there are no parts, their numbers of areas differ, a weight is negative or not
            finite, all are zero, or a value is infinite.
    """
    weights = _checked_weights(parts)
    values = np.stack([part.values for part in parts]).astype(np.float64)
    if np.isinf(values).any():
        raise ValueError("a value is infinite")
    normalise = _percentile if rule == "percentile" else _min_max
    normalised = np.stack([normalise(row) for row in values])
    total = float(weights.sum())
    return _scored(tuple(part.key for part in parts), weights / total, total, normalised, rule)


def _checked_weights(parts: Sequence[Part]) -> Floats:
    if not parts or len({len(part.values) for part in parts}) != 1:
        raise ValueError("parts with the same number of areas are needed")
    weights = np.array([part.weight for part in parts], dtype=np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() == 0:
        raise ValueError("weights are not negative, and not all zero")
    return weights


def _scored(
    keys: tuple[str, ...], weights: Floats, total: float, normalised: Floats, rule: Rule
) -> Priorities:
    score, confidence = _weighted(normalised, weights)
    known = ~np.isnan(normalised)
    share = np.divide(1.0, confidence, out=np.zeros_like(confidence), where=confidence > 0)
    contributions = np.where(known, normalised, 0.0) * weights[:, None] * share
    rank = _ranks(score)
    return Priorities(
        keys, weights, total, normalised, contributions, score, confidence, rank, rule
    )


def _weighted(normalised: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean over the known parts, and the share of weight with data."""
    known = ~np.isnan(normalised)
    confidence = weights @ known
    summed = weights @ np.where(known, normalised, 0.0)
    score = np.full(normalised.shape[1], np.nan)
    np.divide(summed, confidence, out=score, where=confidence > 0)
    return score, np.minimum(confidence, 1.0)


def _percentile(values: Floats) -> Floats:
    out = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    ordered = np.sort(values[known])
    if len(known) == 1:
        out[known] = 0.5
    elif len(known):
        out[known] = np.searchsorted(ordered, values[known], side="left") / (len(known) - 1)
    return out


def _min_max(values: Floats) -> Floats:
    known = ~np.isnan(values)
    out = np.full(len(values), np.nan)
    if not known.any():
        return out
    low, high = float(values[known].min()), float(values[known].max())
    out[known] = 0.5 if low == high else (values[known] - low) / (high - low)
    return out


def _ranks(score: Floats) -> Ints:
    """Return 1 for the highest; scores that differ by rounding only share a rank; 0 for NaN."""
    rank = np.zeros(len(score), dtype=np.int64)
    known = np.flatnonzero(~np.isnan(score))
    rounded = np.round(score[known], 12)
    rank[known] = 1 + len(known) - np.searchsorted(np.sort(rounded), rounded, side="right")
    return rank


def stability(found: Priorities, draws: int = DRAWS, seed: int = 1) -> Stability:
    """Return how ranks hold under weights drawn around the chosen ones.

    Weights come from a Dirichlet distribution with the chosen weights as its mean; a part with no
    weight keeps none. The same seed gives the same answer.

    Args:
        found: from ``prioritise``.
        draws: number of draws.
        seed: of the draws.

    Raises:
        ValueError: the number of draws is not positive.
    """
    if draws < 1:
        raise ValueError("at least one draw is needed")
    dice = np.random.default_rng(seed)
    counted = np.flatnonzero(found.weights > 0)
    drawn = np.zeros((draws, len(found.weights)))
    drawn[:, counted] = dice.dirichlet(found.weights[counted] * SPREAD, size=draws)
    ranks = np.stack([_ranks(_weighted(found.normalised, weights)[0]) for weights in drawn])
    scored = found.rank > 0
    # In a draw a part can get no weight at all; an area that has only that part has no rank then.
    held = (np.abs(ranks - found.rank) <= 1) & (ranks > 0)
    within = np.where(scored, held.mean(axis=0), np.nan)
    best = np.where(ranks > 0, ranks, np.iinfo(np.int64).max).min(axis=0)
    best, worst = np.where(scored, best, 0), np.where(scored, ranks.max(axis=0), 0)
    return Stability(within, best, worst, draws, seed)


def explain(found: Priorities, parts: Sequence[Part], area: int) -> Explanation:
    """Return why an area has its rank, as data for a sentence.

    Args:
        found: from ``prioritise`` with these parts.
        parts: the parts.
        area: index of the area.
    """
    reasons = [_reason(found, number, part, area) for number, part in enumerate(parts)]
    height = found.normalised[:, area]
    order: Mapping[str, float] = {part.key: float(height[n]) for n, part in enumerate(parts)}
    known = [reason for reason in reasons if reason.place is not None]
    raised = [reason for reason in known if order[reason.key] > 0.5]
    lowered = [reason for reason in known if order[reason.key] <= 0.5]
    scored: NDArray[np.bool_] = found.rank > 0
    return Explanation(
        int(found.rank[area]) or None,
        int(scored.sum()),
        float(found.score[area]) if scored[area] else None,
        float(found.confidence[area]),
        tuple(sorted(raised, key=lambda reason: -reason.contribution)),
        tuple(sorted(lowered, key=lambda reason: reason.contribution)),
        tuple(reason for reason in reasons if reason.place is None),
    )


def _reason(found: Priorities, number: int, part: Part, area: int) -> Reason:
    value = float(part.values[area])
    of = int((~np.isnan(part.values)).sum())
    if np.isnan(value):
        return Reason(part.key, None, of, None, 0.0)
    place = 1 + int((part.values > value).sum())
    return Reason(part.key, place, of, value, float(found.contributions[number, area]))
