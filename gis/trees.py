"""Trees as positions, crowns and heights: from points, from drawn crowns or from a height raster.

All geometry is in EPSG:28992 (RD New, metres).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from gis.cells import Corner, cells_as_polygons

Floats = NDArray[np.float64]
Heights = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees: position (RD, shape (n, 2)), crown area (m², shape (n,)), height (m, NaN if unknown)."""

    positions: Floats
    crown_area_m2: Floats
    height_m: Floats

    def __len__(self) -> int:
        return len(self.crown_area_m2)


def trees_from_points(
    positions: Floats, crown_area_m2: Floats, height_m: Floats | None = None
) -> Trees:
    """Return trees of a register: RD positions, shape (n, 2), with their crown areas.

    Raises:
        ValueError: the arrays do not belong together.
    """
    heights = np.full(len(positions), np.nan) if height_m is None else height_m
    if not len(positions) == len(crown_area_m2) == len(heights):
        raise ValueError("positions, crowns and heights of different trees")
    return Trees(positions, crown_area_m2, heights)


def trees_from_crowns(crowns: NDArray[Any], height_m: Floats | None = None) -> Trees:
    """Return trees of drawn crowns (polygons, RD): each stands in the centroid of its crown."""
    centres = shapely.get_coordinates(shapely.centroid(crowns))
    return trees_from_points(centres, shapely.area(crowns), height_m)


def canopy_polygons(
    heights: Heights, origin: Corner, cell: float, min_height_m: float, max_height_m: float = np.inf
) -> NDArray[Any]:
    """Return the cells of a height raster from a smallest to a largest height as polygons, RD.

    Args:
        heights: above ground (metres), NaN where unknown, shape (rows, columns), north at the top.
            Without what is no vegetation: buildings count as canopy otherwise.
        origin: upper left corner, RD.
        cell: side of a cell (metres).
        min_height_m: inclusive.
        max_height_m: inclusive.
    """
    return cells_as_polygons((heights >= min_height_m) & (heights <= max_height_m), origin, cell)


def trees_from_heights(
    heights: Heights, origin: Corner, cell: float, min_height_m: float, spacing_m: float = 4.0
) -> Trees:
    """Find trees in a height raster: a top and the canopy cells nearest to it make a tree.

    A simple method, meant for where no trees are registered. Canopy is what is at least
    ``min_height_m`` high; cells that touch, also by a corner, are one group. A top is a cell that no
    cell within ``spacing_m`` in its group exceeds (tops of the same height that touch are one); each
    group has at least its highest cell. Every canopy cell belongs to the nearest top of its group.
    Position: the centroid of the crown's cells. It undercounts trees whose crowns have grown into
    each other, and counts a crown with several tops more than once.

    Args:
        heights: as for ``canopy_polygons``.
        origin: upper left corner, RD.
        cell: side of a cell (metres).
        min_height_m: inclusive.
        spacing_m: how near to each other two tops may not be (metres).
    """
    canopy = heights >= min_height_m
    group, count = ndimage.label(canopy, structure=np.ones((3, 3)))
    found: list[tuple[float, float, int, float]] = []
    for number, window in enumerate(ndimage.find_objects(group, max_label=count), start=1):
        inside = group[window] == number
        tops = _tops(np.where(inside, heights[window], -np.inf), spacing_m / cell)
        rows, columns = np.nonzero(inside)
        nearest = cKDTree(tops).query(np.column_stack([rows, columns]))[1]
        for tree in range(len(tops)):
            crown = nearest == tree
            row, column = rows[crown], columns[crown]
            found.append(
                (
                    origin[0] + (float(column.mean()) + 0.5 + window[1].start) * cell,
                    origin[1] - (float(row.mean()) + 0.5 + window[0].start) * cell,
                    len(row),
                    float(heights[window][row, column].max()),
                )
            )
    table = np.array(found, dtype=np.float64).reshape(-1, 4)
    return Trees(table[:, :2], table[:, 2] * cell**2, table[:, 3])


def _tops(heights: Heights, spacing: float) -> Floats:
    """Return row and column of the tops of one group, shape (n, 2); other cells are -infinite."""
    reach = int(spacing)
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    highest = ndimage.maximum_filter(
        heights, footprint=down**2 + right**2 <= spacing**2, mode="constant", cval=-np.inf
    )
    label, count = ndimage.label(
        np.isfinite(heights) & (heights == highest), structure=np.ones((3, 3))
    )
    centres = ndimage.center_of_mass(np.ones_like(label), label, range(1, count + 1))
    return np.asarray(centres, dtype=np.float64)
