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
    kept = shapely.simplify(faces[chosen[rows, columns]], 0)
    west, north = origin

    def to_rd(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([west + at[:, 0] * cell, north - at[:, 1] * cell])

    moved: NDArray[Any] = shapely.normalize(shapely.transform(kept, to_rd))
    return moved


def _outlines(chosen: Flags) -> NDArray[np.float64]:
    """Return the sides between chosen and other cells, in columns and rows, shape (n, 2, 2)."""
    framed = np.pad(chosen, 1)
    # A side left of (row, column) runs down; a side above it runs to the right.
    row, column = np.nonzero(framed[1:-1, 1:] != framed[1:-1, :-1])
    down = np.stack([np.stack([column, row], 1), np.stack([column, row + 1], 1)], axis=1)
    row, column = np.nonzero(framed[1:, 1:-1] != framed[:-1, 1:-1])
    right = np.stack([np.stack([column, row], 1), np.stack([column + 1, row], 1)], axis=1)
    return np.concatenate([down, right]).astype(np.float64)


def compactness(polygons: NDArray[Any]) -> NDArray[np.float64]:
    """Return 4πA/P² of each polygon, from 0 for a ribbon to 1 for a circle (Polsby–Popper)."""
    perimeter = shapely.length(polygons)
    compact: NDArray[np.float64] = np.zeros(len(polygons))
    there = perimeter > 0
    compact[there] = 4 * np.pi * shapely.area(polygons)[there] / perimeter[there] ** 2
    return compact
