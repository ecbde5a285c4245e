"""Who benefits: how a figure is spread over residents by vulnerability, age and euro.

Groups of areas are fifths of residents, not of areas: each holds as near to a fifth of the residents as
whole shares of areas allow, so an area at the border of two fifths counts in both for its part.
Definitions: Lorenz (1905) curve; Gini = 1 − 2 × the area under that curve, without a correction for
small samples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from gis.areas import split_total
from gis.junctions import Floats

FIFTHS: Final = 5


@dataclass(frozen=True)
class Group:
    """A group of residents and what they have of a figure.

    Attributes:
        key: ``1`` to ``5`` for fifths (1 the least vulnerable), or the name of an age group.
        residents: how many, of areas where the figure is known.
        mean: population-weighted mean of the figure; None when it is known nowhere.
        unknown_share: share of the group's residents in areas without the figure, 0 to 1; None
            without residents.
    """

    key: str
    residents: float
    mean: float | None
    unknown_share: float | None


@dataclass(frozen=True)
class Distribution:
    """A figure over fifths of residents.

    Attributes:
        fifths: from the least to the most vulnerable.
        gap: mean of the most vulnerable fifth minus that of the least; None when one is unknown.
        unplaced_residents: residents of areas whose vulnerability is not known.
    """

    fifths: tuple[Group, ...]
    gap: float | None
    unplaced_residents: float


@dataclass(frozen=True, eq=False)
class Lorenz:
    """How unequally a good is spread over residents.

    Attributes:
        residents: cumulative share of residents, from those with least, starting at 0, shape (k,).
        good: cumulative share of the good, starting at 0, shape (k,).
        gini: 0 for all alike, towards 1 for all with one; None when nobody has any.
    """

    residents: Floats
    good: Floats
    gini: float | None


@dataclass(frozen=True)
class LineBenefit:
    """What one programme line spends and reaches.

    Attributes:
        line: of the programme.
        cents: spent on the interventions that are counted.
        residents: reached; someone reached by two interventions counts twice.
        cents_per_resident: exact; None when nobody is reached.
        cents_per_fifth: the cents by fifth of the residents reached, from the least to the most
            vulnerable; they sum to what is spent on interventions whose residents have a fifth.
        cents_without_fifth: the rest.
    """

    line: str
    cents: int
    residents: float
    cents_per_resident: Fraction | None
    cents_per_fifth: tuple[int, ...]
    cents_without_fifth: int


@dataclass(frozen=True)
class Reach:
    """An intervention: its programme line, its cost in cents, and the residents it reaches by fifth
    (from the least to the most vulnerable)."""

    line: str
    cents: int
    residents_by_fifth: tuple[float, ...]


def fifths_of(vulnerability: Floats, residents: Floats) -> Floats:
    """Return which share of each area's residents belongs to each fifth, shape (5, n).

    The columns sum to 1; NaN for an area whose vulnerability is not known. Areas that are equally
    vulnerable are spread alike over the fifths that they fill together.

    Args:
        vulnerability: of each area, higher is more vulnerable (turn SES-WOA round), NaN when
            not known, shape (n,).
        residents: of each area, shape (n,).

    Raises:
        ValueError: the numbers differ, or a number of residents is negative or not finite.
    """
    _check(vulnerability, residents)
    shares = np.full((FIFTHS, len(vulnerability)), np.nan)
    known = ~np.isnan(vulnerability)
    total = float(residents[known].sum())
    if total == 0:
        return shares
    borders = np.linspace(0, total, FIFTHS + 1)
    below = 0.0
    for level in np.unique(vulnerability[known]):
        alike = vulnerability == level
        here = float(residents[alike].sum())
        overlap = np.minimum(borders[1:], below + here) - np.maximum(borders[:-1], below)
        part = np.maximum(overlap, 0.0)
        whole = part.sum()
        # Areas without residents fall in one fifth: where they stand in the order.
        at = min(int(below / total * FIFTHS), FIFTHS - 1)
        shares[:, alike] = (part / whole if whole > 0 else np.eye(FIFTHS)[at])[:, None]
        below += here
    return shares


def over_vulnerability(figure: Floats, vulnerability: Floats, residents: Floats) -> Distribution:
    """Return a figure over fifths of residents by vulnerability (such as SES-WOA, turned round).

    Args:
        figure: of each area, NaN when not known, shape (n,).
        vulnerability: of each area, higher is more vulnerable, NaN when not known, shape (n,).
        residents: of each area, shape (n,).

    Raises:
        ValueError: as ``fifths_of``.
    """
    shares = fifths_of(vulnerability, residents)
    placed = ~np.isnan(vulnerability)
    groups = tuple(
        _group(str(number + 1), figure, np.where(placed, np.nan_to_num(row), 0.0) * residents)
        for number, row in enumerate(shares)
    )
    least, most = groups[0].mean, groups[-1].mean
    gap = None if least is None or most is None else most - least
    return Distribution(groups, gap, float(residents[~placed].sum()))


def over_ages(figure: Floats, residents_by_age: Mapping[str, Floats]) -> tuple[Group, ...]:
    """Return a figure over age groups, in the given order.

    It says what the areas have in which people of that age live, not what each of them has.

    Args:
        figure: of each area, NaN when not known, shape (n,).
        residents_by_age: residents of each area per age group, shape (n,) each.

    Raises:
        ValueError: the numbers differ, or a number of residents is negative or not finite.
    """
    for residents in residents_by_age.values():
        _check(figure, residents)
    return tuple(_group(age, figure, residents) for age, residents in residents_by_age.items())


def _check(values: Floats, residents: Floats) -> None:
    if values.shape != residents.shape:
        raise ValueError("values and residents differ in number")
    if not np.isfinite(residents).all() or (residents < 0).any():
        raise ValueError("a number of residents is negative or not finite")


def _group(key: str, figure: Floats, residents: Floats) -> Group:
    known = ~np.isnan(figure)
    whole, counted = float(residents.sum()), float(residents[known].sum())
    mean = float((figure[known] * residents[known]).sum() / counted) if counted > 0 else None
    unknown = min(1.0, max(0.0, (whole - counted) / whole)) if whole > 0 else None
    return Group(key, counted, mean, unknown)


def lorenz(amount_each: Floats, residents: Floats) -> Lorenz:
    """Return how unequally a good is spread over the residents of areas.

    Inequality within an area is not seen, so the true Gini is at least this.

    Args:
        amount_each: what each resident of an area has, not negative; areas with NaN are left out,
            shape (n,).
        residents: of each area, shape (n,).

    Raises:
        ValueError: the numbers differ, or an amount or a number of residents is negative or not
            finite.
    """
    _check(amount_each, residents)
    known = ~np.isnan(amount_each) & (residents > 0)
    amount, people = amount_each[known], residents[known]
    if np.isinf(amount).any() or (amount < 0).any():
        raise ValueError("an amount is negative or not finite")
    order = np.argsort(amount, kind="stable")
    people, good = people[order], (amount * people)[order]
    if good.sum() == 0:
        return Lorenz(np.zeros(1), np.zeros(1), None)
    x = np.concatenate([[0.0], np.cumsum(people) / people.sum()])
    y = np.concatenate([[0.0], np.cumsum(good) / good.sum()])
    under = float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum())
    return Lorenz(x, y, min(1.0, max(0.0, 1 - 2 * under)))


def per_line(reaches: Sequence[Reach]) -> list[LineBenefit]:
    """Return what each programme line spends and whom it reaches, by name of the line.

    Cents stay exact: each intervention's cost is divided over the fifths in proportion to the
    residents it reaches there, by largest remainder.

    Raises:
        ValueError: a reach doesn't have five fifths, or one is negative or not finite.
    """
    found = []
    for line in sorted({reach.line for reach in reaches}):
        of_line = [reach for reach in reaches if reach.line == line]
        divided = [_by_fifth(reach) for reach in of_line]
        by_fifth = tuple(sum(each[n] for each in divided) for n in range(FIFTHS))
        cents = sum(reach.cents for reach in of_line)
        residents = sum(
            (Fraction(number) for reach in of_line for number in reach.residents_by_fifth),
            Fraction(0),
        )
        each = Fraction(cents) / residents if residents > 0 else None
        rest = cents - sum(by_fifth)
        found.append(LineBenefit(line, cents, float(residents), each, by_fifth, rest))
    return found


def _by_fifth(reach: Reach) -> list[int]:
    if len(reach.residents_by_fifth) != FIFTHS:
        raise ValueError("residents are given by fifth")
    shares = {str(n): float(number) for n, number in enumerate(reach.residents_by_fifth)}
    if all(share == 0 for share in shares.values()):
        return [0] * FIFTHS
    parts = split_total(reach.cents, shares)
    return [parts[str(n)] for n in range(FIFTHS)]
