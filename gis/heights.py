"""Heights of buildings from a raster of heights above ground, such as AHN surface minus terrain."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.exact import covered_cells
from gis.grid import Grid

Floats = NDArray[np.float64]

QUANTILE: Final = 0.7
"""The height below which 70 % of a footprint lies: about the middle of a sloping roof, and hardly
moved by chimneys or by cells of the street along the edge."""
LEAST_KNOWN: Final = 0.5


@dataclass(frozen=True, eq=False)
class BuildingHeights:
    """Per building: its height (m, NaN where too little is known) and the share of its footprint
    (0–1) that the raster knows. ``quantile`` is the statistic that was taken."""

    height_m: Floats
    known_share: Floats
    quantile: float


def building_heights(
    footprints: NDArray[Any],
    heights: NDArray[Any],
    grid: Grid,
    quantile: float = QUANTILE,
    least_known: float = LEAST_KNOWN,
) -> BuildingHeights:
    """Return the height of each building as a quantile of the cells within its footprint.

    Cells count by the part of them that lies within the footprint. The quantile is the smallest
    height at or below which at least that share of the known footprint lies.

    Args:
        footprints: polygons in RD, shape (n,).
        heights: above ground (metres), NaN where unknown, shape (rows, columns).
        grid: of the raster.
        quantile: between 0 and 1.
        least_known: a footprint of which a smaller share is known has no height.

    Raises:
        ValueError: the grid is not that of the raster, or a share is not between 0 and 1.
    """
    if heights.shape != grid.shape:
        raise ValueError("the grid is not that of the raster")
    if not (0 < quantile <= 1 and 0 <= least_known <= 1):
        raise ValueError("a share that is not between 0 and 1")
    flat = heights.ravel()
    seen: dict[int, list[tuple[Floats, Floats]]] = {}
    for place, cells, shares in covered_cells(footprints, grid):
        values = flat[cells].astype(np.float64)
        known = np.isfinite(values)
        seen.setdefault(place, []).append((values[known], shares[known].astype(np.float64)))
    found = np.full(len(footprints), np.nan)
    known_share = np.zeros(len(footprints))
    areas = shapely.area(footprints)
    for place, pieces in seen.items():
        inside: Floats = np.concatenate([each for each, _ in pieces])
        parts: Floats = np.concatenate([each for _, each in pieces])
        if not areas[place] or not parts.sum():
            continue
        known_share[place] = min(parts.sum() * grid.cell**2 / areas[place], 1.0)
        if known_share[place] >= least_known:
            found[place] = _quantile(inside, parts, quantile)
    return BuildingHeights(found, known_share, quantile)


def _quantile(values: Floats, weights: Floats, quantile: float) -> float:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    # A hair less, so that rounding of the sum never asks for more than there is.
    wanted = quantile * below[-1] * (1 - 1e-12)
    return float(values[order][np.searchsorted(below, wanted)])
