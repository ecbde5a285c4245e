"""Divide the values of a map layer into classes for its colours and legend."""

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Scheme = Literal["quantiles", "natural_breaks", "equal_interval"]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)

# The optimal breaks of Fisher and Jenks cost the square of the number of values.
_MOST_VALUES_FOR_NATURAL_BREAKS: Final = 300

_Values = NDArray[np.float64]


@dataclass(frozen=True)
class Classes:
    """Class borders in the unit of the values.

    ``breaks`` are the upper limits, ascending and inclusive: the last is the largest value.
    ``counts`` has one number per break. ``missing`` counts what had no value. ``lowest`` is the
    smallest value, ``None`` when there is none.
    """

    breaks: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int
    lowest: float | None


def classify(values: Iterable[float | None], scheme: Scheme = "quantiles", k: int = 5) -> Classes:
    """Divide values into at most ``k`` classes; fewer when there are fewer different values.

    ``None``, NaN and infinite values are left out and counted as missing. The same values give the
    same classes, whatever their order. Natural breaks are optimal up to 300 different values, and
    computed on 300 of them, evenly spread in rank, when there are more.

    Sources: mapclassify (Rey, Arribas-Bel et al.); Fisher (1958), Jenks (1977) for natural breaks.

    Raises:
        ValueError: unknown scheme, or ``k`` is less than 1.
    """
    if scheme not in SCHEMES or k < 1:
        raise ValueError("an unknown scheme or less than one class")
    given = list(values)
    known = np.array(
        sorted(float(value) for value in given if value is not None and math.isfinite(value))
    )
    missing = len(given) - len(known)
    if len(known) == 0:
        return Classes((), (), missing, None)
    breaks = _breaks(known, scheme, k)
    counts = np.bincount(np.searchsorted(breaks, known), minlength=len(breaks))
    return Classes(tuple(breaks.tolist()), tuple(counts.tolist()), missing, lowest=float(known[0]))


def _breaks(known: _Values, scheme: Scheme, k: int) -> _Values:
    """Return the upper limits of the classes of sorted values."""
    distinct = np.unique(known)
    if k == 1 or len(distinct) == 1:
        return distinct[-1:]
    if len(distinct) <= k and scheme != "equal_interval":
        return distinct
    bins: _Values = _mapclassify(known, distinct, scheme, k)
    # Rounding may put the last limit a hair below the largest value.
    return np.append(np.unique(bins[bins < distinct[-1]]), distinct[-1])


def _mapclassify(known: _Values, distinct: _Values, scheme: Scheme, k: int) -> _Values:
    # Loaded when needed: it brings half of scipy and scikit-learn along, a second at every start.
    import mapclassify

    with warnings.catch_warnings():
        # It warns that ties made fewer classes, and that numba would be faster: both are fine.
        warnings.simplefilter("ignore")
        if scheme == "quantiles":
            bins = mapclassify.Quantiles(known, k=k).bins
        elif scheme == "equal_interval":
            bins = mapclassify.EqualInterval(known, k=k).bins
        else:
            bins = mapclassify.FisherJenks(_spread(distinct), k=k).bins
    return np.asarray(bins, dtype=np.float64)


def _spread(distinct: _Values) -> _Values:
    """Return at most so many of the sorted values, evenly spread, with the first and the last."""
    if len(distinct) <= _MOST_VALUES_FOR_NATURAL_BREAKS:
        return distinct
    ranks = np.linspace(0, len(distinct) - 1, _MOST_VALUES_FOR_NATURAL_BREAKS).round().astype(int)
    spread: _Values = distinct[ranks]
    return spread
