"""Publish without pointing at anyone: coarser places, small numbers hidden.

Sources: the rules of Statistics Netherlands for neighbourhood figures (random or base-5 rounding,
figures below a threshold withheld); Hundepool et al., Statistical Disclosure Control (2012), on
complementary suppression.
"""

import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

from shapely.geometry import Point

Cell = TypeVar("Cell", bound=Hashable)


def snap_to_grid(point: Point, size_m: float) -> Point:
    """Move a point to the centre of its grid cell, at most ``size_m · √½`` metres away.

    The grid starts at the origin of RD, so every point of a cell lands on the same centre.

    Args:
        point: in EPSG:28992 (RD New, metres).
        size_m: length of the side of a cell, in metres.

    Raises:
        ValueError: the size is not a positive number.
    """
    if not (math.isfinite(size_m) and size_m > 0):
        raise ValueError("a cell needs a positive size")
    column, row = math.floor(point.x / size_m), math.floor(point.y / size_m)
    return Point((column + 0.5) * size_m, (row + 0.5) * size_m)


def suppress_small(counts: Mapping[Cell, int], k: int = 5) -> dict[Cell, int | None]:
    """Hide counts of 1 up to ``k − 1``, and one more where the published total would tell them.

    Hidden counts become ``None``. Zero stays: it is about nobody. When exactly one cell is hidden,
    or the hidden ones are all 1 or all ``k − 1``, total minus visible cells would give them away:
    then the next smallest is hidden as well, zeros last.

    When even hiding every cell tells too much (a single small cell, for instance), the total has
    to be hidden too: publish ``published_total`` beside these counts, never your own sum.

    Raises:
        ValueError: a count is negative or ``k`` is less than 1.
    """
    hidden = _hidden_cells(counts, k)
    return {cell: None if cell in hidden else count for cell, count in counts.items()}


def published_total(counts: Mapping[Cell, int], k: int = 5) -> int | None:
    """Return the total that may stand beside ``suppress_small(counts, k)``, else ``None``.

    Raises:
        ValueError: a count is negative or ``k`` is less than 1.
    """
    hidden = [counts[cell] for cell in _hidden_cells(counts, k)]
    return None if _told_by_total(hidden, k) else sum(counts.values())


def round_to(count: int, base: int = 5) -> int:
    """Return the multiple of ``base`` nearest to a count; halfway goes up.

    Raises:
        ValueError: the base is less than 1.
    """
    if base < 1:
        raise ValueError("the base is less than 1")
    return (2 * count + base) // (2 * base) * base


def _hidden_cells(counts: Mapping[Cell, int], k: int) -> set[Cell]:
    if k < 1 or any(count < 0 for count in counts.values()):
        raise ValueError("a negative count or a threshold less than 1")
    hidden = {cell for cell, count in counts.items() if 0 < count < k}
    next_smallest = sorted(
        (cell for cell in counts if cell not in hidden),
        key=lambda cell: (counts[cell] == 0, counts[cell], str(cell)),
    )
    for cell in next_smallest:
        if not _told_by_total([counts[cell] for cell in hidden], k):
            break
        hidden.add(cell)
    return hidden


def _told_by_total(hidden: list[int], k: int) -> bool:
    """Say whether the sum of hidden counts gives them away to who knows that each was small."""
    if not hidden or any(not 0 < count < k for count in hidden):
        # Nothing hidden, or a larger (or empty) cell hidden with it whose size nobody knows.
        return False
    return len(hidden) == 1 or sum(hidden) in {len(hidden), len(hidden) * (k - 1)}
