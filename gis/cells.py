"""From cells of a raster to polygons, and from polygons to parts that are large enough.

A raster is a 2-D array with north at the top; ``origin`` is the RD place (metres) of the upper left
corner of its first cell, ``cell`` the side of a cell (metres).
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Corner = tuple[float, float]
Flags = NDArray[np.bool_]


def cells_as_polygons(chosen: Flags, origin: Corner, cell: float) -> NDArray[Any]:
    """Return the contiguous chosen cells as polygons with holes, RD (EPSG:28992).

    Cells are contiguous when they share a side; a shared corner is not enough. The polygons follow
    the sides of the cells exactly, and together are as large as the chosen cells. Cost grows with
    the length of the outlines, not with the number of cells.

    Args:
        chosen: shape (rows, columns).
        origin: upper left corner, RD.
        cell: side of a cell (metres).

    Raises:
        ValueError: the cell has no positive size.
    """
    if not (np.isfinite(cell) and cell > 0):
        raise ValueError("a cell without a size")
    edges = shapely.linestrings(_outlines(chosen))
    faces = shapely.get_parts(shapely.polygonize(edges))
    inside = shapely.point_on_surface(faces)
    rows = np.floor(shapely.get_y(inside)).astype(np.intp)
    columns = np.floor(shapely.get_x(inside)).astype(np.intp)
    kept = faces[chosen[rows, columns]]
    west, north = origin

    def to_rd(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([west + at[:, 0] * cell, north - at[:, 1] * cell])

    moved: NDArray[Any] = shapely.normalize(shapely.transform(kept, to_rd))
    return moved


def _outlines(chosen: Flags) -> NDArray[np.float64]:
    """Return the straight stretches between chosen and other cells, in columns and rows.

    Shape (n, 2, 2). They meet in their ends only.
    """
    framed = np.pad(chosen, 1)
    upright = framed[1:-1, 1:] != framed[1:-1, :-1]
    level = framed[1:, 1:-1] != framed[:-1, 1:-1]
    turns = np.zeros((upright.shape[0] + 1, level.shape[1] + 1), dtype=np.bool_)
    turns[:-1] |= upright
    turns[1:] |= upright
    crossed = np.zeros_like(turns)
    crossed[:, :-1] |= level
    crossed[:, 1:] |= level
    right = _stretches(level, turns)[..., ::-1]
    down = _stretches(upright.T, crossed.T)
    return np.concatenate([right, down]).astype(np.float64)


def _stretches(sides: Flags, cut: Flags) -> NDArray[np.intp]:
    """Join sides that follow each other in a row, but not across a place that is cut.

    ``sides`` has shape (n, m), ``cut`` is at their ends, shape (n, m + 1). Returns (row, column) of
    the start and the end of each stretch, shape (k, 2, 2).
    """
    first, last = sides.copy(), sides.copy()
    first[:, 1:] &= ~sides[:, :-1] | cut[:, 1:-1]
    last[:, :-1] &= ~sides[:, 1:] | cut[:, 1:-1]
    return np.stack([np.argwhere(first), np.argwhere(last) + np.array([0, 1])], axis=1)


def compactness(polygons: NDArray[Any]) -> NDArray[np.float64]:
    """Return 4πA/P² of each polygon, from 0 for a ribbon to 1 for a circle (Polsby–Popper)."""
    perimeter = shapely.length(polygons)
    compact: NDArray[np.float64] = np.zeros(len(polygons))
    there = perimeter > 0
    compact[there] = 4 * np.pi * shapely.area(polygons)[there] / perimeter[there] ** 2
    return compact
